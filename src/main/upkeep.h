// What a server does beside answering: it remembers the time, forgets what has expired, anchors the
// audit, and knows whether it should be asked at all.
#pragma once

#include "base/time.h"
#include "door/http/metrics.h"
#include "main/config.h"
#include "world/engine/pool.h"
#include "world/store/watched.h"

namespace hansa {

class Upkeep {
 public:
  Upkeep(store::Store& store, Clock& clock, const Config& config)
      : store_(store), clock_(clock), config_(config), anchored_(clock.now()) {}

  // To be called every few seconds. Errors: the store cannot be trusted any more.
  Result<void> round();
  // The audit's head leaves the database: what a forger could rewrite unseen is at most as old as
  // the last time.
  void anchor();

 private:
  store::Store& store_;
  Clock& clock_;
  const Config& config_;
  Time anchored_;
};

// The latest time this installation has seen, so that an expiry never un-happens.
Result<Time> clock_floor(store::Store& store);

// Errors: unavailable, with what is missing: the store cannot be written, or no worker starts.
Result<void> fit_to_serve(const store::Watched& store, const engine::Pool& engine);

void add_figures(http::MetricsText& out, const store::Watched& store, const engine::Pool& engine);

}  // namespace hansa
