#include "main/sweeping.h"

#include <condition_variable>
#include <mutex>

#include "base/log.h"

namespace hansa {
namespace {

// Half of the shortest interval there is.
constexpr auto kLookEvery = std::chrono::milliseconds(500);

}  // namespace

service::HouseRules rules_of(const Config& config) {
  return {.snapshots_kept = Seconds(config.snapshots_kept_seconds),
          .expired_kept = Seconds(config.expired_kept_seconds),
          .uploads_kept = Seconds(config.uploads_kept_seconds),
          .sweep_every = Seconds(config.sweep_every_seconds)};
}

service::QueryLimits limits_of(const Config& config) {
  return {.rows_max = config.query_rows_max,
          .seconds_max = Seconds(config.query_seconds_max),
          .cursor_kept = Seconds(config.cursor_seconds)};
}

Sweeping::Sweeping(const service::Sweeper& with)
    : with_(with), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Sweeping::run(const std::stop_token& stop) {
  service::Sweep sweep;
  std::mutex mutex;
  std::condition_variable_any bell;
  while (!stop.stop_requested()) {
    if (const auto done = service::sweep(with_, sweep, stop); !done)
      log(Level::warning, "what nothing refers to was not looked for",
          {{"why", done.error().text}});
    std::unique_lock lock(mutex);
    bell.wait_for(lock, stop, kLookEvery, [] { return false; });
  }
}

}  // namespace hansa
