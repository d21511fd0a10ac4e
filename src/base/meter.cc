#include "base/meter.h"

#include <algorithm>

namespace hansa {

void Histogram::observe(std::int64_t us) noexcept {
  const auto bound = std::ranges::lower_bound(bounds_us, us);
  counts_[static_cast<std::size_t>(bound - bounds_us.begin())].fetch_add(1,
                                                                         std::memory_order_relaxed);
  sum_us_.fetch_add(us, std::memory_order_relaxed);
}

Histogram::Seen Histogram::look() const {
  Seen out;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    out.counts[i] = counts_[i].load(std::memory_order_relaxed);
  out.sum_us = sum_us_.load(std::memory_order_relaxed);
  return out;
}

}  // namespace hansa
