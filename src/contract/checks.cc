#include "contract/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "contract/checks_collect.h"
#include "contract/facts.h"

namespace hansa::contract {
namespace {

using Kind = Check::Kind;
using Measure = Check::Measure;

bool is_exact(TypeKind kind) {
  return kind == TypeKind::int32 || kind == TypeKind::int64 || kind == TypeKind::decimal;
}
bool is_float(TypeKind kind) { return kind == TypeKind::float32 || kind == TypeKind::float64; }

class Reader {
 public:
  explicit Reader(CheckCollector& into) : into_(into) {}

  void read() {
    for (const Property& property : into_.object.properties) column(property);
    key();
    for (const Quality& quality : into_.object.quality) add_quality(into_, quality, nullptr, false);
  }

 private:
  // A column.

  void column(const Property& property) {
    const std::string name = column_name(property);
    Check check{.name = name, .columns = {name}, .rule = {}, .sql = {}, .must = {}, .cannot = {}};
    if (property.required.value_or(false)) {
      check.name = name + " is required";
      check.kind = Kind::required;
      check.measure = Measure::nulls;
      into_.add(check, property.mark);
    }
    if (property.unique.value_or(false)) {
      check.name = name + " is unique";
      check.kind = Kind::unique;
      check.measure = Measure::duplicates;
      into_.add(check, property.mark);
    }
    allowed(property, name);
    options(property, name);
    for (const Quality& quality : property.quality) add_quality(into_, quality, &property, false);
    for (const Property& part : property.properties) nested(part, name);
    for (const Property& part : property.items.one) nested(part, name);
    if (!property.map) return;
    for (const Property& part : property.map->key.one) nested(part, name);
    for (const Property& part : property.map->value.one) nested(part, name);
  }

  // What is demanded below a column is said to be not run rather than forgotten.
  void nested(const Property& property, const std::string& above) {
    const std::string name = property.name.empty() ? above + ".*" : above + "." + property.name;
    const bool demands = property.required.value_or(false) || property.unique.value_or(false) ||
                         member_of(property.rest, "enum") != nullptr;
    if (demands) into_.cannot(name, Kind::required, {}, property.mark, kNestedCheck);
    for (const Quality& quality : property.quality) add_quality(into_, quality, &property, true);
    for (const Property& part : property.properties) nested(part, name);
    for (const Property& part : property.items.one) nested(part, name);
  }

  void add_values(const std::string& name, const std::string& column, Kind kind, ValueRule rule,
                  Mark mark) {
    if (rule.holds && into_.typed(column) != nullptr) {
      const auto fits = hansa::check(*rule.holds, into_.schema);
      // A bound that no value of the type can reach is a habit; a value that none can have, a slip.
      if (!fits && kind == Kind::options)
        return into_.cannot(name, kind, {column}, mark, fits.error().text);
      if (!fits)
        return into_.problem(mark, "quality-value", fmt::format("{}: {}", name, fits.error().text));
    }
    into_.add({.name = name,
               .kind = kind,
               .measure = Measure::invalid,
               .columns = {column},
               .rule = std::move(rule),
               .sql = {},
               .must = {},
               .cannot = {}},
              mark);
  }

  // enum: [{value: a}, ...]
  void allowed(const Property& property, const std::string& name) {
    const Json* values = member_of(property.rest, "enum");
    if (values == nullptr || !values->is_array()) return;
    Json::Array plain;
    for (const Json& each : *values->as_array())
      if (const Json* value = each.find("value")) plain.push_back(*value);
      else plain.push_back(each);
    const auto holds = into_.one_of(name, plain, values->mark, name + " is one of its enum");
    if (holds)
      add_values(name + " is one of its enum", name, Kind::allowed, {.holds = holds, .pattern = {}},
                 values->mark);
  }

  // logicalTypeOptions.

  std::optional<std::uint64_t> size_in(const Json& options, std::string_view name) {
    const Json* found = options.find(name);
    if (found == nullptr) return std::nullopt;
    const auto number = found->as_double();
    if (number && *number >= 0 && *number == std::floor(*number) && *number < 1e15)
      return static_cast<std::uint64_t>(*number);
    into_.problem(found->mark, "quality-value", fmt::format("'{}' is a whole number from 0", name));
    return std::nullopt;
  }

  void bound(const Json& options, std::string_view word, Predicate::Op op,
             const std::string& column, Predicate& all) {
    const Json* found = options.find(word);
    if (found == nullptr) return;
    const auto constant = constant_of(*found, into_.typed(column));
    if (!constant)
      return into_.problem(found->mark, "quality-value", fmt::format("'{}' is one value", word));
    all.parts.push_back({.op = op, .parts = {}, .column = column, .values = {*constant}});
  }

  // v3.0 said with a flag how to read the bound beside it.
  static Predicate::Op reading(const Json& options, std::string_view flag, Predicate::Op open,
                               Predicate::Op closed) {
    const Json* found = options.find(flag);
    return found != nullptr && found->is_bool() && *found->as_bool() ? open : closed;
  }
  static bool is_flag(const Json& options, std::string_view word) {
    const Json* found = options.find(word);
    return found != nullptr && found->is_bool();
  }

