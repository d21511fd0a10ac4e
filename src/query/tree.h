// Reads what a statement touches off the parse tree that a worker sends. The worker parsed hostile
// text, so the tree is hostile too: a lie in it wins nothing, since the worker that runs the
// statement holds nothing but the tables named here that the caller may read.
//
// Nodes, members, functions and types are allow-listed (query/tree_forms, query/functions):
// whatever is not known is refused. Neither reading nor walking recurses.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "query/names.h"
#include "query/naming.h"

namespace hansa::query {

// A CTE shadows tables for all that follows, so each is one step of every look-up; generated SQL
// has some dozens.
inline constexpr std::size_t ctes_max = 250;
// More belong in one list: WHERE x IN (SELECT unnest($1)).
inline constexpr std::size_t parameters_max = 1'000;

// `show_tables` is a bare SHOW TABLES, SHOW ALL TABLES or DESCRIBE without a table; inside another
// statement it is refused. `describe` and `summarize` are bare too, and may stand inside a
// `select`.
enum class StatementKind { select, describe, summarize, show_tables };

struct TableUse {
  TableName table;
  std::optional<std::size_t>
      position;      // byte of the SQL where it first stands, if the tree says so
  bool rows = true;  // false: only its columns are looked at (DESCRIBE)
};

// Where names stand in the text, as the tree says: whoever uses it looks whether they do.
struct Places {
  struct Name {
    std::size_t at = 0;              // a byte of the SQL
    std::vector<std::string> parts;  // as the tree has them
  };
  struct Table {
    TableName table;
    Name name;
  };
  std::vector<Table> tables;  // ports, each time they are named
  std::vector<Name> columns;
};

struct TreeFacts {
  StatementKind kind = StatementKind::select;
  std::vector<TableUse> tables;  // each table once, in order of appearance; no CTE
  std::size_t parameters = 0;    // $1 to $parameters, all of them used
  bool moves = false;            // it reads the time or chance: the same tables, other rows
  std::string show_schema;       // SHOW TABLES FROM schema; empty: the default one, or all
  std::optional<Naming> naming;  // of a statement that says which columns it reads
  std::optional<Places> places;  // if they were wanted
};

struct WalkOptions {
  NameDefaults defaults;
  std::string_view sql;  // for lines and columns in messages; empty: bytes are given
  bool places = false;   // whether names are looked for in the text
};

// `tree_json` is what the engine's json_serialize_sql says of the statement. Errors: invalid (not
// exactly one SELECT, or something in it is not supported or misspelt), denied (a function that is
// refused), corrupt (not a parse tree), exhausted (more tables than
// limits::relations_per_query_max).
Result<TreeFacts> walk(std::string_view tree_json, const WalkOptions& options);

}  // namespace hansa::query
