// What a worker is told to do. A plan is closed: it names every file the worker may read and
// everything it may know, and a worker never asks back. `ClosedPlan::close` demands a permit for
// each relation, so an unauthorised read does not compile into one.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/limits.h"
#include "model/decision.h"
#include "model/deprecation.h"
#include "model/dialect.h"
#include "model/schema.h"
#include "model/scope.h"

namespace hansa::query {

// A Parquet file of a relation. `path` is on the server's disk: the engine links it into the
// worker's seat, and the worker knows it by its number only. `label` is what error messages call
// it.
struct PlanFile {
  std::string path;   // never crosses to the worker
  std::string label;  // s3://bucket/key
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  // The file's columns carry the field ids of the relation's schema and are matched by them, so
  // that a renamed column is found under its old name; else they are matched by name.
  bool by_id = false;
  std::uint32_t number = 0;  // the engine's: the file's name in the seat
};

enum class Content {
  files,        // rows of Parquet files
  inline_rows,  // rows made by the server for this caller: information_schema and the like
  shape,        // no rows, only columns: the caller may know the port but not read it (DESCRIBE)
};

// What the user's SQL sees under catalog.schema.name.
struct Relation {
  std::string catalog;
  std::string schema;
  std::string name;
  Content content = Content::files;
  PortId port;     // of `files` and `shape`
  Schema columns;  // what the relation shows, in order; files may hold them in another
  std::vector<PlanFile> files;
  // Of `files`: what part of the port they hold; none: all of it. They are a visible copy then.
  VisibleId visible;
  std::vector<std::vector<Json>> rows;  // of `inline_rows`, in the order of `columns`
  // Of `files`: a further column of this name says where each row stands in them, for a statement
  // of the server's own; none: there is no such column.
  std::string place = {};
};

enum class Format { json, csv, parquet };

struct Output {
  Format format = Format::json;
};

// What is made for others to read is whole or not at all.
inline constexpr std::uint64_t rows_all = std::uint64_t{1} << 62;

struct Bounds {
  std::uint64_t rows_max = limits::query_rows_default;
  std::uint64_t memory_bytes = std::uint64_t{2} << 30;
  std::uint64_t spill_bytes = std::uint64_t{8} << 30;
  std::uint32_t threads = 2;
};

// The user's statement as written (column names and lambdas stay as they are), run with `catalog`
// and `schema` as defaults.
struct Statement {
  std::string sql;
  std::vector<Json> parameters;  // positional, $1 first
  std::string catalog;
  std::string schema;
};

// What a statement reads of a relation.
struct ReadColumns {
  std::uint32_t relation = 0;  // index into Plan::relations
  std::vector<std::string> columns;
};

struct Plan {
  std::vector<Relation> relations;
  Statement statement;
  Output output;
  Bounds bounds;
  // What the statement reads where its words say so; else the worker asks the engine.
  std::optional<std::vector<ReadColumns>> reads = {};
};

// Parquet footers to read, no SQL; or text files whose columns are inferred from all their lines.
struct Inspection {
  std::vector<PlanFile> files;
  Bounds bounds;
  std::optional<Dialect> text = {};  // how they are spelt; none: they are Parquet
};

// A text file to be written as Parquet of a contract's columns, no SQL.
struct Conversion {
  PlanFile file;
  Dialect dialect;
  Schema columns;
  std::vector<std::string> formats;  // of dates and times, by column; shorter: none
  Bounds bounds;
};

class ClosedPlan {
 public:
  // Errors: denied: a relation of files that no permit to read its port covers, or that holds more
  // than the permit shows; exhausted: more relations or files than the limits allow.
  static Result<ClosedPlan> close(Plan plan, std::span<const Permit> permits);
  // The rows and cells of one port that the permit shows, as a Parquet file (query/visible): a
  // statement of the server's own over all of the port's files, for a worker that never saw
  // anybody's text. `visible` is what the permit's decision was made of; `key` makes hashes
  // unguessable. Errors: denied: the permit does not cover the port or shows another part;
  // exhausted.
  static Result<ClosedPlan> copy(Relation whole, const Visible& visible, const Permit& permit,
                                 std::string_view key);
  // The rows of a version as its bridge makes them: the owner's statement over `next`, which holds
  // all files of the version that replaces it, for a worker that serves nobody afterwards. `permit`
  // is to read the old version: what that shows is for its owner to say. Errors: denied: the permit
  // does not cover it, or `next` is not what it is made of; exhausted.
  static Result<ClosedPlan> bridge(Relation next, const Deprecation& old, const Permit& permit);
  // Footers of files the caller has just staged itself; no user SQL runs.
  static ClosedPlan inspect(Inspection inspection);
  // The same of a file to convert.
  static ClosedPlan convert(Conversion conversion);

  const Plan& plan() const { return plan_; }
  Plan take_plan() && { return std::move(plan_); }
  const std::optional<Inspection>& inspection() const { return inspection_; }
  const std::optional<Conversion>& conversion() const { return conversion_; }
  // Some relation holds restricted data.
  bool restricted() const { return restricted_; }

 private:
  ClosedPlan() = default;
  Plan plan_;
  std::optional<Inspection> inspection_;
  std::optional<Conversion> conversion_;
  bool restricted_ = false;
};

// What the worker found after binding: the result's columns, and what of each relation was read.
struct Column {
  std::string name;
  std::string type;  // DuckDB's spelling: "BIGINT", "DECIMAL(9,2)", "STRUCT(a INTEGER)"
  friend bool operator==(const Column&, const Column&) = default;
};

struct Bound {
  std::vector<Column> columns;
  std::vector<ReadColumns> reads;
};

// A Parquet footer as the worker reports it.
struct Footer {
  std::string label;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  Schema schema;  // Parquet's types as ours; field ids where the file has them
  // Of text: records that can be split or read by nobody, and what is wrong with the first.
  std::uint64_t rejected = 0;
  std::string first_reject = {};
};

// What became of a conversion, once its Parquet was sent. The bytes that follow are its report, one
// line of JSON a rejected record.
struct Converted {
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
  std::string first_rejects;  // for a message: the first few, in words
};

// What the engine counts while a plan runs; final once the source has ended.
struct Tally {
  std::uint64_t rows = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t bytes_scanned =
      0;                // compressed bytes of the files read, as far as the engine knows
  double progress = 0;  // 0 to 1
};

// A tally that one thread moves while others look.
class Counters {
 public:
  Tally look() const {
    const std::lock_guard lock(mutex_);
    return tally_;
  }
  template <class F>
  void move(F f) {
    const std::lock_guard lock(mutex_);
    f(tally_);
  }

 private:
  mutable std::mutex mutex_;
  Tally tally_;
};

}  // namespace hansa::query
