#include "model/predicate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"

namespace hansa {
namespace {

using Op = Predicate::Op;

enum class TokenKind { end, word, quoted_name, text, number, sign };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;  // words in lower case, texts and names without their quotes
  std::string as_written;
  std::size_t at = 0;
};

bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::array<std::string_view, 10> kReserved = {"and",  "or",   "not",     "in",   "is",
                                                        "null", "like", "between", "true", "false"};

std::unexpected<Error> wrong(std::string text, std::size_t at) {
  return invalid(fmt::format("filter: {} (character {})", text, at + 1),
                 "a filter compares columns with constants: country = 'SE' and plays >= 10");
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<Token> next() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'))
      ++at_;
    const std::size_t start = at_;
    if (at_ == text_.size()) return Token{.at = start};
    const char c = text_[at_];
    if (c == '\'') return quoted('\'', TokenKind::text);
    if (c == '"') return quoted('"', TokenKind::quoted_name);
    if (is_word_start(c)) {
      while (at_ < text_.size() && (is_word_start(text_[at_]) || is_digit(text_[at_]))) ++at_;
      const std::string word(text_.substr(start, at_ - start));
      return Token{TokenKind::word, lower_ascii(word), word, start};
    }
    if (is_digit(c) || c == '-' || c == '+') return number();
    return sign();
  }

