// What runs now. Every stream of governed rows passes through here, so that a right that ends cuts
// it.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "api/rows.h"
#include "base/limits.h"
#include "base/stream.h"
#include "model/decision.h"
#include "query/plan.h"
#include "service/authority/figures.h"
#include "service/authority/live.h"

namespace hansa::service {

// How a guarded stream ended, told once to whoever records it.
struct Ending {
  std::string status;  // "ok", "failed", "limit", "revoked", "cancelled", "dropped"
  std::optional<Error> error;
  query::Tally tally;
};

// A right of somebody else that work stands on: the account as which a view that it reads is made.
struct Borrowed {
  Permit permit;
  Error lost;  // what its reader is told once it has ended
};

struct Work {
  QueryId id;
  PrincipalId who;
  CredentialId credential;  // what the caller proved itself with: when it ends, so does the work
  Time started;
  std::vector<Permit> permits;
  std::vector<Borrowed> borrowed;
  std::vector<std::string> ports;  // what people call them
  std::shared_ptr<const query::Counters> counters;
  std::stop_token gone;                    // requested once nobody waits for the rows any more
  std::function<void()> kill;              // from any thread, at most once
  std::function<void(const Ending&)> end;  // from the thread that pulls or drops, once
};

struct RunningWork {
  QueryId id;
  PrincipalId who;
  Time started;
  std::vector<std::string> ports;
  query::Tally tally;
};

struct Guard {
  std::unique_ptr<Source> rows;
  std::stop_token cut;
  // Whoever still has rows to send when the source has ended holds this: until it is let go, the
  // end of the right requests `cut`.
  std::shared_ptr<const void> held;
};

// What one query may take at most, whatever it asks for.
struct QueryLimits {
  std::uint64_t rows_max = limits::query_rows_default;
  Seconds seconds_max = limits::query_deadline_max;
  Seconds cursor_kept = api::rows_cursor_kept;
};

class Running {
 public:
  explicit Running(QueryLimits limits = {}) : limits_(limits) {}
  const QueryLimits& limits() const { return limits_; }

  // A source that ends when the work's right does: what was pulled before the cut may have been
  // sent, nothing is given after it. `permits` were made on the mesh at some number; if one no
  // longer holds on `view`, the work is cut at once. `cut` of the result is requested at that
  // moment, so that a door can reset a client that does not read.
  Guard guard(const Live& live, Time now, Work work, std::unique_ptr<Source> rows);

  // Ends one's own work. Errors: not_found.
  Result<void> cancel(const QueryId& id, PrincipalId who);
  // Decides all running work anew and cuts what lost its right or its time.
  void recheck(const View& view, Time now);
  void cut_all(const Error& why);

  // Queries of others are tried by one replay at a time, so that it takes little from them. Not
  // locked: another one runs. To be let go by the thread that took it.
  std::unique_lock<std::mutex> replay_turn() { return {replaying_, std::try_to_lock}; }

  std::vector<RunningWork> of(PrincipalId who) const;
  std::size_t count() const;
  QueryFigures& figures() { return figures_; }
  const QueryFigures& figures() const { return figures_; }

 private:
  struct Entry;
  class Guarded;
  class Registered;
  void cut(Entry& entry, Error why);
  void forget(const QueryId& id);

  std::mutex replaying_;
  mutable std::mutex mutex_;
  std::map<QueryId, std::shared_ptr<Entry>> entries_;
  QueryFigures figures_;
  const QueryLimits limits_;
};

}  // namespace hansa::service
