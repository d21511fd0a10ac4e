// Quality rules of a contract: metrics of the library, SQL, and what others would have to run.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "contract/checks_collect.h"

namespace hansa::contract {
namespace {

using Kind = Check::Kind;
using Measure = Check::Measure;

struct Metric {
  std::string_view word;
  Measure measure;
};
// The second name of each is what v3.0 called it.
constexpr std::array kMetrics{Metric{"nullValues", Measure::nulls},
                              Metric{"nullCount", Measure::nulls},
                              Metric{"missingValues", Measure::missing},
                              Metric{"missingCount", Measure::missing},
                              Metric{"invalidValues", Measure::invalid},
                              Metric{"invalidCount", Measure::invalid},
                              Metric{"duplicateValues", Measure::duplicates},
                              Metric{"duplicateCount", Measure::duplicates},
                              Metric{"rowCount", Measure::rows}};

class Rules {
 public:
  explicit Rules(CheckCollector& into) : into_(into) {}

  void add(const Quality& quality, const Property* property, bool is_nested) {
    const std::string column = property ? column_name(*property) : std::string();
    if (quality.type == "text") return;
    if (is_nested)
      return into_.cannot(name_of_rule(quality, column, quality.metric), Kind::library, {},
                          quality.mark, kNestedCheck, warns(quality));
    if (quality.type == "custom") return custom(quality, column);
    if (quality.type == "sql") return sql(quality, column);
    if (quality.type.empty() || quality.type == "library") return library(quality, property);
    into_.problem(quality.mark, "quality-type",
                  fmt::format("'{}' is no type of a quality rule", quality.type.substr(0, 60)),
                  "use library, sql, custom or text");
  }

 private:
  static std::string name_of_rule(const Quality& quality, const std::string& column,
                                  std::string_view what) {
    if (!quality.name.empty()) return quality.name;
    return column.empty() ? std::string(what) : fmt::format("{}: {}", column, what);
  }

  static bool warns(const Quality& quality) {
    const std::string word = lower_ascii(quality.severity);
    return word == "warning" || word == "warn" || word == "info" || word == "information";
  }

  void custom(const Quality& quality, const std::string& column) {
    const Json* engine = member_of(quality.rest, "engine");
    const std::string who = engine && engine->is_string() ? *engine->as_string() : "another engine";
    into_.cannot(
        name_of_rule(quality, column, "custom"), Kind::custom, columns_of(column), quality.mark,
        fmt::format("it is for {}, which does not run here", who.substr(0, 60)), warns(quality));
  }

  static std::vector<std::string> columns_of(const std::string& column) {
    return column.empty() ? std::vector<std::string>{} : std::vector<std::string>{column};
  }

  void sql(const Quality& quality, const std::string& column) {
    const std::string name = name_of_rule(quality, column, "sql");
    if (trim(quality.query).empty())
      return into_.problem(quality.mark, "quality-sql", "an sql rule needs its query");
    if (++into_.sql_rules > sql_checks_max)
      return into_.problem(quality.mark, "quality-limit",
                           fmt::format("more than {} sql rules", sql_checks_max),
                           "what counts rows or nulls is cheaper as a metric");
    if (column.empty() && names_a_column(quality.query))
      return into_.problem(quality.mark, "quality-sql",
                           "the query names {property}, and belongs to no column",
                           "put the rule under its column");
    const auto must = condition(quality, true);
    if (!must) return;
    into_.add({.name = name,
               .kind = Kind::sql,
               .measure = Measure::query,
               .columns = columns_of(column),
               .rule = {},
               .sql = quality.query,
               .must = *must,
               .warns = warns(quality),
               .cannot = {}},
              quality.mark);
  }

  static bool names_a_column(std::string_view query) {
    return query.find("{property}") != query.npos || query.find("{column}") != query.npos ||
           query.find("{field}") != query.npos;
  }

  void library(const Quality& quality, const Property* property) {
    const std::string& word = quality.metric.empty() ? quality.rule : quality.metric;
    const auto metric = std::ranges::find(kMetrics, word, &Metric::word);
    if (metric == kMetrics.end()) return unknown_metric(quality, word);
    const std::string column = property ? column_name(*property) : std::string();
    Check check{.name = name_of_rule(quality, column, word),
                .kind = Kind::library,
                .measure = metric->measure,
                .columns = columns_of(column),
                .rule = {},
                .sql = {},
                .must = {},
                .warns = warns(quality),
                .cannot = {}};
    const Json* arguments = member_of(quality.rest, "arguments");
    if (!find_columns(quality, arguments, word, check)) return;
    if (!unit(quality, check)) return;
    if (!add_rule(quality, arguments, check)) return;
    const auto must = condition(quality, false);
    if (!must) return;
    check.must = *must;
    into_.add(std::move(check), quality.mark);
  }

