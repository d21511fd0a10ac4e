// The step that DuckDB's C interface lacks: one statement, planned once, its rows as they come.
#pragma once

#include <duckdb.h>

#include <string>

namespace hansa::worker {

// As duckdb_query, but that the result is a stream where the statement gives rows. The text is
// trusted to be one SELECT: any other statement would run. Never throws.
duckdb_state stream_query(duckdb_connection connection, const std::string& sql,
                          duckdb_result& result);

}  // namespace hansa::worker
