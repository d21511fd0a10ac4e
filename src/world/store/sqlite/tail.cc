#include "world/store/sqlite/tail.h"

#include "base/limits.h"
#include "world/store/commit.h"

namespace hansa::store::sqlite {

void Tail::push(std::vector<Batch> batches) {
  const std::lock_guard lock(mutex_);
  for (Batch& batch : batches) {
    HANSA_ASSERT(batch.seq.number == head_.number + 1);
    head_ = batch.seq;
    const std::size_t bytes = bytes_in(batch);
    bytes_ += bytes;
    held_.push_back({std::make_shared<const Batch>(std::move(batch)), bytes});
  }
  trim();
  changed_.notify_all();
}

void Tail::trim() {
  while (held_.size() > limits::tail_batches_max ||
         (bytes_ > limits::tail_bytes_max && held_.size() > 1)) {
    bytes_ -= held_.front().bytes;
    held_.pop_front();
  }
}

void Tail::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

std::optional<std::vector<Batch>> Tail::follow(Seq after, std::int64_t deadline_us) {
  const auto deadline = deadline_of(deadline_us);
  std::vector<std::shared_ptr<const Batch>> found;
  {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [&] { return ended_ || head_ > after; });
    if (head_ <= after) return std::vector<Batch>{};
    const std::uint64_t missing = head_.number - after.number;
    if (missing > held_.size()) return std::nullopt;
    std::size_t bytes = 0;
    for (std::size_t at = held_.size() - missing; at < held_.size(); ++at) {
      bytes += held_[at].bytes;
      const bool full =
          found.size() == limits::batches_per_follow_max || bytes > limits::follow_bytes_max;
      if (full && !found.empty()) break;
      found.push_back(held_[at].batch);
    }
  }
  std::vector<Batch> batches;
  batches.reserve(found.size());
  for (const auto& batch : found) batches.push_back(*batch);
  return batches;
}

}  // namespace hansa::store::sqlite
