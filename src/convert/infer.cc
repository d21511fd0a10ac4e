#include "convert/infer.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "convert/blocks.h"
#include "convert/csv.h"
#include "convert/json_text.h"
#include "convert/table.h"
#include "convert/value.h"

namespace hansa::convert {
namespace {

// In the order in which they are preferred.
constexpr std::array kCandidates{TypeKind::boolean, TypeKind::int64,     TypeKind::float64,
                                 TypeKind::date,    TypeKind::timestamp, TypeKind::timestamptz,
                                 TypeKind::time,    TypeKind::uuid};

struct Words {
  char point = '.';
  std::optional<Pattern> date = {};
  std::optional<Pattern> timestamp = {};
};

// Which types every value so far could be.
class Candidates {
 public:
  void see(std::string_view text, const Words& words) {
    any_ = true;
    for (std::size_t i = 0; open_ != 0 && i < kCandidates.size(); ++i)
      if ((open_ >> i & 1) != 0 && !could_be(kCandidates[i], text, words)) open_ &= ~(1U << i);
  }
  TypeKind kind() const {
    for (std::size_t i = 0; any_ && i < kCandidates.size(); ++i)
      if ((open_ >> i & 1) != 0) return kCandidates[i];
    return TypeKind::string;
  }

 private:
  static bool could_be(TypeKind kind, std::string_view text, const Words& words) {
    if (kind == TypeKind::boolean) {
      if (text.size() != 4 && text.size() != 5) return false;
      const std::string word = lower_ascii(text);
      return word == "true" || word == "false";
    }
    if (kind == TypeKind::int64) return is_plain_int64(text);
    if (kind == TypeKind::float64) return is_plain_double(text, words.point);
    if (kind == TypeKind::uuid) return is_uuid(text);
    if (kind == TypeKind::time) {
      const auto moment = parse_iso_time(text);
      return moment && !moment->too_fine;
    }
    if (kind == TypeKind::date) {
      const auto moment = words.date ? words.date->parse(text) : parse_iso(text);
      return moment && !moment->has_time && !moment->has_offset;
    }
    const auto moment = words.timestamp ? words.timestamp->parse(text) : parse_iso(text);
    return moment && !moment->too_fine && moment->has_offset == (kind == TypeKind::timestamptz);
  }
  static bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (dash ? c != '-' : !hex) return false;
    }
    return true;
  }

  unsigned open_ = (1U << kCandidates.size()) - 1;
  bool any_ = false;
};

Column column_of(std::string name, Type type) {
  return {.id = 0, .name = std::move(name), .type = std::move(type), .description = {}};
}

// A value of NDJSON, all that were seen at its place.
struct Node {
  bool words = false, numbers = false, texts = false, objects = false, lists = false;
  Candidates of_numbers, of_texts;
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> fields;  // in the order they came
  std::unique_ptr<Node> element;

  Type type() const {
    const int kinds = words + numbers + texts + objects + lists;
    if (kinds != 1 || (objects && fields.empty())) return {.kind = TypeKind::string, .fields = {}};
    if (objects) {
      Type out{.kind = TypeKind::structure, .fields = {}};
      for (const auto& [name, node] : fields) out.fields.push_back(column_of(name, node->type()));
      return out;
    }
    if (lists) {
      Type out{.kind = TypeKind::list, .fields = {}};
      out.fields.push_back(column_of(
          "element", element ? element->type() : Type{.kind = TypeKind::string, .fields = {}}));
      return out;
    }
    if (words) return {.kind = TypeKind::boolean, .fields = {}};
    const TypeKind kind = numbers ? of_numbers.kind() : of_texts.kind();
    // Text stays text, if it looks like a number or not: whoever wrote it put it in quotes.
    const bool number = kind == TypeKind::int64 || kind == TypeKind::float64;
    const bool keep = numbers ? number : !number && kind != TypeKind::boolean;
    return {.kind = keep ? kind : TypeKind::string, .fields = {}};
  }
};

class JsonGuess {
 public:
  explicit JsonGuess(const Words& words) : words_(words) {}

  // Empty: it was read.
  std::string see(std::string_view line) {
    JsonText in(line);
    if (in.peek() != '{') return "the line is no JSON object";
    if (!value(in, root_, 0))
      return too_many() ? "too many fields"
                        : fmt::format("the JSON is broken at byte {}", in.column());
    return in.done() ? "" : "something stands behind the JSON object";
  }
  bool too_many() const { return nodes_ > limits::columns_max; }
  Schema schema() const {
    Schema out;
    out.columns = root_.type().fields;
    return out;
  }

 private:
  bool value(JsonText& in, Node& node, std::size_t depth) {
    if (depth >= limits::nesting_max) return false;
    std::string_view text;
    switch (in.peek()) {
      case '{': return object(in, node, depth);
      case '[': return list(in, node, depth);
      case '"':
        if (!in.string(text, scratch_)) return false;
        node.texts = true;
        node.of_texts.see(text, words_);
        return true;
      case 'n': return in.word("null");
      case 't':
      case 'f': return node.words = true, in.word("true") || in.word("false");
      default:
        if (!in.number(text)) return false;
        node.numbers = true;
        node.of_numbers.see(text, with_point_);
        return true;
    }
  }
  bool object(JsonText& in, Node& node, std::size_t depth) {
    if (!in.take('{')) return false;
    node.objects = true;
    std::string scratch;
    for (bool first = true; !in.take('}'); first = false) {
      std::string_view name;
      if ((!first && !in.take(',')) || !in.string(name, scratch) || !in.take(':')) return false;
      if (!value(in, field(node, name), depth + 1) || too_many()) return false;
    }
    return true;
  }
  bool list(JsonText& in, Node& node, std::size_t depth) {
    if (!in.take('[')) return false;
    node.lists = true;
    if (!node.element) node.element = std::make_unique<Node>(), ++nodes_;
    for (bool first = true; !in.take(']'); first = false)
      if ((!first && !in.take(',')) || !value(in, *node.element, depth + 1)) return false;
    return true;
  }
  Node& field(Node& node, std::string_view name) {
    for (auto& [known, child] : node.fields)
      if (known == name) return *child;
    ++nodes_;
    return *node.fields.emplace_back(std::string(name), std::make_unique<Node>()).second;
  }

