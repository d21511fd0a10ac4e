#include "query/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "query/render.h"

namespace hansa::query {
namespace {

constexpr std::uint32_t major_max = 1'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Versioned {
  std::string_view port;
  std::string_view digits;  // empty: no version
};

// "plays_v2" is {"plays", "2"}; "plays_v", "_v2" and "v2" are names without a version.
Versioned take_apart(std::string_view name) {
  std::size_t digits = name.size();
  while (digits > 0 && is_digit(name[digits - 1])) --digits;
  const std::string_view front = name.substr(0, digits);
  if (digits == name.size() || !front.ends_with("_v") || front.size() == 2) return {name, {}};
  return {front.substr(0, front.size() - 2), name.substr(digits)};
}

// 1 to major_max without leading zeros: one spelling for one version.
std::optional<std::uint32_t> major_from(std::string_view digits) {
  if (digits.starts_with('0')) return std::nullopt;
  const auto number = parse_int(digits);
  if (!number || *number < 1 || *number > major_max) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

// The engine would open any such table name as a file (a "replacement scan").
bool looks_like_file(std::string_view name) {
  static constexpr std::array endings = {".parquet", ".csv",   ".tsv", ".json",  ".jsonl",
                                         ".ndjson",  ".gz",    ".zst", ".txt",   ".xlsx",
                                         ".avro",    ".arrow", ".db",  ".duckdb"};
  return name.contains("://") || name.contains('*') || name.starts_with('/') ||
         name.starts_with("./") || name.starts_with("../") || name.starts_with('~') ||
         std::ranges::any_of(endings,
                             [&](std::string_view ending) { return name.ends_with(ending); });
}

// What cannot stand before a dot without quotes.
constexpr std::string_view reserved[] = {
    "all",
    "analyse",
    "analyze",
    "and",
    "anti",
    "any",
    "array",
    "as",
    "asc",
    "asof",
    "asymmetric",
    "at",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "by",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "columns",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "describe",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "generated",
    "glob",
    "group",
    "grouping",
    "grouping_id",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "lambda",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "map",
    "national",
    "natural",
    "nchar",
    "none",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "pivot",
    "pivot_longer",
    "pivot_wider",
    "placing",
    "position",
    "positional",
    "precision",
    "primary",
    "qualify",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "semi",
    "setof",
    "show",
    "similar",
    "smallint",
    "some",
    "struct",
    "substring",
    "summarize",
    "symmetric",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "try_cast",
    "union",
    "unique",
    "unpack",
    "unpivot",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
};
static_assert(std::ranges::is_sorted(reserved));

bool engine_catalog(std::string_view name) {
  return name == "system" || name == "temp" || name == "pg_catalog";
}

Result<void> refuse_file(std::string_view name) {
  if (!looks_like_file(name)) return {};
  return invalid(fmt::format("'{}' is a file, and SQL reads ports only", shown(name)),
                 "publish the file as a data product, then read it as domain.port");
}

// audience/daily_plays@2 in quotes, or audience.daily_plays in one pair of quotes.
Result<void> refuse_reference(std::string_view name) {
  const auto first = name.find_first_of("/.");
  const bool versioned = name.contains('@');
  if (first == std::string_view::npos && !versioned) return {};
  std::string reference(name);
  if (first != std::string_view::npos) reference[first] = '/';
  const auto text = invalid(fmt::format("'{}' is not a table's name in SQL", shown(name)));
  if (const auto port = parse_port_ref(reference))
    return invalid(text.error().text, fmt::format("write {}", sql_name_of(*port)));
  return invalid(text.error().text,
                 "write domain.port, or domain.port_v2 for its second major version");
}

// Whether there is such a catalog is for those to say who know the mesh.
Result<void> check_catalog(std::string_view catalog) {
  if (catalog.empty()) return {};
  if (engine_catalog(catalog) || catalog == "memory")
    return invalid(fmt::format("the catalog '{}' belongs to the engine", catalog),
                   "read information_schema");
  return check_name("catalog", catalog);
}

// A part that must follow the grammar of names. The grammar's own message says what is wrong.
Result<void> check_part(std::string_view what, std::string_view part) {
  if (auto checked = check_name(what, part); !checked)
    return invalid(std::move(checked.error().text),
                   "write domain.port, lower-case, in double quotes if it holds '-'");
  return {};
}

}  // namespace

Result<TableName> read_table_name(const SqlName& written, const NameDefaults& defaults) {
  TableName out{.catalog = lower_ascii(written.catalog),
                .schema = lower_ascii(written.schema),
                .name = lower_ascii(written.table)};
  HANSA_CHECK(refuse_file(out.name));
  HANSA_CHECK(check_catalog(out.catalog));
  if (out.catalog.empty()) out.catalog = defaults.catalog;
  if (out.schema == "information_schema") {
    out.kind = TableKind::information_schema;
    HANSA_CHECK(check_part("table", out.name));
    return out;
  }
  if (engine_catalog(out.schema))
    return invalid(fmt::format("the schema '{}' belongs to the engine", out.schema),
                   "read information_schema");
  HANSA_CHECK(refuse_reference(out.name));
  if (out.schema.empty()) out.schema = lower_ascii(defaults.schema);
  if (out.schema.empty())
    return invalid(fmt::format("'{}' does not say its domain", shown(out.name)),
                   fmt::format("write domain.{}", shown(out.name)));
  HANSA_CHECK(check_part("domain", out.schema));
  HANSA_CHECK(check_part("port", out.name));
  if (const Versioned parts = take_apart(out.name);
      !parts.digits.empty() && !major_from(parts.digits))
    return invalid(
        fmt::format("'{}' names no version: versions are _v1, _v2, ...", shown(out.name)));
  return out;
}

PortRef port_of(const TableName& table) {
  const Versioned parts = take_apart(table.name);
  PortRef port{.domain = table.schema, .port = std::string(parts.port), .major = std::nullopt};
  if (!parts.digits.empty()) port.major = major_from(parts.digits);
  return port;
}

Result<void> check_port_name(std::string_view name) {
  HANSA_CHECK(check_name("port", name));
  if (const Versioned parts = take_apart(name); !parts.digits.empty())
    return invalid(
        fmt::format("a port cannot be called '{}': in SQL, _v{} at the end names a major version",
                    shown(name), parts.digits),
        fmt::format("call it '{}' and give it that version", parts.port));
  return {};
}

std::string sql_column(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (!name.empty() && std::ranges::all_of(name, plain) && (name[0] < '0' || name[0] > '9') &&
      !std::ranges::binary_search(reserved, name))
    return std::string(name);
  return sql_identifier(name);
}

std::string sql_name_of(const PortRef& port) {
  const auto quoted = [](std::string_view name, bool quote) {
    return quote || name.contains('-') ? sql_identifier(name) : std::string(name);
  };
  const std::string versioned =
      port.major ? fmt::format("{}_v{}", port.port, *port.major) : port.port;
  return fmt::format("{}.{}",
                     quoted(port.domain, std::ranges::binary_search(reserved, port.domain)),
                     quoted(versioned, false));
}

std::string reference_of(const PortRef& port) {
  return port.major ? fmt::format("{}/{}@{}", port.domain, port.port, *port.major)
                    : fmt::format("{}/{}", port.domain, port.port);
}

}  // namespace hansa::query
