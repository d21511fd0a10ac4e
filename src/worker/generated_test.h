// Text files with known contents: what a reader must find in them, and which of their lines must be
// refused.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "query/plan.h"

namespace hansa::worker {

struct Generated {
  std::string text;
  Dialect dialect;
  Schema columns;
  std::vector<std::string> formats;
  std::vector<std::vector<std::optional<std::string>>> rows;     // as the engine spells them
  std::vector<std::pair<std::uint64_t, std::uint64_t>> rejects;  // first and last line
  std::uint64_t refused_at = 0;  // the whole file, in this line; 0: it is taken
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  Generated make() {
    Generated out;
    out.dialect.format = one_in(3) ? TextFormat::ndjson : TextFormat::csv;
    choose_dialect(out.dialect);
    const std::size_t count = 1 + below(6);
    for (std::size_t i = 0; i < count; ++i) {
      static constexpr TypeKind kKinds[] = {
          TypeKind::int64, TypeKind::string,    TypeKind::decimal, TypeKind::date,
          TypeKind::int32, TypeKind::timestamp, TypeKind::boolean, TypeKind::float64,
          TypeKind::list,  TypeKind::structure};
      out.columns.columns.push_back(column(fmt::format("c{}", i), kKinds[below(10)], one_in(3)));
      const bool german = out.columns.columns.back().type.kind == TypeKind::date && one_in(3);
      out.formats.push_back(german ? "dd.MM.yyyy" : "");
    }
    write(out);
    encode(out);
    return out;
  }

 private:
  struct Value {
    std::optional<std::string> shown;  // none: null
    std::string text;                  // in CSV
    std::string json;
  };

  std::size_t below(std::size_t bound) { return random_() % bound; }
  bool one_in(std::size_t n) { return below(n) == 0; }

  static Column column(std::string name, TypeKind kind, bool required) {
    Column out{.name = std::move(name),
               .type = {.kind = kind, .fields = {}},
               .required = required,
               .description = {}};
    if (kind == TypeKind::decimal) out.type.precision = 12, out.type.scale = 3;
    if (kind == TypeKind::list) out.type.fields = {column("element", TypeKind::int64, false)};
    if (kind == TypeKind::structure)
      out.type.fields = {column("a", TypeKind::int64, false), column("b", TypeKind::int32, false)};
    return out;
  }

  void choose_dialect(Dialect& dialect) {
    end_ = one_in(2) ? "\r\n" : "\n";
    static constexpr const char* kDelimiters[] = {",", ";", "\t", "|"};
    delimiter_ = dialect.format == TextFormat::csv ? kDelimiters[below(4)][0] : ',';
    dialect.delimiter = std::string(1, delimiter_);
    quote_ = one_in(4) ? '\'' : '"';
    dialect.quote = std::string(1, quote_);
    dialect.header = !one_in(4);
    dialect.null_text = one_in(4) ? "NA" : "";
    static constexpr Encoding kEncodings[] = {Encoding::detect,  Encoding::detect,
                                              Encoding::utf8,    Encoding::latin1,
                                              Encoding::utf16le, Encoding::utf16be};
    dialect.encoding = kEncodings[below(6)];
  }

  std::string words() {
    static constexpr const char* kWords[] = {
        "a",  " ",  "b c", "\"", "'",        ",",
        ";",  "\t", "|",   "\n", "\xc3\xa4", "007",
        "NA", "\\", "{",   "--", "\r\n",     "long enough to lie somewhere else"};
    std::string out;
    for (std::size_t i = below(5); i > 0; --i) out += kWords[below(18)];
    return out;
  }

