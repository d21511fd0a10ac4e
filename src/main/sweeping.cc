#include "main/sweeping.h"

#include <condition_variable>
#include <mutex>

#include "base/log.h"

namespace hansa {
namespace {

// Half of the shortest interval there is.
constexpr auto kLookEvery = std::chrono::milliseconds(500);

}  // namespace

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