 private:
  Result<Token> quoted(char quote, TokenKind kind) {
    const std::size_t start = at_++;
    std::string out;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] != quote) {
        out += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == quote) {
        out += quote;
        ++at_;
      } else {
        ++at_;
        return Token{kind, out, out, start};
      }
    }
    return wrong("a quote is not closed", start);
  }

  // What SQL and JSON both call a number; no exponent, so that it stays exact.
  Result<Token> number() {
    const std::size_t start = at_;
    if (text_[at_] == '-' || text_[at_] == '+') ++at_;
    const std::size_t digits = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    if (at_ == digits) return wrong("a number is expected after the sign", start);
    if (at_ < text_.size() && text_[at_] == '.') {
      const std::size_t fraction = ++at_;
      while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
      if (at_ == fraction) return wrong("a digit is missing after the point", start);
    }
    if (at_ < text_.size() && is_word_start(text_[at_]))
      return wrong("a number ends in a letter", start);
    std::string_view body = text_.substr(start, at_ - start);
    if (body.front() == '+') body.remove_prefix(1);
    return Token{TokenKind::number, std::string(body), std::string(body), start};
  }

  Result<Token> sign() {
    static constexpr std::array<std::string_view, 10> kSigns = {"<=", ">=", "<>", "!=", "=",
                                                                "<",  ">",  "(",  ")",  ","};
    for (const std::string_view each : kSigns)
      if (text_.substr(at_).starts_with(each)) {
        const std::size_t start = at_;
        at_ += each.size();
        return Token{TokenKind::sign, std::string(each), std::string(each), start};
      }
    return wrong("this character means nothing here", at_);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Predicate joined(Op op, std::vector<Predicate> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return {.op = op, .parts = std::move(parts), .column = {}, .values = {}};
}
Predicate negation(Predicate part) {
  return {.op = Op::negated, .parts = {std::move(part)}, .column = {}, .values = {}};
}
Predicate test(Op op, std::string column, std::vector<Json> values) {
  return {.op = op, .parts = {}, .column = std::move(column), .values = std::move(values)};
}

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Result<Predicate> whole() {
    HANSA_CHECK(step());
    HANSA_TRY(Predicate out, any(0));
    if (token_.kind != TokenKind::end) return wrong("it should end here", token_.at);
    return out;
  }

 private:
  Result<void> step() {
    HANSA_TRY(token_, lexer_.next());
    return {};
  }
  bool word(std::string_view text) const {
    return token_.kind == TokenKind::word && token_.text == text;
  }
  bool sign(std::string_view text) const {
    return token_.kind == TokenKind::sign && token_.text == text;
  }
  Result<bool> skip_word(std::string_view text) {
    if (!word(text)) return false;
    HANSA_CHECK(step());
    return true;
  }
  Result<void> expect_word(std::string_view text) {
    HANSA_TRY(const bool found, skip_word(text));
    if (!found) return wrong(fmt::format("'{}' is expected", text), token_.at);
    return {};
  }
  Result<void> expect_sign(std::string_view text) {
    if (!sign(text)) return wrong(fmt::format("'{}' is expected", text), token_.at);
    return step();
  }

  Result<Predicate> any(std::size_t depth) {
    std::vector<Predicate> parts;
    do {
      HANSA_TRY(Predicate part, all(depth));
      parts.push_back(std::move(part));
      HANSA_TRY(more_, skip_word("or"));
    } while (more_);
    return joined(Op::any, std::move(parts));
  }

  Result<Predicate> all(std::size_t depth) {
    std::vector<Predicate> parts;
    do {
      HANSA_TRY(Predicate part, one(depth));
      parts.push_back(std::move(part));
      HANSA_TRY(more_, skip_word("and"));
    } while (more_);
    return joined(Op::all, std::move(parts));
  }

  Result<Predicate> one(std::size_t depth) {
    if (depth >= limits::predicate_depth_max)
      return exhausted(fmt::format("the filter nests deeper than {}", limits::predicate_depth_max),
                       "write it flatter: column in (...) instead of many ors");
    HANSA_TRY(const bool negated, skip_word("not"));
    if (negated) {
      HANSA_TRY(Predicate part, one(depth + 1));
      return negation(std::move(part));
    }
    if (sign("(")) {
      HANSA_CHECK(step());
      HANSA_TRY(Predicate part, any(depth + 1));
      HANSA_CHECK(expect_sign(")"));
      return part;
    }
    return comparison();
  }

  Result<std::string> column() {
    const bool reserved = token_.kind == TokenKind::word &&
                          std::ranges::find(kReserved, token_.text) != kReserved.end();
    if ((token_.kind != TokenKind::word && token_.kind != TokenKind::quoted_name) || reserved)
      return wrong("a column is expected", token_.at);
    std::string name = token_.as_written;
    if (name.empty()) return wrong("a column has a name", token_.at);
    HANSA_CHECK(step());
    return name;
  }

  Result<Json> constant() {
    if (++values_ > limits::predicate_values_max)
      return exhausted(
          fmt::format("the filter has more than {} constants", limits::predicate_values_max),
          "put the list into a table and publish the joined rows as a product");
    std::optional<Json> out;
    if (token_.kind == TokenKind::text) out = Json(token_.text);
    if (token_.kind == TokenKind::number) {
      auto number = parse_json(token_.text);
      if (!number) return wrong("this is no number that fits", token_.at);
      out = *std::move(number);
    }
    if (word("true") || word("false")) out = Json(token_.text == "true");
    if (word("null")) return wrong("nothing equals null: write 'is null'", token_.at);
    if (!out) return wrong("a constant is expected: 'text', a number, true or false", token_.at);
    HANSA_CHECK(step());
    return *std::move(out);
  }

  Result<Predicate> comparison() {
    HANSA_TRY(std::string name, column());
    static constexpr std::array<std::pair<std::string_view, Op>, 7> kOps = {
        {{"=", Op::equal},
         {"<>", Op::not_equal},
         {"!=", Op::not_equal},
         {"<=", Op::less_equal},
         {">=", Op::greater_equal},
         {"<", Op::less},
         {">", Op::greater}}};
    for (const auto& [text, op] : kOps) {
      if (!sign(text)) continue;
      HANSA_CHECK(step());
      HANSA_TRY(Json value, constant());
      return test(op, std::move(name), {std::move(value)});
    }
    HANSA_TRY(const bool is, skip_word("is"));
    if (is) {
      HANSA_TRY(const bool filled, skip_word("not"));
      HANSA_CHECK(expect_word("null"));
      Predicate out = test(Op::is_null, std::move(name), {});
      return filled ? negation(std::move(out)) : out;
    }
    HANSA_TRY(const bool negated, skip_word("not"));
    HANSA_TRY(Predicate out, worded(std::move(name)));
    return negated ? negation(std::move(out)) : out;
  }

  Result<Predicate> worded(std::string name) {
    HANSA_TRY(const bool in, skip_word("in"));
    if (in) return listed(std::move(name));
    HANSA_TRY(const bool between, skip_word("between"));
    if (between) {
      HANSA_TRY(Json low, constant());
      HANSA_CHECK(expect_word("and"));
      HANSA_TRY(Json high, constant());
      return joined(Op::all, {test(Op::greater_equal, name, {std::move(low)}),
                              test(Op::less_equal, name, {std::move(high)})});
    }
    HANSA_TRY(const bool like, skip_word("like"));
    if (!like) return wrong("a comparison is expected: =, <>, <, in, between, like, is", token_.at);
    HANSA_TRY(Json pattern, constant());
    if (!pattern.is_string()) return wrong("like takes a text", token_.at);
    return test(Op::like, std::move(name), {std::move(pattern)});
  }

  Result<Predicate> listed(std::string name) {
    HANSA_CHECK(expect_sign("("));
    std::vector<Json> values;
    while (true) {
      HANSA_TRY(Json value, constant());
      values.push_back(std::move(value));
      if (!sign(",")) break;
      HANSA_CHECK(step());
    }
    HANSA_CHECK(expect_sign(")"));
    return test(Op::one_of, std::move(name), std::move(values));
  }

  Lexer lexer_;
  Token token_;
  bool more_ = false;
  std::size_t values_ = 0;
};

