#include "convert/rejects.h"

#include <algorithm>
#include <utility>

namespace hansa::convert {

void Rejects::add(Reject reject) {
  const std::lock_guard lock(mutex_);
  ++count_;
  kept_.push_back(std::move(reject));
  // The first lines are kept, whichever thread comes across them first.
  if (kept_.size() > 2 * kept_max_) cut();
}

void Rejects::cut() {
  std::ranges::sort(kept_, {}, &Reject::line);
  if (kept_.size() > kept_max_) kept_.resize(kept_max_);
}

std::uint64_t Rejects::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

std::vector<Reject> Rejects::take() {
  const std::lock_guard lock(mutex_);
  cut();
  return std::exchange(kept_, {});
}

}  // namespace hansa::convert
