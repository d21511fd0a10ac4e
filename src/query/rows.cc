#include "query/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "query/predicate.h"

namespace hansa::query {
namespace {

const Column* top_column(const Schema& schema, std::string_view name) {
  const auto found = std::ranges::find(schema.columns, name, &Column::name);
  return found == schema.columns.end() ? nullptr : &*found;
}

Result<const Column*> column_of(const Schema& schema, std::string_view name) {
  if (const Column* column = top_column(schema, name)) return column;
  std::vector<std::string> known;
  for (const Column& column : schema.columns) known.push_back(column.name);
  const auto near = suggestions(name, known);
  return invalid(fmt::format("there is no column '{}' here", name.substr(0, 80)),
                 near.empty() ? fmt::format("the columns are {}", join(known, ", "))
                              : fmt::format("did you mean {}?", join(near, ", ")));
}

struct Key {
  const Column* column;
  bool falls;
};

Result<Key> key_of(const Schema& schema, std::string_view text) {
  const bool falls = text.starts_with('-') && top_column(schema, text) == nullptr;
  HANSA_TRY(const Column* column, column_of(schema, text.substr(falls ? 1 : 0)));
  if (is_nested(column->type.kind))
    return invalid(fmt::format("'{}' is nested and has no order", column->name),
                   "order by another column");
  return Key{column, falls};
}

Result<std::vector<Key>> keys_of(const Schema& schema, const std::vector<std::string>& order) {
  std::vector<Key> keys;
  for (const std::string& text : order) {
    HANSA_TRY(const Key key, key_of(schema, text));
    if (std::ranges::find(keys, key.column, &Key::column) != keys.end())
      return invalid(fmt::format("'{}' is ordered by twice", key.column->name));
    keys.push_back(key);
  }
  return keys;
}

void add_columns(const Predicate& predicate, std::vector<std::string>& out) {
  if (!predicate.column.empty()) out.push_back(predicate.column);
  for (const Predicate& part : predicate.parts) add_columns(part, out);
}

std::string list_of(const std::vector<const Column*>& columns) {
  std::string out;
  for (const Column* column : columns)
    out += (out.empty() ? "" : ", ") + sql_identifier(column->name);
  return out;
}

}  // namespace

std::string place_name(const Schema& schema) {
  const auto is_taken = [&](const std::string& name) {
    return std::ranges::any_of(
        schema.columns, [&](const Column& column) { return lower_ascii(column.name) == name; });
  };
  std::string name = "row";
  while (is_taken(name)) name += "'";
  return name;
}

Result<std::vector<const Column*>> choose_columns(const Schema& schema,
                                                  const std::vector<std::string>& names) {
  std::vector<const Column*> out;
  for (const std::string& name : names) {
    HANSA_TRY(const Column* column, column_of(schema, name));
    if (std::ranges::find(out, column) != out.end())
      return invalid(fmt::format("the column '{}' is named twice", column->name));
    out.push_back(column);
  }
  if (names.empty())
    for (const Column& column : schema.columns) out.push_back(&column);
  return out;
}

Result<std::vector<std::string>> columns_read(const RowsWanted& wanted, const Schema& schema) {
  std::vector<std::string> out;
  HANSA_TRY(const auto shown, choose_columns(schema, wanted.columns));
  for (const Column* column : shown) out.push_back(column->name);
  HANSA_TRY(const std::vector<Key> keys, keys_of(schema, wanted.order));
  for (const Key& key : keys) out.push_back(key.column->name);
  if (wanted.filter) add_columns(*wanted.filter, out);
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

Result<std::string> rows_sql(const RowsWanted& wanted, const Schema& schema,
                             std::string_view table) {
  HANSA_TRY(const std::vector<const Column*> columns, choose_columns(schema, wanted.columns));
  HANSA_TRY(const std::vector<Key> keys, keys_of(schema, wanted.order));
  std::string where;
  if (wanted.filter) {
    HANSA_CHECK(check(*wanted.filter, schema));
    where = " WHERE " + predicate_sql(*wanted.filter, schema);
  }
  const std::string shown = list_of(columns);
  const std::string page = fmt::format(" LIMIT {} OFFSET {}", wanted.limit, wanted.offset);
  if (keys.empty()) return fmt::format("SELECT {} FROM {}{}{}", shown, table, where, page);
  std::string order;
  for (const Key& key : keys)
    order += fmt::format("{} {} NULLS LAST, ", sql_identifier(key.column->name),
                         key.falls ? "DESC" : "ASC");
  return fmt::format("SELECT {} FROM {}{} ORDER BY {}{}{}", shown, table, where, order,
                     sql_identifier(place_name(schema)), page);
}

}  // namespace hansa::query
