#include "base/meter.h"

#include <gtest/gtest.h>

#include <numeric>

namespace hansa {
namespace {

TEST(Histogram, CountsAtItsBounds) {
  Histogram histogram;
  for (const std::int64_t us : {0, 250, 251, 300'000'000, 300'000'001}) histogram.observe(us);
  const auto seen = histogram.look();
  EXPECT_EQ(seen.counts.front(), 2U);
  EXPECT_EQ(seen.counts[1], 1U);
  EXPECT_EQ(seen.counts[seen.counts.size() - 2], 1U);
  EXPECT_EQ(seen.counts.back(), 1U);
  EXPECT_EQ(std::accumulate(seen.counts.begin(), seen.counts.end(), std::uint64_t{0}), 5U);
  EXPECT_EQ(seen.sum_us, 600'000'502);
}

}  // namespace
}  // namespace hansa
