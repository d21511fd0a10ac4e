#include "model/channel.h"

#include <gtest/gtest.h>

#include "base/time.h"

namespace hansa {
namespace {

Time at(const char* text) { return parse_time(text).value(); }
std::string held(const Rhythm& rhythm, const char* made, const char* now) {
  const auto until = held_until(rhythm, at(made), at(now));
  return until ? to_text(*until) : "now";
}

TEST(Rhythm, OfNoneHoldsNothingBack) {
  EXPECT_EQ(held({}, "2026-11-23T03:00:00Z", "2026-11-23T03:00:00Z"), "now");
}

TEST(Rhythm, KeepsQuietHoursOverMidnight) {
  const Rhythm night{.quiet_from = 22 * 60, .quiet_until = 7 * 60};
  EXPECT_EQ(held(night, "2026-11-23T12:00:00Z", "2026-11-23T21:59:59Z"), "now");
  EXPECT_EQ(held(night, "2026-11-23T12:00:00Z", "2026-11-23T22:00:00Z"), "2026-11-24T07:00:00Z");
  EXPECT_EQ(held(night, "2026-11-23T12:00:00Z", "2026-11-24T06:59:59Z"), "2026-11-24T07:00:00Z");
  EXPECT_EQ(held(night, "2026-11-23T12:00:00Z", "2026-11-24T07:00:00Z"), "now");
}

TEST(Rhythm, KeepsQuietHoursOfOneDayByItsOwnClock) {
  const Rhythm noon{.zone = 330, .quiet_from = 12 * 60, .quiet_until = 13 * 60};
  EXPECT_EQ(held(noon, "2026-11-23T00:00:00Z", "2026-11-23T06:29:59Z"), "now");
  EXPECT_EQ(held(noon, "2026-11-23T00:00:00Z", "2026-11-23T06:30:00Z"), "2026-11-23T07:30:00Z");
  EXPECT_EQ(held(noon, "2026-11-23T00:00:00Z", "2026-11-23T07:30:00Z"), "now");
  const Rhythm west{.zone = -600, .quiet_from = 0, .quiet_until = 60};
  EXPECT_EQ(held(west, "2026-11-23T00:00:00Z", "2026-11-23T10:15:00Z"), "2026-11-23T11:00:00Z");
}

TEST(Rhythm, GathersUntilTheNextDigest) {
  const Rhythm daily{.digest = DigestEvery::daily, .digest_at = 8 * 60, .zone = 60};
  EXPECT_EQ(held(daily, "2026-11-23T07:00:01Z", "2026-11-23T09:00:00Z"), "2026-11-24T07:00:00Z");
  EXPECT_EQ(held(daily, "2026-11-23T07:00:00Z", "2026-11-23T07:00:00Z"), "now");
  EXPECT_EQ(held(daily, "2026-11-23T06:59:59Z", "2026-11-23T07:00:00Z"), "now");
  EXPECT_EQ(held(daily, "2026-11-23T06:00:00Z", "2026-11-23T06:30:00Z"), "2026-11-23T07:00:00Z");
  // Monday, 23 November.
  const Rhythm weekly{.digest = DigestEvery::weekly, .digest_at = 8 * 60};
  EXPECT_EQ(held(weekly, "2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z"), "2026-11-23T08:00:00Z");
  EXPECT_EQ(held(weekly, "2026-11-23T08:00:01Z", "2026-11-29T23:59:59Z"), "2026-11-30T08:00:00Z");
  EXPECT_EQ(held(weekly, "2026-11-23T08:00:01Z", "2026-11-30T08:00:00Z"), "now");
}

TEST(Rhythm, SendsADigestOfQuietHoursBehindThem) {
  const Rhythm both{.digest = DigestEvery::daily,
                    .digest_at = 6 * 60,
                    .quiet_from = 22 * 60,
                    .quiet_until = 7 * 60};
  EXPECT_EQ(held(both, "2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z"), "2026-11-24T07:00:00Z");
  EXPECT_EQ(held(both, "2026-11-23T12:00:00Z", "2026-11-24T06:30:00Z"), "2026-11-24T07:00:00Z");
  EXPECT_EQ(held(both, "2026-11-23T12:00:00Z", "2026-11-24T07:00:00Z"), "now");
}

// Whatever a rhythm is, nothing waits for ever, and what is told to wait is sent when that is over.
TEST(Rhythm, LetsEverythingGoAtTheTimeThatItSays) {
  std::uint64_t seed = 7;
  const auto draw = [&](std::uint64_t below) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (seed >> 33) % below;
  };
  for (int i = 0; i < 20'000; ++i) {
    const Rhythm rhythm{.digest = static_cast<DigestEvery>(draw(3)),
                        .digest_at = static_cast<std::uint32_t>(draw(1440)),
                        .zone = static_cast<std::int32_t>(draw(1681)) - 840,
                        .quiet_from = static_cast<std::uint32_t>(draw(1440)),
                        .quiet_until = static_cast<std::uint32_t>(draw(1440))};
    const Time made{static_cast<std::int64_t>(draw(4'000'000'000)) * 1'000'000};
    const Time now = made + Seconds(static_cast<std::int64_t>(draw(800'000)));
    const auto until = held_until(rhythm, made, now);
    if (!until) continue;
    ASSERT_GT(*until, now);
    ASSERT_LE(*until, std::max(now, made + std::chrono::hours(24 * 7)) + std::chrono::hours(24));
    ASSERT_FALSE(held_until(rhythm, made, *until)) << i;
  }
}

}  // namespace
}  // namespace hansa
