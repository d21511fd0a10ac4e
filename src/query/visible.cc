#include "query/visible.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace hansa::query {
namespace {

using Op = Predicate::Op;

const Column& column_of(const Schema& schema, std::string_view name) {
  const auto found = std::ranges::find(schema.columns, name, &Column::name);
  HANSA_ASSERT(found != schema.columns.end());
  return *found;
}

// A constant in the column's own type, so that no value of the column is ever cast.
std::string constant(const Constant& value, const Type& type) {
  const std::string literal = sql_literal(value.text);
  const auto utc = [&] {
    const auto time = parse_time(value.text);
    HANSA_ASSERT(time.has_value());
    const std::string text = to_text(*time);
    return text.substr(0, text.size() - 1);  // without the Z
  };
  switch (type.kind) {
    case TypeKind::date: return "DATE " + literal;
    case TypeKind::uuid: return "UUID " + literal;
    case TypeKind::decimal:
      return fmt::format("CAST({} AS DECIMAL({}, {}))", literal, type.precision, type.scale);
    case TypeKind::float32:
    case TypeKind::float64: return fmt::format("CAST({} AS DOUBLE)", literal);
    case TypeKind::timestamp: return "TIMESTAMP " + sql_literal(utc());
    case TypeKind::timestamptz: return "TIMESTAMPTZ " + sql_literal(utc() + "+00");
    case TypeKind::boolean:
    case TypeKind::int32:
    case TypeKind::int64: return value.text;
    case TypeKind::string:
    case TypeKind::time:
    case TypeKind::fixed:
    case TypeKind::binary:
    case TypeKind::structure:
    case TypeKind::list:
    case TypeKind::map: break;
  }
  return literal;
}

std::string sql_of(const Predicate& predicate, const Schema& schema) {
  if (predicate.op == Op::negated) return "(NOT " + sql_of(predicate.parts.front(), schema) + ")";
  if (predicate.op == Op::all || predicate.op == Op::any) {
    std::string out;
    for (const Predicate& part : predicate.parts)
      out += (out.empty() ? "" : predicate.op == Op::all ? " AND " : " OR ") + sql_of(part, schema);
    return "(" + out + ")";
  }
  const Column& column = column_of(schema, predicate.column);
  const std::string name = sql_identifier(column.name);
  if (predicate.op == Op::is_null) return "(" + name + " IS NULL)";
  std::string values;
  for (const Constant& value : predicate.values)
    values += (values.empty() ? "" : ", ") + constant(value, column.type);
  if (predicate.op == Op::one_of) return fmt::format("({} IN ({}))", name, values);
  return fmt::format("({} {} {})", name, sign_of(predicate.op), values);
}

// True or false for every row: what is neither is hidden.
std::string rows_of(const Scope& scope, const Schema& schema) {
  return scope.filter ? fmt::format("coalesce({}, false)", sql_of(*scope.filter, schema)) : "true";
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
