// Ranks of search by use: counted anew behind the first answers of a start, and then every hour.
#pragma once

#include <thread>

#include "base/time.h"
#include "service/authority/live.h"
#include "world/store/store.h"

namespace hansa {

class UseRanks {
 public:
  // All of it outlives this.
  UseRanks(store::Store& store, service::Live& live, Clock& clock);

 private:
  void run(const std::stop_token& stop);
  store::Store& store_;
  service::Live& live_;
  Clock& clock_;
  std::jthread thread_;
};

}  // namespace hansa
