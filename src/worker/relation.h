// A plan's relations as DuckDB sees them, and back: which of them a bound statement reads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "query/plan.h"
#include "worker/duckdb.h"

namespace hansa::worker {

// The file's name inside the seat: "in/17.parquet".
std::string seat_name(const query::PlanFile& file);

// DuckDB's spelling of a type: "DECIMAL(9,2)", "STRUCT(\"a\" INTEGER)[]".
std::string sql_type(const Type& type);

// The schema's name in DuckDB: information_schema and pg_catalog exist in every catalog of its own and cannot
// be made, so that relations there live in a schema of another name (doc/decisions).
std::string engine_schema(std::string_view schema);

// One attached in-memory catalog for each that the plan names, with a view or a table per relation. Errors:
// invalid (two relations of one name), corrupt (a file cannot be opened as Parquet).
Result<void> make_relations(Connection& connection, const query::Plan& plan);

// The user's statement with the names of such relations replaced where they stand.
Result<std::string> engine_sql(Connection& quiet, const query::Plan& plan);

// What the bound and optimised statement reads of each relation. Where DuckDB cannot say, all columns of all
// relations. Errors: denied, if the statement would open a file that is not the plan's.
Result<std::vector<query::ReadColumns>> reads_of(Connection& connection, const query::Plan& plan,
                                                 const std::string& sql);

// The message without the seat's names: labels instead, and `corrupt` if it is about a file.
Error for_people(Error error, const std::vector<const query::PlanFile*>& files);

}  // namespace hansa::worker
