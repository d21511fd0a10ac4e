#include "convert/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "base/text_limits.h"

namespace hansa::convert {
namespace {

std::string named(std::span<const std::string> names) {
  constexpr std::size_t kShownMax = 20;
  const std::string text = join(names.first(std::min(names.size(), kShownMax)), ", ");
  return names.size() > kShownMax ? text + fmt::format(" and {} more", names.size() - kShownMax)
                                  : text;
}

// What nested slots hold before a row that may be refused, and again after it.
void keep(const Slot& slot, std::vector<std::uint64_t>& used) {
  if (slot.children.empty()) return;
  used.push_back(slot.used);
  for (const Slot& child : slot.children) keep(child, used);
}
void restore(Slot& slot, std::span<const std::uint64_t>& used) {
  if (slot.children.empty()) return;
  slot.used = used.front();
  used = used.subspan(1);
  for (Slot& child : slot.children) restore(child, used);
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

char delimiter_of(std::string_view line, char quote) {
  std::map<char, std::size_t> count;
  bool inside = false;
  for (const char c : line) {
    if (c == quote) inside = !inside;
    else if (!inside) ++count[c];
  }
  char best = ',';
  for (const char c : {';', '\t', '|'})
    if (count[c] > count[best]) best = c;
  return best;
}

Marks marks_of(const Dialect& dialect, std::string_view first_line) {
  Marks marks;
  marks.quote = dialect.quote.empty() ? '"' : dialect.quote[0];
  marks.escape = dialect.escape.empty() ? marks.quote : dialect.escape[0];
  marks.delimiter =
      dialect.delimiter.empty() ? delimiter_of(first_line, marks.quote) : dialect.delimiter[0];
  return marks;
}

Result<std::vector<std::string>> names_of_header(const CsvRecord& record) {
  if (!record.wrong.empty()) return invalid(fmt::format("line 1: {}", record.wrong));
  if (!is_utf8(record.raw))
    return invalid("line 1: the header is not UTF-8", "say --encoding latin-1, if it is that");
  if (record.fields.size() > limits::columns_max)
    return exhausted(fmt::format("line 1: the header has {} fields; at most {} are allowed",
                                 record.fields.size(), limits::columns_max),
                     "publish fewer columns, or a list of names and values");
  std::vector<std::string> names;
  for (const Field& field : record.fields) names.emplace_back(field.text);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty())
      return invalid(fmt::format("line 1: field {} of the header has no name", i + 1),
                     "name every column, or say --no-header");
    if (!check_text("column", names[i]))
      return invalid(fmt::format("line 1: the name of field {} is no text", i + 1));
  }
  std::vector<std::string> sorted = names;
  std::ranges::sort(sorted);
  if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
    return invalid(fmt::format("line 1: two columns are called '{}'", *twice));
  return names;
}

Table::Table(Source source, TableOptions options)
    : options_(std::move(options)),
      blocks_(std::move(source), options_.dialect.format),
      rejects_(options_.rejects_kept) {}

Result<std::unique_ptr<Table>> Table::open(Source source, TableOptions options) {
  HANSA_CHECK(check_dialect(options.dialect));
  std::unique_ptr<Table> table(new Table(std::move(source), std::move(options)));
  const TableOptions& own = table->options_;
  for (std::size_t i = 0; i < own.columns.columns.size(); ++i) {
    const std::string_view format =
        i < own.formats.size() ? std::string_view(own.formats[i]) : std::string_view{};
    HANSA_TRY(table->cells_.emplace_back(), cell_of(own.columns.columns[i], own.dialect, format));
  }
  HANSA_TRY(const std::string_view line, table->blocks_.peek());
  if (own.dialect.format == TextFormat::csv) {
    table->marks_ = marks_of(own.dialect, line);
    table->blocks_.set_marks(table->marks_);
    HANSA_CHECK(table->read_header());
  }
  return table;
}

Result<void> Table::read_header() {
  for (std::size_t i = 0; i < cells_.size(); ++i) fields_.push_back(i);
  width_ = cells_.size();
  if (!options_.dialect.header) return {};
  first_.emplace();
  HANSA_CHECK(blocks_.next(*first_));
  CsvReader reader(marks_);
  CsvRecord record;
  reader.begin(first_->text);
  reader.next(record);
  if (record.blank) return invalid("line 1: the header is empty", "name the columns there");
  HANSA_TRY(const auto names, names_of_header(record));
  HANSA_CHECK(match(names));
  const std::size_t end = first_->text.find('\n', record.raw.size());
  first_->text.erase(0, end == std::string::npos ? first_->text.size() : end + 1);
  first_->line += record.lines;
  return {};
}

// By name, in any order.
Result<void> Table::match(const std::vector<std::string>& names) {
  std::vector<std::string> unknown;
  fields_.assign(cells_.size(), SIZE_MAX);
  width_ = names.size();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto cell = std::ranges::find(cells_, names[i], &Cell::name);
    if (cell == cells_.end()) unknown.push_back(names[i]);
    else fields_[static_cast<std::size_t>(cell - cells_.begin())] = i;
  }
  std::vector<std::string> all;
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    all.push_back(cells_[i].name);
    if (fields_[i] == SIZE_MAX && cells_[i].required) missing.push_back(cells_[i].name);
  }
  if (!unknown.empty())
    return invalid(
        fmt::format("line 1: the contract has no column {}", named(unknown)),
        fmt::format("its columns are {}; without a header line say --no-header", named(all)));
  if (!missing.empty())
    return invalid(fmt::format("line 1: the required column {} is missing", named(missing)));
  return {};
}

