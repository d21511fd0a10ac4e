#include "query/predicate.h"

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

}  // namespace

std::string predicate_sql(const Predicate& predicate, const Schema& schema) {
  if (predicate.op == Op::negated)
    return "(NOT " + predicate_sql(predicate.parts.front(), schema) + ")";
  if (predicate.op == Op::all || predicate.op == Op::any) {
    std::string out;
    for (const Predicate& part : predicate.parts)
      out += (out.empty()               ? ""
              : predicate.op == Op::all ? " AND "
                                        : " OR ") +
             predicate_sql(part, schema);
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

}  // namespace hansa::query
