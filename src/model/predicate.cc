#include "model/predicate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/json.h"
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

// Parts of the same kind are taken up, so that there is one tree for one meaning and one spelling.
Predicate joined(Op op, std::vector<Predicate> given) {
  if (given.size() == 1) return std::move(given.front());
  std::vector<Predicate> parts;
  for (Predicate& part : given) {
    if (part.op == op) std::ranges::move(part.parts, std::back_inserter(parts));
    else parts.push_back(std::move(part));
  }
  return {.op = op, .parts = std::move(parts), .column = {}, .values = {}};
}
Predicate negation(Predicate part) {
  return {.op = Op::negated, .parts = {std::move(part)}, .column = {}, .values = {}};
}
Predicate test(Op op, std::string column, std::vector<Constant> values) {
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

  Result<Constant> constant() {
    if (++values_ > limits::predicate_values_max)
      return exhausted(
          fmt::format("the filter has more than {} constants", limits::predicate_values_max),
          "put the list into a table and publish the joined rows as a product");
    std::optional<Constant> out;
    if (token_.kind == TokenKind::text) out = Constant{Constant::Kind::text, token_.text};
    if (token_.kind == TokenKind::number) {
      if (!parse_json(token_.text)) return wrong("this is no number that fits", token_.at);
      out = Constant{Constant::Kind::number, token_.text};
    }
    if (word("true") || word("false")) out = Constant{Constant::Kind::boolean, token_.text};
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
      HANSA_TRY(Constant value, constant());
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
      HANSA_TRY(Constant low, constant());
      HANSA_CHECK(expect_word("and"));
      HANSA_TRY(Constant high, constant());
      return joined(Op::all, {test(Op::greater_equal, name, {std::move(low)}),
                              test(Op::less_equal, name, {std::move(high)})});
    }
    HANSA_TRY(const bool like, skip_word("like"));
    if (!like) return wrong("a comparison is expected: =, <>, <, in, between, like, is", token_.at);
    HANSA_TRY(Constant pattern, constant());
    if (pattern.kind != Constant::Kind::text) return wrong("like takes a text", token_.at);
    return test(Op::like, std::move(name), {std::move(pattern)});
  }

  Result<Predicate> listed(std::string name) {
    HANSA_CHECK(expect_sign("("));
    std::vector<Constant> values;
    while (true) {
      HANSA_TRY(Constant value, constant());
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

// `and` binds closer than `or`.
std::string joined_text(const Predicate& predicate, std::string_view word) {
  std::string out;
  for (const Predicate& part : predicate.parts) {
    if (!out.empty()) out += fmt::format(" {} ", word);
    const bool loose = predicate.op == Op::all && part.op == Op::any;
    out += loose ? "(" + to_text(part) + ")" : to_text(part);
  }
  return out;
}

// Of anything but a conjunction of several; `negated` says it the other way round.
std::string simple_text(const Predicate& predicate, bool negated) {
  const std::string name = column_text(predicate.column);
  const std::string_view no = negated ? "not " : "";
  if (predicate.op == Op::is_null) return fmt::format("{} is {}null", name, no);
  if (predicate.op == Op::like)
    return fmt::format("{} {}like {}", name, no, to_text(predicate.values.front()));
  if (predicate.op != Op::one_of)
    return fmt::format("{}{} {} {}", no, name, sign_of(predicate.op),
                       to_text(predicate.values.front()));
  std::string values;
  for (const Constant& value : predicate.values)
    values += (values.empty() ? "" : ", ") + to_text(value);
  return fmt::format("{} {}in ({})", name, no, values);
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

// Microseconds are the finest that columns hold.
bool is_time(std::string_view text) {
  const std::size_t point = text.find('.');
  std::size_t digits = 0;
  if (point != text.npos)
    while (point + 1 + digits < text.size() && is_digit(text[point + 1 + digits])) ++digits;
  return digits <= 6 && parse_time(text).has_value();
}

bool is_decimal(std::string_view number, const Type& type) {
  if (number.starts_with('-')) number.remove_prefix(1);
  const std::size_t point = std::min(number.find('.'), number.size());
  const std::size_t whole = number.front() == '0' ? 0 : point;
  const std::size_t fraction = point == number.size() ? 0 : number.size() - point - 1;
  return whole + type.scale <= type.precision && fraction <= type.scale;
}

// What a constant must look like beside a column of this type; empty: it does.
std::string expected(const Type& type, const Constant& value) {
  const std::string& text = value.text;
  const bool is_text = value.kind == Constant::Kind::text;
  const bool is_number = value.kind == Constant::Kind::number;
  switch (type.kind) {
    case TypeKind::boolean: return value.kind == Constant::Kind::boolean ? "" : "true or false";
    case TypeKind::int32:
    case TypeKind::int64: return is_number && parse_int(text) ? "" : "a whole number";
    case TypeKind::float32:
    case TypeKind::float64: return is_number && parse_double(text) ? "" : "a number";
    case TypeKind::decimal:
      return is_number && is_decimal(text, type)
                 ? ""
                 : fmt::format("a number of at most {} digits, {} of them behind the point",
                               type.precision, type.scale);
    case TypeKind::string: return is_text ? "" : "a text in quotes";
    case TypeKind::date: return is_text && is_date(text) ? "" : "a date: '2026-11-22'";
    case TypeKind::timestamp:
    case TypeKind::timestamptz:
      return is_text && is_time(text) ? "" : "a time, to the microsecond: '2026-11-22T09:00:00Z'";
    case TypeKind::uuid: return is_text && is_uuid(text) ? "" : "a UUID";
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

std::string to_text(const Constant& constant) {
  return constant.kind == Constant::Kind::text ? sql_literal(constant.text) : constant.text;
}

std::string to_text(const Predicate& predicate) {
  if (predicate.op == Op::all) return joined_text(predicate, "and");
  if (predicate.op == Op::any) return joined_text(predicate, "or");
  if (predicate.op != Op::negated) return simple_text(predicate, false);
  const Predicate& part = predicate.parts.front();
  if (part.op == Op::negated) return "not " + to_text(part);
  const bool several = part.op == Op::all || part.op == Op::any;
  return several ? "not (" + to_text(part) + ")" : simple_text(part, true);
}

Result<void> check_spelling(const Predicate& predicate) {
  const auto again = parse_predicate(to_text(predicate));
  if (again && *again == predicate) return {};
  if (again) return fail(Code::internal, "the filter reads as another one", "write it more simply");
  return exhausted("written out, " + again.error().text, again.error().next);
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
  for (const Constant& value : predicate.values)
    if (const auto should = expected(found->type, value); !should.empty())
      return invalid(fmt::format("the filter compares column {} ({}) with {}; it takes {}",
                                 predicate.column, to_text(found->type), to_text(value), should));
  return {};
}

Result<void> field_from_text(std::string_view text, Predicate& predicate) {
  HANSA_TRY(predicate, parse_predicate(text));
  return {};
}
std::string field_to_text(const Predicate& predicate) { return to_text(predicate); }

}  // namespace hansa
