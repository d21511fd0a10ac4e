// The clock of a server: the machine's, or behind it while a new mesh is filled with a past
// (main/seed.h).
#pragma once

#include <atomic>

#include "base/result.h"
#include "base/time.h"

namespace hansa {

class StoryClock : public Clock {
 public:
  // `floor` as for SystemClock.
  explicit StoryClock(Time floor = {}, Micros behind = {}) : system_(floor), behind_(behind) {}
  Time now() override;

  // From now on it is `behind` the machine's clock. Errors: invalid: it would go back.
  Result<void> set_behind(Micros behind);

 private:
  SystemClock system_;
  std::atomic<Micros> behind_;
  std::atomic<std::int64_t> last_us_ = 0;
};

}  // namespace hansa
