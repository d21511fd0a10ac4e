#include "query/profile.h"

#include <fmt/format.h>

#include "base/text.h"

namespace hansa::query {
namespace {

std::string text_of(std::string_view value) {
  return fmt::format("left(CAST({} AS VARCHAR), {})", value, profile_value_chars);
}

std::string nested(std::size_t place, const std::string& name, std::string_view table) {
  return fmt::format(
      "SELECT {}, count(*), count(*) - count({}), NULL::BIGINT, NULL::VARCHAR, NULL::VARCHAR, "
      "NULL::STRUCT(\"value\" VARCHAR, \"count\" BIGINT)[] FROM {}",
      place, name, table);
}

std::string scalar(std::size_t place, const std::string& name, std::string_view table) {
  const std::string top = fmt::format(
      "(SELECT list(struct_pack(\"value\" := t, \"count\" := n)) FROM (SELECT {} AS t, n FROM g "
      "WHERE v IS NOT NULL ORDER BY n DESC, v LIMIT {}) AS f)",
      text_of("v"), profile_top_max);
  return fmt::format(
      "(WITH g AS (SELECT {} AS v, count(*) AS n FROM {} GROUP BY 1) SELECT {}, "
      "CAST(coalesce(sum(n), 0) AS BIGINT), CAST(coalesce(sum(n) FILTER (v IS NULL), 0) AS "
      "BIGINT), count(v), {}, {}, {} FROM g)",
      name, table, place, text_of("min(v)"), text_of("max(v)"), top);
}

}  // namespace

std::string profile_sql(const std::vector<const hansa::Column*>& columns, std::string_view table) {
  std::string out;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string name = sql_identifier(columns[i]->name);
    out += i == 0 ? "" : " UNION ALL ";
    out += is_nested(columns[i]->type.kind) ? nested(i, name, table) : scalar(i, name, table);
  }
  return out;
}

}  // namespace hansa::query
