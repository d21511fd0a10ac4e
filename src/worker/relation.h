// A plan's relations as DuckDB sees them, and back: which of them a bound statement reads.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
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

// The schema's name in DuckDB: information_schema and pg_catalog exist in every catalog of its own
// and cannot be made, so that relations there live in a schema of another name (doc/decisions).
std::string engine_schema(std::string_view schema);

// The relations of one principal's plans in DuckDB: an attached in-memory catalog for each that a
// plan names, with a view or a table per relation. What the next plan needs as it is stays; it
// names everything it may see, and the files of all other views are not in the seat.
class Relations {
 public:
  // Errors: invalid (two relations of one name), corrupt (a file cannot be opened as Parquet).
  Result<void> make(Connection& connection, const query::Plan& plan);
  // Grows with every change: what was said of a statement before may not hold any more.
  std::uint64_t changes() const { return changes_; }

 private:
  using Types = std::map<std::string, std::string>;  // of a file's columns, by name

  Result<void> make_room(Connection& connection, const query::Plan& plan);
  Result<void> make_folders(Connection& connection, const query::Plan& plan);
  Result<void> make_view(Connection& connection, const query::Relation& relation);
  Result<void> make_table(Connection& connection, const query::Relation& relation);
  Result<void> use_default(Connection& connection, const query::Statement& statement);
  bool fits(Connection& connection, const query::Relation& relation);

  std::set<std::string> catalogs_;  // quoted, as all names here
  std::set<std::string> schemas_;
  std::map<std::string, std::string> views_;  // what each shows
  std::vector<std::string> tables_;           // of the last plan
  std::map<std::uint32_t, Types> types_;      // of the files that were looked at, by number
  std::string default_;
  std::uint64_t changes_ = 0;
};

// The user's statement with the names of such relations replaced where they stand.
Result<std::string> engine_sql(Connection& quiet, const query::Plan& plan);

// What the bound and optimised statement reads of each relation. Where DuckDB cannot say, all
// columns of all relations. Errors: denied, if the statement would open a file that is not the
// plan's.
Result<std::vector<query::ReadColumns>> reads_of(Connection& connection, const query::Plan& plan,
                                                 const std::string& sql);

// The same for one statement after another, on one connection.
class Reads {
 public:
  // `changes` are those of the connection's relations: while they are the same, so is the answer.
  Result<std::vector<query::ReadColumns>> of(Connection& connection, const query::Plan& plan,
                                             const std::string& sql, std::uint64_t changes);
  void forget() { *this = {}; }  // before the connection goes

 private:
  std::optional<Prepared> planner_;
  std::uint64_t changes_ = 0;
  std::map<std::string, std::vector<query::ReadColumns>> known_;  // by statement and names
};

// The message without the seat's names: labels instead, and `corrupt` if it is about a file.
Error for_people(Error error, const std::vector<const query::PlanFile*>& files);

}  // namespace hansa::worker
