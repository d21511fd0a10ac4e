#include "model/channel.h"

#include <algorithm>

namespace hansa {
namespace {

constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kDay = 1'440;
constexpr std::int64_t kWeek = 7 * kDay;
// Minutes from the start of 1970, a Thursday, to the first Monday.
constexpr std::int64_t kFirstMonday = 4 * kDay;

std::int64_t below(std::int64_t number, std::int64_t by) {
  const std::int64_t rest = number % by;
  return number - (rest < 0 ? rest + by : rest);
}

// Minutes of the channel's clock since 1970.
std::int64_t local(const Rhythm& rhythm, Time at) {
  return below(at.us, kMinute) / kMinute + rhythm.zone;
}
Time from_local(const Rhythm& rhythm, std::int64_t minutes) {
  return Time{(minutes - rhythm.zone) * kMinute};
}

std::int64_t period(const Rhythm& rhythm) {
  return rhythm.digest == DigestEvery::weekly ? kWeek : kDay;
}

// When quiet hours end that `at` lies in.
std::optional<Time> quiet_end(const Rhythm& rhythm, Time at) {
  if (rhythm.quiet_from == rhythm.quiet_until) return std::nullopt;
  const std::int64_t minute = local(rhythm, at);
  const std::int64_t length = (std::int64_t{rhythm.quiet_until} - rhythm.quiet_from + kDay) % kDay;
  const std::int64_t begun = below(minute - rhythm.quiet_from, kDay) + rhythm.quiet_from;
  if (minute >= begun + length) return std::nullopt;
  return from_local(rhythm, begun + length);
}

}  // namespace

Time last_digest(const Rhythm& rhythm, Time now) {
  const std::int64_t offset =
      rhythm.digest_at + (rhythm.digest == DigestEvery::weekly ? kFirstMonday : 0);
  return from_local(rhythm, below(local(rhythm, now) - offset, period(rhythm)) + offset);
}

std::optional<Time> held_until(const Rhythm& rhythm, Time made, Time now) {
  if (rhythm.digest != DigestEvery::none) {
    const Time last = last_digest(rhythm, now);
    // A message of that very moment is in the digest of that moment.
    if (made > last) {
      const Time next = last + std::chrono::minutes(period(rhythm));
      return quiet_end(rhythm, next).value_or(next);
    }
  }
  return quiet_end(rhythm, now);
}

}  // namespace hansa
