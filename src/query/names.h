// How SQL names what it reads. A port `daily_plays` of the domain `audience` is
// audience.daily_plays, its second major version audience.daily_plays_v2; everywhere else people
// write audience/daily_plays@2. Names in Hansa are lower-case, and SQL folds case, so that
// Audience.Daily_Plays is the same port, quoted or not.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/mesh.h"

namespace hansa::query {

// What one statement starts from.
struct NameDefaults {
  std::string catalog;  // of names that say none: `mesh`, or an account's
  std::string schema;   // the domain of one-part names; empty: they are refused
};

// As a statement has it, unquoted; parts that were not written are empty.
struct SqlName {
  std::string_view catalog;
  std::string_view schema;
  std::string_view table;
};

enum class TableKind { port, information_schema };

// A table that a statement reads, under the name by which the worker must know it.
struct TableName {
  TableKind kind = TableKind::port;
  std::string catalog;
  std::string schema;  // the domain, or "information_schema"
  std::string name;    // of a port with its version, as written: "daily_plays_v2"
  friend auto operator<=>(const TableName&, const TableName&) = default;
};

// Errors: invalid, with what to write instead: file names, URLs and globs (which the engine would
// read), references with / or @, catalogs of the engine, names that no port can have.
Result<TableName> read_table_name(const SqlName& written, const NameDefaults& defaults);

// The port behind a TableName of kind port. Without a version it is whatever major is the default.
PortRef port_of(const TableName& table);

// What a port may not be called, since `_v` and digits at the end name a major version. Errors:
// invalid.
Result<void> check_port_name(std::string_view name);

// The name of a column as SQL takes it, in quotes only where it needs them.
std::string sql_column(std::string_view name);
// audience.daily_plays_v2, quoted where SQL needs it.
std::string sql_name_of(const PortRef& port);
// audience/daily_plays@2, as parse_port_ref reads it.
std::string reference_of(const PortRef& port);

}  // namespace hansa::query
