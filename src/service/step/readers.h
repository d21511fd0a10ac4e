// Who reads files that were looked up in the mesh. What is dropped from a table meanwhile has to
// stay until the reader has opened it: whoever removes files goes by the oldest reader's time.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>

#include "base/time.h"

namespace hansa::service {

class Readers {
 public:
  // Until it is let go, nothing goes away that could be seen at `since`.
  std::shared_ptr<const void> enter(Time since) {
    const std::lock_guard lock(mutex_);
    const auto entry = since_.insert(since);
    return {nullptr, [this, entry](const void*) {
              const std::lock_guard again(mutex_);
              since_.erase(entry);
            }};
  }
  // `now`, or the time of the oldest reader.
  Time horizon(Time now) const {
    const std::lock_guard lock(mutex_);
    return since_.empty() ? now : std::min(now, *since_.begin());
  }

 private:
  mutable std::mutex mutex_;
  std::multiset<Time> since_;
};

}  // namespace hansa::service
