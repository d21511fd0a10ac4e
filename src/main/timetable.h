// Runs what is due: ports that are made anew at an interval, beside one another while there are
// places.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <thread>

#include "service/remake.h"

namespace hansa {

class Timetable {
 public:
  // What `from` names outlives it.
  Timetable(const service::Shelves& from, service::Running& running);

 private:
  // A thread while it lasts.
  struct Run {
    std::shared_ptr<std::atomic<bool>> ended;
    std::jthread thread;
  };
  void run(const std::stop_token& stop);
  service::Shelves from_;
  service::Running& running_;
  service::Timetable tried_;
  std::jthread thread_;
};

}  // namespace hansa
