// The newest batches, in memory, and where followers wait for the next.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "world/store/store.h"

namespace hansa::store::sqlite {

class Tail {
 public:
  explicit Tail(Seq head) : head_(head) {}

  // Durable batches, in order, each the successor of the one before.
  void push(std::vector<Batch> batches);
  // Nothing comes any more: wakes every follower.
  void end();

  // Waits for a batch after `after`. Nullopt: the next one is no longer here but in the database.
  std::optional<std::vector<Batch>> follow(Seq after, std::int64_t deadline_us);

 private:
  // Shared, so that followers copy bodies without holding the lock.
  struct Held {
    std::shared_ptr<const Batch> batch;
    std::size_t bytes;
  };
  void trim();

  std::mutex mutex_;
  std::condition_variable changed_;
  Seq head_;
  std::deque<Held> held_;  // the last one is `head_`
  std::size_t bytes_ = 0;
  bool ended_ = false;
};

}  // namespace hansa::store::sqlite
