#include "query/visible.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "query/predicate.h"

namespace hansa::query {
namespace {

// True or false for every row: what is neither is hidden.
std::string rows_of(const Scope& scope, const Schema& schema) {
  return scope.filter ? fmt::format("coalesce({}, false)", predicate_sql(*scope.filter, schema))
                      : "true";
}

std::string year_of(const std::string& name, TypeKind type) {
  if (type == TypeKind::date) return fmt::format("CAST(date_trunc('year', {}) AS DATE)", name);
  if (type == TypeKind::timestamp) return fmt::format("date_trunc('year', {})", name);
  // By way of UTC, whatever the session's time zone.
  return fmt::format("to_timestamp(epoch(date_trunc('year', make_timestamp(epoch_us({})))))", name);
}

std::string masked(const Column& column, Mask mask, std::string_view key) {
  const std::string name = sql_identifier(column.name);
  const std::string digest =
      fmt::format("sha256({} || CAST({} AS VARCHAR))", sql_literal(key), name);
  switch (mask) {
    case Mask::year: return year_of(name, column.type.kind);
    case Mask::last4:
      return fmt::format(
          "CASE WHEN {0} IS NULL THEN NULL WHEN length({0}) > 8 THEN '***' || right({0}, 4) ELSE "
          "'***' END",
          name);
    // Twelve characters are what the engine keeps without a pointer; these hold 72 bits.
    case Mask::hash:
      return column.type.kind == TypeKind::uuid
                 ? fmt::format("CAST(substr({}, 1, 32) AS UUID)", digest)
                 : fmt::format("substr(to_base64(unhex({})), 1, 12)", digest);
    case Mask::redact: return fmt::format("CASE WHEN {} IS NULL THEN NULL ELSE '***' END", name);
    case Mask::null: break;
  }
  return fmt::format("CASE WHEN false THEN {} END", name);  // a null of the column's type
}

// Whether a part shows a row, as a column of its own: asked once a row, however many columns and
// parts there are.
std::string part_name(const Schema& schema, std::size_t part) {
  std::string name = fmt::format("part {}", part);
  while (std::ranges::find(schema.columns, name, &Column::name) != schema.columns.end())
    name += "'";
  return sql_identifier(name);
}

// How one part shows a column.
struct Showing {
  std::string rows;          // in which rows
  std::optional<Mask> mask;  // none: as it is
};

std::vector<Showing> showings(const Visible& visible, const Schema& schema, const Column& column) {
  std::vector<Showing> out;
  for (std::size_t i = 0; i < visible.parts.size(); ++i) {
    const Scope& scope = visible.parts[i].scope;
    const bool all = scope.columns.empty();
    if (!all && std::ranges::find(scope.columns, column.name) == scope.columns.end()) continue;
    const auto mask = scope.masks.find(column.name);
    out.push_back({part_name(schema, i), mask == scope.masks.end()
                                             ? std::optional<Mask>{}
                                             : std::optional<Mask>{mask->second}});
  }
  // As it is first, then the most telling mask.
  std::ranges::stable_sort(out, [](const Showing& a, const Showing& b) { return a.mask < b.mask; });
  return out;
}

std::string cell(const Visible& visible, const Schema& schema, const Column& column,
                 std::string_view key) {
  std::string out = "CASE";
  for (const Showing& showing : showings(visible, schema, column)) {
    const std::string value =
        showing.mask ? masked(column, *showing.mask, key) : sql_identifier(column.name);
    // One part alone: its rows are the result's rows.
    if (visible.parts.size() == 1) return value;
    out += fmt::format(" WHEN {} THEN {}", showing.rows, value);
  }
  return out + " END";
}

}  // namespace

std::string visible_sql(const Visible& visible, const Schema& schema, std::string_view table,
                        std::string_view key) {
  HANSA_ASSERT(!visible.parts.empty());
  std::string columns;
  for (const Column& column : shown(visible, schema).columns)
    columns += fmt::format("{}{} AS {}", columns.empty() ? "" : ", ",
                           cell(visible, schema, column, key), sql_identifier(column.name));
  std::string parts;
  std::string any;
  for (std::size_t i = 0; i < visible.parts.size(); ++i) {
    const std::string name = part_name(schema, i);
    parts += fmt::format(", {} AS {}", rows_of(visible.parts[i].scope, schema), name);
    any += (any.empty() ? "" : " OR ") + name;
  }
  return fmt::format("SELECT {} FROM (SELECT *{} FROM {}) WHERE {}", columns, parts, table, any);
}

}  // namespace hansa::query