Result<bool> Table::next(Block& block) {
  const std::lock_guard lock(mutex_);
  if (first_) {
    block = *std::exchange(first_, std::nullopt);
    return true;
  }
  if (failed_) return std::unexpected(*failed_);
  auto more = blocks_.next(block);
  if (!more) failed_ = more.error();
  return more;
}

std::unique_ptr<Table::Part> Table::part() { return std::make_unique<Part>(*this); }

Table::Part::Part(Table& table) : table_(table), csv_(table.marks_) {}

bool Table::Part::next_record() {
  line_ += lines_;
  lines_ = 0;
  if (table_.options_.dialect.format == TextFormat::csv) {
    while (csv_.next(record_)) {
      lines_ = record_.lines;
      raw_ = record_.raw;
      // A line without anything is no record, save where it can be one.
      if (!record_.blank || table_.width_ == 1) return true;
      line_ += std::exchange(lines_, 0);
    }
    return false;
  }
  while (at_ < block_.text.size()) {
    const std::size_t end = std::min(block_.text.find('\n', at_), block_.text.size());
    raw_ = std::string_view(block_.text).substr(at_, end - at_);
    if (raw_.ends_with('\r')) raw_.remove_suffix(1);
    at_ = end + 1;
    lines_ = 1;
    if (!is_blank(raw_)) return true;
    line_ += std::exchange(lines_, 0);
  }
  return false;
}

Result<std::uint64_t> Table::Part::fill(std::span<Slot> slots, Memory& memory, std::uint64_t most) {
  std::uint64_t row = 0;
  while (row < most) {
    if (next_record()) {
      if (put(slots, memory, row)) ++row;
      continue;
    }
    HANSA_TRY(const bool more, table_.next(block_));
    if (!more) break;
    is_utf8_ = is_utf8(block_.text);
    has_nul_ = block_.text.contains('\0');
    line_ = block_.line;
    lines_ = 0;
    at_ = 0;
    if (table_.options_.dialect.format == TextFormat::csv) csv_.begin(block_.text);
  }
  table_.rows_ += row;
  return row;
}

bool Table::Part::put(std::span<Slot> slots, Memory& memory, std::uint64_t row) {
  used_.clear();
  for (const Slot& slot : slots) keep(slot, used_);
  Problem problem;
  if (!is_utf8_ && !is_utf8(raw_)) {
    problem.reason = "the line is not UTF-8; if the file is Latin-1, say --encoding latin-1";
  } else if (has_nul_ && raw_.contains('\0')) {
    problem.reason = "the line holds a NUL byte";
  } else if (table_.options_.dialect.format == TextFormat::csv) {
    problem = put_csv(slots, memory, row);
  } else {
    problem = JsonRow(table_.cells_, memory).put(raw_, slots, row);
  }
  if (problem.reason.empty()) return true;
  std::span<const std::uint64_t> used = used_;
  for (Slot& slot : slots) restore(slot, used);
  reject(std::move(problem));
  return false;
}

Problem Table::Part::put_csv(std::span<Slot> slots, Memory& memory, std::uint64_t row) {
  if (!record_.wrong.empty()) {
    const auto found = std::ranges::find(table_.fields_, record_.wrong_field);
    return {found == table_.fields_.end()
                ? ""
                : table_.cells_[static_cast<std::size_t>(found - table_.fields_.begin())].name,
            std::string(record_.wrong)};
  }
  if (record_.fields.size() != table_.width_)
    return {"", fmt::format("it has {} and should have {}", counted(record_.fields.size(), "field"),
                            table_.width_)};
  Problem problem;
  for (std::size_t i = 0; i < slots.size(); ++i)
    if (!put_field(i, slots[i], memory, row, problem)) break;
  return problem;
}

// False with a problem.
bool Table::Part::put_field(std::size_t column, Slot& slot, Memory& memory, std::uint64_t row,
                            Problem& problem) {
  const Cell& cell = table_.cells_[column];
  const std::size_t at = table_.fields_[column];
  const TypeKind kind = cell.how.type.kind;
  static constexpr Field kNothing{};
  const Field& field = at == SIZE_MAX ? kNothing : record_.fields[at];
  const std::string& null_text = table_.options_.dialect.null_text;
  const bool null = at == SIZE_MAX || (!field.quoted && field.text == null_text) ||
                    (field.text.empty() && null_text.empty() && kind != TypeKind::string);
  if (null) {
    if (cell.required) {
      problem = {cell.name, "it is required and there is no value"};
      return false;
    }
    put_null(slot, row);
    return true;
  }
  if (is_nested(kind)) {
    problem = JsonRow(std::span<const Cell>(), memory).put_one(field.text, cell, slot, row);
    return problem.reason.empty();
  }
  slot.set_valid(row, true);
  const Fault fault = put_value(field.text, cell.how, slot, row, memory);
  if (fault == Fault::none) return true;
  problem = {cell.name, words_of(fault, field.text, cell.how.type)};
  return false;
}

void Table::Part::reject(Problem problem) {
  table_.rejects_.add({.line = line_,
                       .last_line = line_ + lines_ - 1,
                       .column = std::move(problem.column),
                       .reason = std::move(problem.reason),
                       .text = std::string(raw_.substr(0, limits::reject_text_bytes_max))});
}

}  // namespace hansa::convert
