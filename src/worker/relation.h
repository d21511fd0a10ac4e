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
#include "worker/aside.h"
#include "worker/duckdb.h"

namespace hansa::worker {

// The file's name inside the seat: "in/17.parquet".
std::string seat_name(const query::PlanFile& file);

// DuckDB's spelling of a type: "DECIMAL(9,2)", "STRUCT(\"a\" INTEGER)[]".
std::string sql_type(const Type& type);

// The schema's name in DuckDB: information_schema and pg_catalog exist in every catalog of its own
// and cannot be made, so that relations there live in a schema of another name (doc/decisions).
std::string engine_schema(std::string_view schema);

using Types = std::map<std::string, std::string>;  // of a file's columns, by name

// The relations of one principal's plans in DuckDB: an attached in-memory catalog for each that a
// plan names, with a view or a table per relation. What the next plan needs as it is stays; it
// names everything it may see, and the files of all other views are not in the seat.
class Relations {
 public:
  // Files are looked at `beside`, on another connection, while the views are made on this one.
  // Errors: invalid (two relations of one name), corrupt (a file cannot be opened as Parquet).
  Result<void> make(Connection& connection, const query::Plan& plan, Connection& beside,
                    Aside& aside);
  // A catalog that every principal has, before it is known who comes next.
  Result<void> expect(Connection& connection, std::string_view catalog);
  // Takes away what `make` has made, once its connections are gone.
  Result<void> drop(Connection& quiet);
  // What names without a catalog mean, as the word behind USE.
  const std::string& default_name() const { return default_; }
  // Grows with every change: what was said of a statement before may not hold any more.
  std::uint64_t changes() const { return changes_; }

 private:
  Result<void> make_room(Connection& connection, const query::Plan& plan);
  Result<void> make_folders(Connection& connection, const query::Plan& plan);
  Result<void> make_folder(Connection& connection, const std::string& catalog,
                           const std::string& schema);
  Result<void> make_view(Connection& connection, const query::Relation& relation, std::string rows);
  Result<void> make_views(Connection& connection, const query::Plan& plan, Connection& beside,
                          Aside& aside);
  Result<void> make_table(Connection& connection, const query::Relation& relation);
  Result<void> use_default(Connection& connection, const query::Statement& statement);
  Result<void> use(Connection& connection, const std::string& catalog, const std::string& schema);
  std::vector<std::uint32_t> strangers(const query::Relation& relation) const;
  bool fits(const query::Relation& relation) const;

  std::set<std::string> catalogs_;  // quoted, as all names here
  std::set<std::string> schemas_;
  std::map<std::string, std::string> views_;  // what each shows
  std::vector<std::string> tables_;           // of the last plan
  // Of the files that were looked at, by number; none of one that could not be read.
  std::map<std::uint32_t, std::optional<Types>> types_;
  std::string default_;
  std::uint64_t changes_ = 0;
};

// The user's statement with the names of such relations replaced where they stand.
Result<std::string> engine_sql(Connection& quiet, const query::Plan& plan);

// What bound and optimised statements read of each relation, on one connection that is used for
// nothing else but to look at files.
class Reads {
 public:
  // Makes the connection ready before a statement is known.
  Result<void> prepare(Connection& connection);
  // Where DuckDB cannot say, all columns of all relations. Errors: denied, if the statement would
  // open a file that is not the plan's.
  Result<std::vector<query::ReadColumns>> of(Connection& connection, const query::Plan& plan,
                                             const std::string& sql, const Relations& relations);
  // Names without a catalog mean there what they mean on the statement's own connection.
  Result<void> use_default(Connection& connection, const Relations& relations);
  void forget() { *this = {}; }  // before the connection goes

 private:
  std::optional<Prepared> planner_;
  std::string default_;
};

// The message without the seat's names: labels instead, and `corrupt` if it is about a file.
Error for_people(Error error, const std::vector<const query::PlanFile*>& files);

}  // namespace hansa::worker