  const Words& words_;
  Words with_point_;
  Node root_;
  std::size_t nodes_ = 0;
  std::string scratch_;
};

void count_reject(Guess& guess, std::uint64_t line, std::string_view reason) {
  if (guess.rejected++ == 0) guess.first_reject = fmt::format("line {}: {}", line, reason);
}

Result<Guess> infer_json(Blocks blocks, const Words& words) {
  Guess guess;
  JsonGuess all(words);
  Block block;
  for (;;) {
    HANSA_TRY(const bool more, blocks.next(block));
    if (!more) break;
    std::uint64_t number = block.line;
    for (std::string_view rest = block.text; !rest.empty(); ++number) {
      const std::size_t end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      const std::string wrong = is_utf8(line) ? all.see(line) : "the line is not UTF-8";
      if (all.too_many())
        return exhausted(fmt::format("line {}: more than {} fields", number, limits::columns_max),
                         "are keys data? Then write the contract by hand and declare a map");
      if (!wrong.empty()) count_reject(guess, number, wrong);
      else ++guess.rows;
    }
  }
  guess.columns = all.schema();
  return guess;
}

class CsvGuess {
 public:
  CsvGuess(const Dialect& dialect, const Words& words) : dialect_(dialect), words_(words) {}

  Result<void> see(const CsvRecord& record, std::uint64_t line) {
    if (names_.empty()) return first(record);
    if (record.blank && names_.size() > 1) return {};
    if (!record.wrong.empty()) {
      count_reject(guess_, line, record.wrong);
    } else if (record.fields.size() != names_.size()) {
      count_reject(guess_, line,
                   fmt::format("it has {} and should have {}",
                               counted(record.fields.size(), "field"), names_.size()));
    } else if (!is_utf8(record.raw)) {
      count_reject(guess_, line,
                   "the line is not UTF-8; if the file is Latin-1, say --encoding latin-1");
    } else {
      values(record);
    }
    return {};
  }
  Guess done() {
    for (std::size_t i = 0; i < names_.size(); ++i)
      guess_.columns.columns.push_back(
          column_of(names_[i], {.kind = columns_[i].kind(), .fields = {}}));
    return std::move(guess_);
  }

 private:
  Result<void> first(const CsvRecord& record) {
    if (dialect_.header) {
      if (record.blank) return invalid("line 1: the header is empty", "name the columns there");
      HANSA_TRY(names_, names_of_header(record));
    } else {
      for (std::size_t i = 0; i < record.fields.size(); ++i)
        names_.push_back(fmt::format("column{}", i + 1));
    }
    if (names_.size() > limits::columns_max)
      return exhausted(fmt::format("line 1: more than {} columns", limits::columns_max),
                       "publish fewer columns, or a list of names and values");
    columns_.resize(names_.size());
    if (!dialect_.header) return see(record, 1);
    return {};
  }
  void values(const CsvRecord& record) {
    ++guess_.rows;
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
      const Field& field = record.fields[i];
      const bool null = field.text.empty() || (!field.quoted && field.text == dialect_.null_text);
      if (!null) columns_[i].see(field.text, words_);
    }
  }

  const Dialect& dialect_;
  const Words& words_;
  Guess guess_;
  std::vector<std::string> names_;
  std::vector<Candidates> columns_;
};

Result<Guess> infer_csv(Blocks blocks, const Dialect& dialect, const Words& words) {
  HANSA_TRY(const std::string_view first_line, blocks.peek());
  const Marks marks = marks_of(dialect, first_line);
  blocks.set_marks(marks);
  CsvGuess all(dialect, words);
  CsvReader reader(marks);
  CsvRecord record;
  Block block;
  for (;;) {
    HANSA_TRY(const bool more, blocks.next(block));
    if (!more) return all.done();
    reader.begin(block.text);
    for (std::uint64_t line = block.line; reader.next(record); line += record.lines)
      HANSA_CHECK(all.see(record, line));
  }
}

}  // namespace

Result<Guess> infer(Source source, const Dialect& dialect) {
  HANSA_CHECK(check_dialect(dialect));
  Words words{.point = dialect.decimal_comma ? ',' : '.'};
  if (!dialect.date_format.empty()) {
    HANSA_TRY(words.date, Pattern::compile(dialect.date_format));
  }
  if (!dialect.timestamp_format.empty()) {
    HANSA_TRY(words.timestamp, Pattern::compile(dialect.timestamp_format));
  }
  Blocks blocks(std::move(source), dialect.format);
  if (dialect.format == TextFormat::csv) return infer_csv(std::move(blocks), dialect, words);
  HANSA_CHECK(blocks.peek());
  return infer_json(std::move(blocks), words);
}

}  // namespace hansa::convert
