#include "main/use_ranks.h"

#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "service/step/use.h"

namespace hansa {
namespace {

constexpr auto kAnewEvery = std::chrono::hours(1);
constexpr auto kTryAgainAfter = std::chrono::milliseconds(100);
constexpr Micros kWindow = std::chrono::hours(24 * 30);

}  // namespace

UseRanks::UseRanks(store::Store& store, service::Live& live, Clock& clock)
    : store_(store),
      live_(live),
      clock_(clock),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void UseRanks::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any bell;
  while (!stop.stop_requested()) {
    const auto use = service::use_of_products(store_, live_, clock_.now() - kWindow);
    if (!use) log(Level::warning, "use was not counted", {{"why", use.error().text}});
    // After a start the words of search may not be learned yet.
    const bool put = use && live_.put_use(*use).has_value();
    const auto wait = !use || put ? std::chrono::milliseconds(kAnewEvery) : kTryAgainAfter;
    std::unique_lock lock(mutex);
    bell.wait_for(lock, stop, wait, [] { return false; });
  }
}

}  // namespace hansa
