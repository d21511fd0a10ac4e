#include "main/timetable.h"

#include <condition_variable>
#include <mutex>

namespace hansa {
namespace {

// Half of the shortest interval there is.
constexpr auto kLookEvery = std::chrono::milliseconds(500);

}  // namespace

Timetable::Timetable(const service::Shelves& from, service::Running& running)
    : from_(from), running_(running), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Timetable::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any bell;
  while (!stop.stop_requested()) {
    service::run_due(from_, running_, tried_, stop);
    std::unique_lock lock(mutex);
    bell.wait_for(lock, stop, kLookEvery, [] { return false; });
  }
}

}  // namespace hansa
