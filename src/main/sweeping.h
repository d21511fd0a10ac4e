// Looks for files to be removed, as long as the server runs.
#pragma once

#include <thread>

#include "service/sweep.h"

namespace hansa {

class Sweeping {
 public:
  // What `with` names outlives it.
  explicit Sweeping(const service::Sweeper& with);

 private:
  void run(const std::stop_token& stop);
  service::Sweeper with_;
  std::jthread thread_;
};

}  // namespace hansa
