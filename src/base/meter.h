// Counting what happens, for whoever watches. Written from any thread, read now and then.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace hansa {

using Counter = std::atomic<std::uint64_t>;

// How long things took, by bounds that serve a lookup in memory as well as a query of minutes.
class Histogram {
 public:
  static constexpr std::array<std::int64_t, 14> bounds_us{
      250,     500,     1'000,     2'500,     5'000,      10'000,     25'000,
      100'000, 250'000, 1'000'000, 5'000'000, 15'000'000, 60'000'000, 300'000'000};

  void observe(std::int64_t us) noexcept;

  struct Seen {
    std::array<std::uint64_t, bounds_us.size() + 1> counts{};  // each bound's own; the last: longer
    std::int64_t sum_us = 0;
  };
  Seen look() const;

 private:
  std::array<Counter, bounds_us.size() + 1> counts_{};
  std::atomic<std::int64_t> sum_us_ = 0;
};

}  // namespace hansa