  void unknown_metric(const Quality& quality, const std::string& word) {
    std::vector<std::string> known;
    for (const Metric& each : kMetrics) known.emplace_back(each.word);
    const auto near = suggestions(word, known, 1);
    into_.problem(quality.mark, "quality-metric",
                  word.empty() ? "the rule says no metric"
                               : fmt::format("'{}' is no metric", word.substr(0, 60)),
                  near.empty()
                      ? "use nullValues, missingValues, invalidValues, duplicateValues or rowCount"
                      : fmt::format("did you mean '{}'?", near.front()));
  }

  // `arguments.properties` of an object's rule names columns.
  bool find_columns(const Quality& quality, const Json* arguments, const std::string& word,
                    Check& check) {
    if (check.measure == Measure::rows) return true;
    if (!check.columns.empty()) return true;
    const Json* named = arguments ? arguments->find("properties") : nullptr;
    if (named == nullptr || !named->is_array() || named->as_array()->empty()) {
      into_.problem(quality.mark, "quality-columns",
                    fmt::format("{} is about columns, and none is named", word),
                    "put the rule under its column, or write arguments: {properties: [...]}");
      return false;
    }
    for (const Json& each : *named->as_array()) {
      const std::string name = each.is_string() ? *each.as_string() : std::string();
      const auto found =
          std::ranges::find_if(into_.object.properties, [&](const Property& property) {
            return property.name == name || column_name(property) == name;
          });
      if (found == into_.object.properties.end()) {
        missing_column(each.mark.line == 0 ? quality.mark : each.mark, name);
        return false;
      }
      check.columns.push_back(column_name(*found));
    }
    if (check.columns.size() == 1 || check.measure == Measure::duplicates) return true;
    into_.problem(quality.mark, "quality-columns", fmt::format("{} is about one column", word),
                  "write one rule for each");
    return false;
  }

  void missing_column(Mark mark, const std::string& name) {
    std::vector<std::string> known;
    for (const Property& property : into_.object.properties) known.push_back(property.name);
    const auto near = suggestions(name, known, 1);
    into_.problem(mark, "quality-columns",
                  fmt::format("'{}' has no column '{}'", into_.object.name, name.substr(0, 80)),
                  near.empty() ? "" : fmt::format("did you mean '{}'?", near.front()));
  }

  bool unit(const Quality& quality, Check& check) {
    check.percent = quality.unit == "percent" || quality.unit == "%";
    if (check.percent && check.measure == Measure::rows) {
      into_.problem(quality.mark, "quality-unit", "rowCount is a number of rows, not a percentage");
      return false;
    }
    if (check.percent || quality.unit.empty() || quality.unit == "rows") return true;
    into_.problem(quality.mark, "quality-unit",
                  fmt::format("'{}' is no unit of a metric", quality.unit.substr(0, 60)),
                  "use rows or percent");
    return false;
  }

  static const Json::Array* list_in(const Json* arguments, std::string_view name) {
    const Json* found = arguments ? arguments->find(name) : nullptr;
    return found == nullptr ? nullptr : found->as_array();
  }

  // What missing and invalid mean.
  bool add_rule(const Quality& quality, const Json* arguments, Check& check) {
    if (check.measure == Measure::missing) return add_missing(quality, arguments, check);
    if (check.measure != Measure::invalid) return true;
    const std::string& column = check.columns.front();
    if (const auto* values = list_in(arguments, "validValues")) {
      check.rule.holds = into_.one_of(column, *values, quality.mark, check.name);
      if (!check.rule.holds || !fits(quality, check)) return false;
    }
    const Json* pattern = arguments ? arguments->find("pattern") : nullptr;
    if (pattern != nullptr && pattern->is_string()) check.rule.pattern = *pattern->as_string();
    if (!check.rule.pattern.empty() && into_.typed(column) &&
        into_.typed(column)->type.kind != TypeKind::string) {
      into_.problem(pattern->mark, "quality-value",
                    fmt::format("{} is not text, and has no pattern", column));
      return false;
    }
    if (check.rule.holds || !check.rule.pattern.empty()) return true;
    into_.problem(quality.mark, "quality-value", "invalidValues does not say which are valid",
                  "write arguments: {validValues: [...]} or {pattern: ...}");
    return false;
  }

