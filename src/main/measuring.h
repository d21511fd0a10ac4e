// Measures what ports promise, at an interval: what nobody delivers changes nothing by itself.
#pragma once

#include <thread>

#include "base/time.h"
#include "service/authority/live.h"
#include "service/step/house_rules.h"
#include "world/world.h"

namespace hansa {

class Measuring {
 public:
  // All of it outlives this.
  Measuring(service::Live& live, World& world, Clock& clock, const service::HouseRules& rules);

 private:
  void run(const std::stop_token& stop);
  service::Live& live_;
  World& world_;
  Clock& clock_;
  service::HouseRules rules_;
  std::jthread thread_;
};

}  // namespace hansa
