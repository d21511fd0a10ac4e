// The engine: sealed worker processes that run SQL. The server never parses a statement or a
// Parquet file itself; a worker may die at any moment and takes nothing with it but its own query.
#pragma once

#include <memory>
#include <optional>
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

// DuckDB's own parse tree of one statement, as JSON text of at most limits::tree_bytes_max: the
// whole output of json_serialize_sql with skip_null, skip_empty and skip_default,
// `{"error":false,"statements":[...]}`. It comes from a process that parsed hostile text: whoever
// reads it treats it as hostile (query/tree does).
struct Tree {
  std::string json;
};

struct Opened {
  query::Bound bound;
  // Encoded as the plan's output asks: JSON rows are arrays separated by ",\n", across chunks too,
  // to be wrapped in [ and ] by the caller; CSV has a header row; Parquet is one file. What each
  // type becomes: worker/encode.h. Dropping it before its end kills the worker. A row larger than a
  // chunk is cut; the chunk with its end counts it.
  std::unique_ptr<Source> rows;
  std::shared_ptr<const query::Counters> counters;  // final once `rows` has ended
};

struct Converted {
  query::Converted outcome;
  std::unique_ptr<Source> report;  // one line of JSON a rejected record
};

// One worker, held for one principal: one statement at a time. Dropping the lease gives the worker
// back, or ends it if it touched restricted data, misbehaved or is still running. What it remembers
// of open data serves the same principal's next lease; it is wiped before it meets another one.
struct Lease {
  virtual ~Lease() = default;

  // Errors: invalid (a syntax error with its position; several statements; not a SELECT: DDL, DML,
  // SET, COPY, ATTACH, PRAGMA ... are refused by kind); exhausted (too large); unavailable (the
  // worker died).
  virtual Result<Tree> parse(std::string_view sql) = 0;

  // Binds the plan and returns its rows as they are produced; the statement starts with the first
  // `next`. Errors, of both: invalid (the statement does not bind or fails, with DuckDB's message
  // freed of host paths); corrupt (a file that is not what its name says, named by its label);
  // exhausted (memory, spill, rows, time); denied (the bound statement would read a file outside
  // its plan); unavailable (the worker died, or was cut).
  //
  // The caller holds back restricted rows until the record of its decision is durable: a crash may
  // then leave the record of a read that never finished, which is harmless. The reverse is not.
  //
  // `first` is what the caller will want of the first piece, if it knows: the statement starts at
  // once, and that piece is on its way while the caller still looks at what was bound.
  virtual Result<Opened> run(query::ClosedPlan plan, std::optional<Want> first = std::nullopt) = 0;

  // Reads the footers of an inspection. Errors: as run.
  virtual Result<std::vector<query::Footer>> inspect(query::ClosedPlan plan) = 0;

  // A text file as Parquet, while it is made, in a worker that is ended afterwards: the lease must
  // be nobody's. Errors, of both: as run, and what the file's own errors are, with its label and
  // line.
  virtual Result<std::unique_ptr<Source>> convert(query::ClosedPlan plan) = 0;
  // What became of it, once that has ended. Errors: invalid (it has not); as run.
  virtual Result<Converted> converted() = 0;

  // What it was given is taken from its folder as soon as the lease ends, though whoever asks next
  // may be the same.
  virtual void leave_nothing() noexcept = 0;

  // Ends the worker now, from any thread: SIGKILL, since an interrupt can take seconds.
  virtual void kill() noexcept = 0;
};

struct Engine {
  virtual ~Engine() = default;
  // A worker for this principal. Waits in a queue that is fair between principals. `deadline`
  // bounds the wait and the work: past it the worker is killed. `stop` does the same at once.
  // Nobody, an id that is empty, is the server itself: it gets a worker in which no caller's
  // statement ever ran, since even one that was taken over survives a wipe.
  // Errors: exhausted (the queue is full, the principal has too many queries, or the deadline
  // passed); unavailable (no worker starts: the text says which denial could not be proved).
  virtual Result<std::unique_ptr<Lease>> lease(PrincipalId who, Time deadline,
                                               std::stop_token stop) = 0;
};

}  // namespace hansa::engine