  bool add_missing(const Quality& quality, const Json* arguments, Check& check) {
    const std::string& column = check.columns.front();
    const auto* known = into_.typed(column);
    const auto* values = list_in(arguments, "missingValues");
    Json::Array plain;
    if (values != nullptr)
      std::ranges::copy_if(*values, std::back_inserter(plain),
                           [](const Json& v) { return !v.is_null(); });
    else if (known == nullptr || known->type.kind == TypeKind::string) plain.emplace_back("");
    Predicate null{.op = Predicate::Op::is_null, .parts = {}, .column = column, .values = {}};
    check.rule.holds = null;
    if (plain.empty()) return true;
    auto listed = into_.one_of(column, plain, quality.mark, check.name);
    if (!listed) return false;
    check.rule.holds = Predicate{.op = Predicate::Op::any,
                                 .parts = {std::move(null), *std::move(listed)},
                                 .column = {},
                                 .values = {}};
    return fits(quality, check);
  }

  bool fits(const Quality& quality, const Check& check) {
    if (into_.typed(check.columns.front()) == nullptr) return true;
    const auto fits = hansa::check(*check.rule.holds, into_.schema);
    if (!fits)
      into_.problem(quality.mark, "quality-value",
                    fmt::format("{}: {}", check.name, fits.error().text));
    return fits.has_value();
  }

  // Exactly one comparison.
  std::optional<Condition> condition(const Quality& quality, bool any_value) {
    std::optional<Condition> out;
    for (const auto& [name, value] : quality.rest) {
      if (!name.starts_with("must")) continue;
      const auto word = std::ranges::find(kConditionWords, name);
      if (word == kConditionWords.end()) return unknown_operator(name, value), std::nullopt;
      if (out) {
        into_.problem(value.mark, "quality-operator", "the rule compares twice", "write two rules");
        return std::nullopt;
      }
      Condition one{.op = static_cast<Condition::Op>(word - kConditionWords.begin()), .text = {}};
      if (!operand(name, value, any_value, one)) return std::nullopt;
      out = one;
    }
    if (!out)
      into_.problem(quality.mark, "quality-operator", "the rule compares with nothing",
                    "write mustBe, mustBeLessThan, mustBeBetween or another of them");
    return out;
  }

  void unknown_operator(const std::string& name, const Json& value) {
    const std::vector<std::string> known(kConditionWords.begin(), kConditionWords.end());
    const auto near = suggestions(name, known, 1);
    into_.problem(value.mark, "quality-operator",
                  fmt::format("'{}' compares nothing", name.substr(0, 60)),
                  near.empty() ? fmt::format("use one of {}", join(known, ", "))
                               : fmt::format("did you mean '{}'?", near.front()));
  }

  bool operand(const std::string& name, const Json& value, bool any_value, Condition& out) {
    using Op = Condition::Op;
    const auto wrong = [&](std::string_view what) {
      into_.problem(value.mark, "quality-operator", fmt::format("'{}' takes {}", name, what));
      return false;
    };
    if (out.op == Op::between || out.op == Op::not_between) {
      const auto* pair = value.as_array();
      const auto low = pair && pair->size() == 2 ? pair->front().as_double() : value.as_double();
      const auto high = pair && pair->size() == 2 ? pair->back().as_double() : value.as_double();
      if (pair == nullptr || !low || !high || *low >= *high)
        return wrong("two numbers, the smaller one first");
      out.low = *low;
      out.high = *high;
      return true;
    }
    if (const auto number = value.as_double()) return out.low = *number, true;
    const bool either = out.op == Op::equal || out.op == Op::not_equal;
    const auto constant = either && any_value ? constant_of(value, nullptr) : std::nullopt;
    if (!constant || constant->text.empty()) return wrong("a number");
    out.text = constant->text;
    return true;
  }

  CheckCollector& into_;
};

}  // namespace

void add_quality(CheckCollector& into, const Quality& quality, const Property* property,
                 bool inside) {
  Rules(into).add(quality, property, inside);
}

}  // namespace hansa::contract
