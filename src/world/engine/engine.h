// The engine: sealed worker processes that run SQL. The server never parses a statement or a Parquet file
// itself; a worker may die at any moment and takes nothing with it but its own query.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/stream.h"
#include "base/time.h"
#include "model/ids.h"
#include "query/plan.h"

namespace hansa::engine {

// DuckDB's own parse tree of one statement, as JSON text of at most limits::tree_bytes_max. It comes from a
// process that parsed hostile text: whoever reads it treats it as hostile (query/tree does).
struct Tree {
  std::string json;
};

struct Opened {
  query::Bound bound;
  std::unique_ptr<Source> rows;  // encoded as the plan's output asks; dropping it kills the query
  std::shared_ptr<const query::Counters> counters;  // final once `rows` has ended
};

// One worker, held for one principal. Dropping the lease gives it back, wiped, or ends it if it touched
// restricted data or misbehaved.
struct Lease {
  virtual ~Lease() = default;

  // Errors: invalid (a syntax error with its position; several statements; not a SELECT: DDL, DML, SET, COPY,
  // ATTACH, PRAGMA ... are refused by kind); exhausted (too large); unavailable (the worker died).
  virtual Result<Tree> parse(std::string_view sql) = 0;

  // Starts the plan and returns its rows as they are produced. Errors: invalid (the statement does not
  // bind or fails, with DuckDB's message freed of host paths); corrupt (a file that is not what its
  // name says, named by its label); exhausted (memory, spill, rows, time); unavailable (the worker died).
  //
  // The caller holds back restricted rows until the record of its decision is durable: a crash may
  // then leave the record of a read that never finished, which is harmless. The reverse is not.
  virtual Result<Opened> run(query::ClosedPlan plan) = 0;

  // Reads the footers of an inspection. Errors: as run.
  virtual Result<std::vector<query::Footer>> inspect(query::ClosedPlan plan) = 0;

  // Ends the worker now, from any thread: SIGKILL, since an interrupt can take seconds.
  virtual void kill() noexcept = 0;
};

struct Engine {
  virtual ~Engine() = default;
  // A worker for this principal. Waits in a queue that is fair between principals until `deadline`. Errors:
  // exhausted (the queue is full, the principal has too many queries, or the deadline passed);
  // unavailable (no worker starts: the text says which denial could not be proved).
  virtual Result<std::unique_ptr<Lease>> lease(PrincipalId who, Time deadline, std::stop_token stop) = 0;
};

}  // namespace hansa::engine
