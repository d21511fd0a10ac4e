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
  std::list<Run> runs;  // as many as there are places
  while (!stop.stop_requested()) {
    std::erase_if(runs, [](const Run& each) { return each.ended->load(); });
    for (service::Due& due : service::due(from_, tried_)) {
      auto ended = std::make_shared<std::atomic<bool>>(false);
      auto job = [this, due = std::move(due), ended](const std::stop_token& token) mutable {
        service::run_due(from_, running_, std::move(due), token);
        *ended = true;
      };
      runs.push_back({ended, std::jthread(std::move(job))});
    }
    std::unique_lock lock(mutex);
    bell.wait_for(lock, stop, kLookEvery, [] { return false; });
  }
  for (Run& each : runs) each.thread.request_stop();  // all, before any is waited for
}

}  // namespace hansa