  Value value(const Column& column, const std::string& format) {
    const std::int64_t n = static_cast<std::int64_t>(below(2'000'000)) - 1'000'000;
    std::string text = std::to_string(n);
    switch (static_cast<int>(column.type.kind)) {
      case int(TypeKind::string): {
        text = words();
        std::string json;
        append_json_string(json, text);
        return {text, text, json};
      }
      case int(TypeKind::int64):
        if (one_in(8)) text = one_in(2) ? "9223372036854775807" : "-9223372036854775808";
        return {text, text, text};
      case int(TypeKind::decimal): {
        const std::string digits = fmt::format("{:04}", std::abs(n));
        text = fmt::format("{}{}.{}", n < 0 ? "-" : "", digits.substr(0, digits.size() - 3),
                           digits.substr(digits.size() - 3));
        return {text, text, one_in(2) ? text : "\"" + text + "\""};
      }
      case int(TypeKind::float64):
        text = fmt::format("{}.{}", n, one_in(2) ? "5" : "25");
        return {text, text, text};
      case int(TypeKind::boolean): text = one_in(2) ? "true" : "false"; return {text, text, text};
      case int(TypeKind::date):
      case int(TypeKind::timestamp): return moment(column.type.kind, format);
      case int(TypeKind::list): {
        text = one_in(4) ? "[]" : fmt::format("[{}, {}]", n, one_in(2) ? "NULL" : "7");
        std::string json = text;
        if (const auto at = json.find("NULL"); at != std::string::npos) json.replace(at, 4, "null");
        return {text, json, json};
      }
      case int(TypeKind::structure):
        text = fmt::format("{{\"b\":{}{}}}", n, one_in(2) ? fmt::format(",\"a\":{}", n + 1) : "");
        return {fmt::format("{{'a': {}, 'b': {}}}",
                            text.contains("\"a\"") ? std::to_string(n + 1) : "NULL", n),
                text, text};
      default: return {text, text, text};
    }
  }

  Value moment(TypeKind kind, const std::string& format) {
    const int year = 1950 + static_cast<int>(below(120));
    const int month = 1 + static_cast<int>(below(12));
    const int day = 1 + static_cast<int>(below(28));
    std::string shown = fmt::format("{:04}-{:02}-{:02}", year, month, day);
    std::string text = format.empty() ? shown : fmt::format("{:02}.{:02}.{:04}", day, month, year);
    if (kind == TypeKind::timestamp) {
      const std::string clock = fmt::format(" {:02}:{:02}:{:02}", below(24), below(60), below(60));
      const std::string fraction = one_in(2) ? ".5" : "";
      shown += clock + fraction;
      text += clock + fraction;
      if (one_in(2)) text[10] = 'T';
    }
    return {shown, text, "\"" + text + "\""};
  }

  // A value that no column of the type takes; none: every text is one.
  std::optional<std::string> wrong(const Column& column) {
    switch (static_cast<int>(column.type.kind)) {
      case int(TypeKind::string): return std::nullopt;
      case int(TypeKind::int64): return one_in(2) ? "9223372036854775808" : "1.5";
      case int(TypeKind::int32): return one_in(2) ? "2147483648" : "0x1";
      case int(TypeKind::decimal): return one_in(2) ? "1.0005" : "1234567890.5";
      case int(TypeKind::float64): return "1e999";
      case int(TypeKind::date): return "2023-02-30";
      case int(TypeKind::timestamp): return "2023-01-01 25:00:00";
      case int(TypeKind::boolean): return "maybe";
      default: return "[1,";
    }
  }

  std::string quoted(const std::string& text) const {
    std::string out(1, quote_);
    for (const char c : text) {
      if (c == quote_) out += c;
      out += c;
    }
    return out + quote_;
  }

  std::string field(const Value& value, const Column& column, const Dialect& dialect) {
    if (!value.shown) return dialect.null_text;
    const std::string& text = value.text;
    const bool must = text.empty() || text == dialect.null_text || text.front() == quote_ ||
                      text.find_first_of(std::string("\r\n") + delimiter_) != std::string::npos ||
                      column.type.kind == TypeKind::list;
    return must || one_in(4) ? quoted(text) : text;
  }

