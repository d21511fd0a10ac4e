#include "service/step/introspect.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/step/resolve.h"

namespace hansa::service {
namespace {

// Rows travel to the worker inside the plan; beyond this, one lists by domain through the API.
constexpr std::size_t kRowsMax = 20'000;

Schema columns_named(std::initializer_list<std::pair<std::string_view, TypeKind>> columns) {
  Schema schema;
  for (const auto& [name, kind] : columns)
    schema.columns.push_back({.id = 0,
                              .name = std::string(name),
                              .type = {.kind = kind, .precision = 0, .scale = 0, .fields = {}},
                              .required = false,
                              .description = {}});
  assign_ids(schema);
  return schema;
}

std::vector<std::vector<Json>> schemata(const std::vector<Placed>& tables,
                                        const std::string& catalog) {
  std::vector<std::vector<Json>> rows;
  for (const Placed& table : tables)
    if (rows.empty() || *rows.back()[1].as_string() != table.schema)
      rows.push_back({catalog, table.schema});
  return rows;
}

std::string comment_of(const View& view, const Placed& table) {
  if (!table.port->description.empty()) return table.port->description;
  const auto* product = view.mesh.find<Product>(table.port->product);
  return product ? product->description : "";
}

std::vector<std::vector<Json>> columns(const View& view, const std::vector<Placed>& tables,
                                       const std::string& catalog) {
  std::vector<std::vector<Json>> rows;
  for (const Placed& table : tables) {
    const auto* contract = view.mesh.find<Contract>(table.port->contract);
    if (contract == nullptr) continue;
    std::int64_t position = 0;
    for (const Column& column : contract->schema.columns)
      rows.push_back({catalog, table.schema, table.name, column.name, ++position,
                      to_text(column.type), column.required ? "NO" : "YES", column.description});
    if (rows.size() > kRowsMax) break;
  }
  return rows;
}

}  // namespace

Result<query::Relation> introspect(const Context& context, const View& view,
                                   std::string_view catalog, std::string_view table) {
  const std::string in(catalog);
  const auto tables = tables_of(context, view, catalog, kRowsMax);
  query::Relation out{.catalog = in,
                      .schema = "information_schema",
                      .name = std::string(table),
                      .content = query::Content::inline_rows,
                      .port = {},
                      .columns = {},
                      .files = {},
                      .rows = {}};
  const TypeKind text = TypeKind::string;
  if (table == "schemata") {
    out.columns = columns_named({{"catalog_name", text}, {"schema_name", text}});
    out.rows = schemata(tables, in);
  } else if (table == "tables") {
    out.columns = columns_named({{"table_catalog", text},
                                 {"table_schema", text},
                                 {"table_name", text},
                                 {"table_type", text},
                                 {"may_read", TypeKind::boolean},
                                 {"comment", text}});
    for (const Placed& placed : tables)
      out.rows.push_back({in, placed.schema, placed.name, "BASE TABLE",
                          may(context, view, Action::read, on(*placed.port)),
                          comment_of(view, placed)});
  } else if (table == "columns") {
    out.columns = columns_named({{"table_catalog", text},
                                 {"table_schema", text},
                                 {"table_name", text},
                                 {"column_name", text},
                                 {"ordinal_position", TypeKind::int32},
                                 {"data_type", text},
                                 {"is_nullable", text},
                                 {"comment", text}});
    out.rows = columns(view, tables, in);
  } else {
    return invalid(fmt::format("there is no information_schema.{}", table),
                   "there are schemata, tables and columns");
  }
  if (out.rows.size() > kRowsMax)
    return exhausted(fmt::format("catalog {} has more than {} entries for information_schema.{}",
                                 in, kRowsMax, table),
                     "list by domain instead: hansa get ports --domain NAME");
  return out;
}

}  // namespace hansa::service
