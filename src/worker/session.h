// One server, one principal at a time: parse, run, pull, and so on; wiped before the next
// principal.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "query/alike.h"
#include "query/frame.h"
#include "worker/aside.h"
#include "worker/channel.h"
#include "worker/conversion.h"
#include "worker/duckdb.h"
#include "worker/relation.h"
#include "worker/rows.h"
#include "worker/statements.h"

namespace hansa::worker {

// What the program was started with, for the settings that hold until its end.
struct SessionOptions {
  std::uint64_t memory_bytes = 0;
  std::uint64_t spill_bytes = 0;
  std::uint32_t threads = 2;
};

class Session {
 public:
  Session(Channel& channel, Database database, SessionOptions options)
      : channel_(channel), database_(std::move(database)), options_(options) {}

  // DuckDB's own locks, once the process is sealed; from here on it may have threads. Errors:
  // unavailable.
  Result<void> lock_down();
  // Answers frames until the server is gone. Errors: the reason.
  Result<void> serve();

 private:
  Result<void> answer(const query::Frame& frame);
  Result<void> parse(const std::string& sql);
  Result<void> plan(std::string_view body);
  Result<query::Bound> bind();
  bool may_start_new() const;
  Result<Known> start_new();
  Result<Known> bind_new();
  Result<Known> prepare();
  Result<Known> prepare(Connection& connection, std::optional<Prepared>& prepared) const;
  Result<Rows> stream(Known& known);
  Result<std::vector<query::ReadColumns>> look_at_reads();
  void start();
  Result<void> start_rows();
  Result<void> tell(const query::Bound& bound);
  Result<void> tell_soon(const query::Bound& bound);
  Result<void> tell_now(const query::Bound& bound);
  Result<void> pull(std::string_view body);
  Result<void> inspect(std::string_view body);
  Result<void> convert(std::string_view body);
  Result<void> outcome();
  Result<void> wipe();
  Result<void> forget();
  Result<void> get_ready();
  Result<void> rehearse();
  Result<void> refuse(Error error);
  void end_statement();

  Channel& channel_;
  Database database_;
  SessionOptions options_;
  std::optional<Connection> quiet_;  // for parsing and housekeeping, never for a user's statement
  std::optional<Prepared> parser_;   // of quiet_, as the checks are
  std::vector<Prepared> checks_;
  // Of one principal, until it is wiped: for its statements, and for looking at them beside.
  std::optional<Connection> connection_;
  std::optional<Connection> beside_;
  Relations relations_;
  Reads reads_;
  Statements statements_;
  query::Alike taken_;                // statements that were parsed: each is one SELECT
  std::string sql_;                   // of the bound statement, names replaced
  std::string runs_;                  // and its columns made readable
  bool is_bound_ = false;             // and not started: that is the first pull's
  std::optional<Prepared> prepared_;  // of a bound statement with parameters
  std::unique_ptr<RowSource> rows_;
  std::optional<Conversion> conversion_;
  query::Plan plan_;
  std::vector<const query::PlanFile*> files_;  // of plan_
  std::uint64_t bytes_scanned_ = 0;
  bool is_told_ = false;              // what was bound has been sent
  std::optional<Error> start_error_;  // of a statement that started early: the next pull's answer
  Aside aside_;                       // last: it ends before what it uses
};

}  // namespace hansa::worker