  void write(Generated& out) {
    const auto& columns = out.columns.columns;
    const bool csv = out.dialect.format == TextFormat::csv;
    std::vector<std::size_t> order(columns.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    if (csv && out.dialect.header) {
      for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[below(i)]);
      std::vector<std::string> names;
      for (const std::size_t i : order)
        names.push_back(one_in(3) ? quoted(columns[i].name) : columns[i].name);
      for (std::size_t i = 0; i < names.size(); ++i)
        out.text += (i == 0 ? "" : std::string(1, delimiter_)) + names[i];
      out.text += end_;
    }
    for (std::size_t row = 1 + below(30); row > 0; --row) {
      const std::uint64_t line = line_of(out.text);
      std::vector<Value> values;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        values.push_back(value(columns[i], out.formats[i]));
        if (!columns[i].required && one_in(5)) values.back() = {std::nullopt, "", "null"};
      }
      bool bad = one_in(6);
      std::string record =
          csv ? csv_record(out, order, values, bad) : json_record(out, values, bad);
      if (record.empty()) continue;  // of one column, and null: a line that looks like none
      out.text += record + end_;
      if (bad) {
        out.rejects.emplace_back(line, line_of(out.text) - 1);
      } else {
        auto& cells = out.rows.emplace_back();
        for (const Value& value : values) cells.push_back(value.shown);
      }
      if (one_in(12) && (!csv || columns.size() > 1)) out.text += end_;
    }
    if (csv && one_in(12)) {
      out.refused_at = line_of(out.text);
      out.text += std::string(1, quote_) + "never closed" + end_ + "x" + end_;
    } else if (one_in(3) && out.text.size() > end_.size() && out.rejects.empty() &&
               !out.text.ends_with(end_ + end_)) {
      out.text.resize(out.text.size() - end_.size());
    }
  }

  static std::uint64_t line_of(const std::string& text) {
    return 1 + static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  }

  std::string csv_record(const Generated& out, const std::vector<std::size_t>& order,
                         const std::vector<Value>& values, bool& bad) {
    const auto& columns = out.columns.columns;
    std::vector<std::string> fields;
    for (const std::size_t i : order) fields.push_back(field(values[i], columns[i], out.dialect));
    if (bad) {
      const std::size_t at = below(fields.size());
      const auto other = wrong(columns[order[at]]);
      switch (below(4)) {
        case 0: fields.emplace_back("more"); break;
        case 1: fields.back() = quoted("x") + "y"; break;
        case 2:
          if (fields.size() > 2) {
            fields.pop_back();
            break;
          }
          [[fallthrough]];
        default:
          if (other) fields[at] = quoted(*other);
          else bad = false;
      }
    }
    std::string record;
    for (std::size_t i = 0; i < fields.size(); ++i)
      record += (i == 0 ? "" : std::string(1, delimiter_)) + fields[i];
    return record;
  }

  std::string json_record(const Generated& out, const std::vector<Value>& values, bool& bad) {
    const auto& columns = out.columns.columns;
    std::string record = "{";
    const std::size_t at = below(columns.size());
    const auto other = wrong(columns[at]);
    const std::size_t how = bad ? below(4) : 9;
    if (how == 3 && !other) bad = false;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!values[i].shown && one_in(2)) continue;
      record += record.size() > 1 ? "," : "";
      std::string json = values[i].json;
      if (how == 3 && other && i == at) json = "\"" + *other + "\"";
      record += fmt::format("\"{}\":{}", columns[i].name, json);
    }
    // A null that was left out is no wrong value.
    if (how == 3 && other && !record.contains("\"" + *other + "\"")) bad = false;
    if (how == 0) record += std::string(record.size() > 1 ? "," : "") + "\"unknown\":1";
    if (how == 1) return record + ",";
    return record + "}" + (how == 2 ? " x" : "");
  }

  // All characters that are made here are below U+0100.
  static void encode(Generated& out) {
    const Encoding encoding = out.dialect.encoding;
    if (encoding == Encoding::detect || encoding == Encoding::utf8) return;
    std::string text;
    for (std::size_t i = 0; i < out.text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(out.text[i]);
      const char c = byte < 0x80
                         ? out.text[i]
                         : static_cast<char>((byte & 3) << 6 |
                                             (static_cast<unsigned char>(out.text[++i]) & 0x3F));
      if (encoding == Encoding::utf16be) text += '\0';
      text += c;
      if (encoding == Encoding::utf16le) text += '\0';
    }
    out.text = std::move(text);
  }

  std::mt19937_64 random_;
  std::string end_;
  char delimiter_ = ',';
  char quote_ = '"';
};

}  // namespace hansa::worker
