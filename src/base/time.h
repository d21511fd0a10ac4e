// Time. Everything that needs the time gets it as a value or through a Clock; time.cc is the only
// reader of the machine's clock.
#pragma once

#include <atomic>
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hansa {

using Seconds = std::chrono::seconds;
using Millis = std::chrono::milliseconds;
using Micros = std::chrono::microseconds;

// Microseconds since 1970-01-01T00:00:00Z, without leap seconds. Zero means "never set".
struct Time {
  std::int64_t us = 0;
  friend auto operator<=>(const Time&, const Time&) = default;
  friend Time operator+(Time t, Micros d) { return {t.us + d.count()}; }
  friend Time operator-(Time t, Micros d) { return {t.us - d.count()}; }
  friend Micros operator-(Time a, Time b) { return Micros{a.us - b.us}; }
  explicit operator bool() const { return us != 0; }
};

// 2026-11-22T09:00:00Z, with ".123456" only if there is a fraction. Round-trips with parse_time.
std::string to_text(Time time);
// For people: "2026-11-22 09:00 UTC"; what is not a whole minute is cut off.
std::string to_words(Time time);
// RFC 3339 with `Z` or an offset, or a bare date (midnight UTC). Errors: invalid.
Result<Time> parse_time(std::string_view text);
// "30s", "15m", "24h", "7d". Errors: invalid.
Result<Micros> parse_duration(std::string_view text);

struct Clock {
  virtual ~Clock() = default;
  // Never earlier than any time this clock gave before, whatever the machine's clock does.
  virtual Time now() = 0;
};

// The machine's clock, held monotonic. `floor` is the latest time known from an earlier run, so
// that an expiry never un-happens across a restart.
class SystemClock : public Clock {
 public:
  explicit SystemClock(Time floor = {}) : last_us_(floor.us) {}
  Time now() override;

 private:
  std::atomic<std::int64_t> last_us_;
};

// A clock that a test moves.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Time start) : now_us_(start.us) {}
  Time now() override { return {now_us_.load()}; }
  void advance(Micros by) { now_us_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_us_;
};

// For measuring durations only: microseconds of a clock that never jumps.
std::int64_t steady_us();

}  // namespace hansa
