// Follows the store: one batch after the other into the live mesh, running work decided anew on
// each, then whoever waits for the commit is released. A revocation is acknowledged after the cut.
#pragma once

#include <functional>
#include <thread>

#include "base/time.h"
#include "service/authority/live.h"
#include "service/authority/running.h"
#include "world/store/store.h"

namespace hansa::service {

class Follower {
 public:
  // `broken` is called once if the mesh can no longer be kept in step: the program must end.
  Follower(store::Store& store, Live& live, Running& running, Clock& clock,
           std::function<void(const Error&)> broken);
  // Stops and joins.
  ~Follower() = default;

 private:
  void run(const std::stop_token& stop);

  store::Store& store_;
  Live& live_;
  Running& running_;
  Clock& clock_;
  std::function<void(const Error&)> broken_;
  std::jthread thread_;
};

}  // namespace hansa::service
