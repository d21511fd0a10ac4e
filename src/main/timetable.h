// Runs what is due: ports that are made anew at an interval, one after the other.
#pragma once

#include <thread>

#include "service/derive.h"

namespace hansa {

class Timetable {
 public:
  // What `from` names outlives it.
  Timetable(const service::Shelves& from, service::Running& running);

 private:
  void run(const std::stop_token& stop);
  service::Shelves from_;
  service::Running& running_;
  service::Timetable tried_;
  std::jthread thread_;
};

}  // namespace hansa
