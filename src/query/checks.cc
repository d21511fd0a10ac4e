#include "query/checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "query/predicate.h"

namespace hansa::query {
namespace {

using Measure = Check::Measure;

std::string all_of(const std::vector<std::string>& parts) {
  return parts.empty() ? "true" : join(parts, " AND ");
}

// True where the value is right, of values that are not null.
std::string right(const Check& check, const Schema& schema) {
  const std::string column = sql_identifier(check.columns.front());
  const ValueRule& rule = check.rule;
  std::vector<std::string> parts;
  if (rule.no_nan) parts.push_back(fmt::format("NOT isnan({})", column));
  if (rule.holds) parts.push_back(predicate_sql(*rule.holds, schema));
  if (!rule.pattern.empty())
    parts.push_back(fmt::format("regexp_matches({}, {})", column, sql_literal(rule.pattern)));
  if (rule.min_length) parts.push_back(fmt::format("length({}) >= {}", column, *rule.min_length));
  if (rule.max_length) parts.push_back(fmt::format("length({}) <= {}", column, *rule.max_length));
  if (rule.min_items) parts.push_back(fmt::format("len({}) >= {}", column, *rule.min_items));
  if (rule.max_items) parts.push_back(fmt::format("len({}) <= {}", column, *rule.max_items));
  if (rule.multiple_of) parts.push_back(fmt::format("{} % {} = 0", column, rule.multiple_of->text));
  return all_of(parts);
}

std::string wrong(const Check& check, const Schema& schema) {
  return fmt::format("{} IS NOT NULL AND NOT ({})", sql_identifier(check.columns.front()),
                     right(check, schema));
}

// One value a row, and where all its parts are there.
struct Key {
  std::string value;
  std::string whole;
};
Key key_of(const Check& check) {
  std::vector<std::string> names, whole;
  for (const std::string& column : check.columns) {
    names.push_back(sql_identifier(column));
    whole.push_back(names.back() + " IS NOT NULL");
  }
  if (names.size() == 1) return {names.front(), whole.front()};
  return {fmt::format("({})", join(names, ", ")), join(whole, " AND ")};
}

std::string measure(const Check& check, const Schema& schema) {
  const bool one = check.columns.size() == 1;
  const Key key = check.columns.empty() ? Key{} : key_of(check);
  const std::string distinct =
      one ? fmt::format("count(DISTINCT {})", key.value)
          : fmt::format("count(DISTINCT {}) FILTER (WHERE {})", key.value, key.whole);
  switch (check.measure) {
    case Measure::nulls: return fmt::format("count(*) - count({})", key.value);
    case Measure::missing:
      return fmt::format("count(*) FILTER (WHERE {})", predicate_sql(*check.rule.holds, schema));
    case Measure::invalid: return fmt::format("count(*) FILTER (WHERE {})", wrong(check, schema));
    case Measure::duplicates:
      return one ? fmt::format("count({}) - {}", key.value, distinct)
                 : fmt::format("count(*) FILTER (WHERE {}) - {}", key.whole, distinct);
    case Measure::broken_key: return "count(*) - " + distinct;
    case Measure::rows:
    case Measure::query: break;
  }
  return "count(*)";
}

}  // namespace

std::string checks_sql(const std::vector<Check>& checks, const Schema& schema,
                       std::string_view table) {
  std::string out = "SELECT count(*)";
  for (const Check& check : checks) out += ", " + measure(check, schema);
  return fmt::format("{} FROM {}", out, table);
}

std::string offenders_sql(const Check& check, const Schema& schema, std::string_view table,
                          std::size_t most) {
  const bool is_invalid = check.measure == Measure::invalid;
  const bool is_twice =
      check.measure == Measure::duplicates || check.measure == Measure::broken_key;
  if (!is_invalid && !is_twice) return {};
  const Key key = key_of(check);
  const std::string shown = fmt::format("left(CAST({} AS VARCHAR), {})", key.value, offender_chars);
  const std::string where = is_invalid ? wrong(check, schema) : key.whole;
  return fmt::format("SELECT {} FROM {} WHERE {} GROUP BY {}{} LIMIT {}", shown, table, where,
                     key.value, is_twice ? " HAVING count(*) > 1" : "", most);
}

}  // namespace hansa::query
