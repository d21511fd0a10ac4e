#include "service/authority/follow.h"

namespace hansa::service {
namespace {

// How long the end of a grant's window may go unnoticed by what runs already; new work compares
// dates itself.
constexpr std::int64_t kLookEvery_us = 50'000;
// Whoever follows changes is rung at least this often: what sits between them and the server hangs
// up on silence.
constexpr std::int64_t kRingEvery_us = 10'000'000;

}  // namespace

Follower::Follower(store::Store& store, Live& live, Running& running, Clock& clock,
                   std::function<void(const Error&)> broken)
    : store_(store),
      live_(live),
      running_(running),
      clock_(clock),
      broken_(std::move(broken)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Follower::run(const std::stop_token& stop) {
  std::int64_t rung_us = steady_us();
  while (!stop.stop_requested()) {
    auto batches = store_.follow(live_.seq(), steady_us() + kLookEvery_us);
    if (!batches) return broken_(batches.error());
    for (const store::Batch& batch : *batches) {
      if (auto applied = live_.apply(batch); !applied) return broken_(applied.error());
      live_.read([&](const View& view) {
        running_.recheck(view, clock_.now());
        return 0;
      });
      live_.release(batch.seq);
    }
    if (steady_us() - rung_us >= kRingEvery_us) {
      rung_us = steady_us();
      live_.bells().ring();
    }
    if (batches->empty())
      live_.read([&](const View& view) {
        running_.recheck(view, clock_.now());
        return 0;
      });
  }
}

}  // namespace hansa::service