std::string column_text(const std::string& name) {
  const bool plain =
      is_word_start(name.front()) &&
      std::ranges::all_of(name, [](char c) { return is_word_start(c) || is_digit(c); }) &&
      std::ranges::find(kReserved, lower_ascii(name)) == kReserved.end();
  return plain ? name : sql_identifier(name);
}

std::string constant_text(const Json& value) {
  return value.is_string() ? sql_literal(*value.as_string()) : hansa::to_text(value);
}

std::string joined_text(const Predicate& predicate, std::string_view word) {
  std::string out;
  for (const Predicate& part : predicate.parts) {
    const bool simple = part.op != Op::all && part.op != Op::any;
    if (!out.empty()) out += fmt::format(" {} ", word);
    out += simple ? to_text(part) : "(" + to_text(part) + ")";
  }
  return out;
}

bool is_date(std::string_view text) {
  return text.size() == 10 && text.find('T') == text.npos && parse_time(text).has_value();
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

// What a constant must look like beside a column of this type; empty: it does.
std::string_view expected(const Type& type, const Json& value) {
  const std::string* text = value.as_string();
  switch (type.kind) {
    case TypeKind::boolean: return value.as_bool() ? "" : "true or false";
    case TypeKind::int32:
    case TypeKind::int64: return value.as_int() ? "" : "a whole number";
    case TypeKind::float32:
    case TypeKind::float64:
    case TypeKind::decimal: return value.as_double() ? "" : "a number";
    case TypeKind::string: return text ? "" : "a text in quotes";
    case TypeKind::date: return text && is_date(*text) ? "" : "a date: '2026-11-22'";
    case TypeKind::timestamp:
    case TypeKind::timestamptz:
      return text && parse_time(*text) ? "" : "a time: '2026-11-22T09:00:00Z'";
    case TypeKind::uuid: return text && is_uuid(*text) ? "" : "a UUID";
    case TypeKind::time:
    case TypeKind::fixed:
    case TypeKind::binary:
    case TypeKind::structure:
    case TypeKind::list:
    case TypeKind::map: break;
  }
  return "nothing: only 'is null' may be asked of it";
}

}  // namespace

std::string_view sign_of(Predicate::Op op) {
  switch (op) {
    case Op::equal: return "=";
    case Op::not_equal: return "<>";
    case Op::less: return "<";
    case Op::less_equal: return "<=";
    case Op::greater: return ">";
    case Op::greater_equal: return ">=";
    case Op::like: return "like";
    case Op::all:
    case Op::any:
    case Op::negated:
    case Op::one_of:
    case Op::is_null: break;
  }
  return "";
}

Result<Predicate> parse_predicate(std::string_view text) {
  if (text.size() > limits::predicate_bytes_max)
    return exhausted(fmt::format("the filter is longer than {} bytes", limits::predicate_bytes_max),
                     "put the list into a table and publish the joined rows as a product");
  HANSA_CHECK(check_text("filter", text));
  return Parser(text).whole();
}

std::string to_text(const Predicate& predicate) {
  switch (predicate.op) {
    case Op::all: return joined_text(predicate, "and");
    case Op::any: return joined_text(predicate, "or");
    case Op::negated: {
      const Predicate& part = predicate.parts.front();
      if (part.op == Op::is_null) return column_text(part.column) + " is not null";
      const bool simple = part.op == Op::negated;
      return simple ? "not " + to_text(part) : "not (" + to_text(part) + ")";
    }
    case Op::is_null: return column_text(predicate.column) + " is null";
    case Op::one_of: {
      std::string values;
      for (const Json& value : predicate.values)
        values += (values.empty() ? "" : ", ") + constant_text(value);
      return fmt::format("{} in ({})", column_text(predicate.column), values);
    }
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::like: break;
  }
  return fmt::format("{} {} {}", column_text(predicate.column), sign_of(predicate.op),
                     constant_text(predicate.values.front()));
}

Result<void> check(const Predicate& predicate, const Schema& schema) {
  for (const Predicate& part : predicate.parts) HANSA_CHECK(check(part, schema));
  if (predicate.column.empty()) return {};
  const auto found = std::ranges::find(schema.columns, predicate.column, &Column::name);
  if (found == schema.columns.end())
    return invalid(
        fmt::format("the filter names column {}, which the port does not have", predicate.column));
  if (predicate.op == Op::like && found->type.kind != TypeKind::string)
    return invalid(
        fmt::format("the filter asks like of column {}, which is not text", predicate.column));
  for (const Json& value : predicate.values)
    if (const auto should = expected(found->type, value); !should.empty())
      return invalid(fmt::format("the filter compares column {} ({}) with {}; it takes {}",
                                 predicate.column, to_text(found->type), constant_text(value),
                                 should));
  return {};
}

Result<void> field_from_text(std::string_view text, Predicate& predicate) {
  HANSA_TRY(predicate, parse_predicate(text));
  return {};
}
std::string field_to_text(const Predicate& predicate) { return to_text(predicate); }

}  // namespace hansa