  void bounds(const Json& options, const std::string& column, ValueRule& rule) {
    using Op = Predicate::Op;
    Predicate all{.op = Op::all, .parts = {}, .column = {}, .values = {}};
    bound(options, "minimum", reading(options, "exclusiveMinimum", Op::greater, Op::greater_equal),
          column, all);
    bound(options, "maximum", reading(options, "exclusiveMaximum", Op::less, Op::less_equal),
          column, all);
    if (!is_flag(options, "exclusiveMinimum"))
      bound(options, "exclusiveMinimum", Op::greater, column, all);
    if (!is_flag(options, "exclusiveMaximum"))
      bound(options, "exclusiveMaximum", Op::less, column, all);
    if (all.parts.empty()) return;
    rule.holds = all.parts.size() == 1 ? Predicate(all.parts.front()) : all;
    const auto* known = into_.typed(column);
    rule.no_nan = known != nullptr && is_float(known->type.kind);
  }

  void options(const Property& property, const std::string& name) {
    const Json& options = property.logical_type_options;
    if (!options.is_object()) return;
    const auto* known = into_.typed(name);
    const TypeKind kind = known == nullptr ? TypeKind::string : known->type.kind;
    const bool is_text = kind == TypeKind::string;
    ValueRule rule;
    if (is_text) {
      rule.min_length = size_in(options, "minLength");
      rule.max_length = size_in(options, "maxLength");
      if (const Json* pattern = options.find("pattern"); pattern && pattern->is_string())
        rule.pattern = *pattern->as_string();
    }
    if (kind == TypeKind::list) {
      rule.min_items = size_in(options, "minItems");
      rule.max_items = size_in(options, "maxItems");
    }
    if (kind != TypeKind::list && kind != TypeKind::structure && kind != TypeKind::map)
      bounds(options, name, rule);
    if (const Json* factor = options.find("multipleOf"); factor && is_exact(kind))
      rule.multiple_of = factor_of(*factor);
    if (rule != ValueRule{})
      add_values(name + " is as its options say", name, Kind::options, std::move(rule),
                 options.mark);
    unknown_options(options, name, kind);
  }

  std::optional<Constant> factor_of(const Json& factor) {
    const auto number = factor.as_double();
    const auto constant = constant_of(factor, nullptr);
    if (number && *number > 0 && constant && constant->text.find('e') == std::string::npos)
      return constant;
    into_.problem(factor.mark, "quality-value", "'multipleOf' is a number above 0");
    return std::nullopt;
  }

  // Options that demand something and are held against nothing here.
  void unknown_options(const Json& options, const std::string& name, TypeKind kind) {
    const auto say = [&](std::string_view word, std::string_view why) {
      if (const Json* found = options.find(word))
        into_.cannot(fmt::format("{}: {}", name, word), Kind::options, {name}, found->mark, why);
    };
    if (kind == TypeKind::string) say("format", "formats of text are not checked; use a pattern");
    if (!is_exact(kind))
      say("multipleOf", "multiples are exact in whole numbers and decimals only");
    if (kind == TypeKind::list) say("uniqueItems", "items of a list are not compared");
    if (kind == TypeKind::structure) {
      say("minProperties", "a column has the properties of its type");
      say("maxProperties", "a column has the properties of its type");
    }
  }

  void key() {
    const std::vector<std::string> parts = key_columns(into_.object);
    if (parts.empty()) return;
    const auto first = std::ranges::find_if(into_.object.properties, [&](const Property& each) {
      return column_name(each) == parts.front();
    });
    Check check{.name = {},
                .kind = Kind::primary_key,
                .measure = Measure::broken_key,
                .columns = parts,
                .rule = {},
                .sql = {},
                .must = {},
                .cannot = {}};
    check.name =
        fmt::format("{} {} the key", join(check.columns, ", "), parts.size() == 1 ? "is" : "are");
    into_.add(std::move(check), first->mark);
  }

  CheckCollector& into_;
};

}  // namespace

CheckList checks_of(const SchemaObject& object, const Schema& schema) {
  CheckCollector into(object, schema);
  Reader(into).read();
  return std::move(into.out);
}

CheckList checks_of(const DataContract& contract, std::string_view port) {
  const SchemaObject* object =
      find_object(contract, contract.schema.size() == 1 ? std::string_view{} : port);
  if (object == nullptr) return {};
  const auto schema = table_schema(contract, object->name);
  return checks_of(*object, schema ? *schema : Schema{});
}

std::uint32_t tests_of(const DataContract& contract, std::string_view port) {
  return static_cast<std::uint32_t>(std::ranges::count_if(
      checks_of(contract, port).checks, [](const Check& check) { return check.cannot.empty(); }));
}

std::string filled_in(const Check& check, std::string_view table) {
  static constexpr std::array<std::string_view, 4> kTables{"object", "table", "model", "schema"};
  static constexpr std::array<std::string_view, 3> kColumns{"property", "column", "field"};
  const std::string column = check.columns.empty() ? "" : sql_identifier(check.columns.front());
  std::string out;
  std::string_view rest = check.sql;
  while (!rest.empty()) {
    const auto open = rest.find('{');
    const auto close = open == rest.npos ? rest.npos : rest.find('}', open);
    if (close == rest.npos) break;
    const std::string_view word = rest.substr(open + 1, close - open - 1);
    const bool is_table = std::ranges::find(kTables, word) != kTables.end();
    const bool is_column = !column.empty() && std::ranges::find(kColumns, word) != kColumns.end();
    const std::size_t dollar = open > 0 && rest[open - 1] == '$' ? 1 : 0;
    const std::size_t kept = is_table || is_column ? open - dollar : open + 1;
    out += rest.substr(0, kept);
    if (is_table) out += table;
    if (is_column) out += column;
    rest = rest.substr(is_table || is_column ? close + 1 : open + 1);
  }
  out += rest;
  return out;
}

}  // namespace hansa::contract
