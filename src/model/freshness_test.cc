#include "model/freshness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "model/schedule.h"

namespace hansa {
namespace {

constexpr std::int64_t kMinute = 60'000'000;

Time minute(std::int64_t n) { return Time{n * kMinute}; }

Objective age(std::int64_t minutes) {
  return {.property = "latency",
          .element = {},
          .value = {},
          .kind = Objective::Kind::latency,
          .seconds = minutes * 60,
          .schedule = {},
          .not_measured = {}};
}

Objective by(std::string schedule) {
  Objective out = age(0);
  out.kind = Objective::Kind::availability;
  out.schedule = std::move(schedule);
  return out;
}

// Minute by minute, as somebody with a clock and a list would.
struct Naive {
  bool late = false, recovered = false;
};
Naive by_age(std::int64_t within, const std::vector<Time>& data, Time began, Time now) {
  Naive out;
  Time last = began;
  for (Time at = began; at <= now; at = at + Micros(kMinute)) {
    out.late = at - last > Micros(within * kMinute);
    if (std::ranges::find(data, at) == data.end()) continue;
    out.recovered = out.late;
    out.late = false;
    last = at;
  }
  return out;
}

Naive by_times(const Schedule& schedule, const std::vector<Time>& data, Time began, Time now) {
  Naive out;
  bool delivered = false;
  for (Time at = began + Micros(kMinute); at <= now; at = at + Micros(kMinute)) {
    // A time that has passed, when the minute after it comes.
    const Time before = at - Micros(kMinute);
    if (before > began && schedule.next(before - Micros(1)) == before) {
      if (!delivered) out.late = true;
      delivered = out.recovered = false;
    }
    if (std::ranges::find(data, at) == data.end()) continue;
    if (out.late) out.recovered = true;
    else delivered = true;
    out.late = false;
  }
  return out;
}

TEST(Freshness, IsAsANaiveWalkSays) {
  std::mt19937_64 random(7);
  const std::vector<std::string> schedules{"* * * * *", "*/7 * * * *", "0 * * * *", "30 1,3 * * *"};
  const Time began = minute(1'000'000);
  int late = 0, recovered = 0, at_risk = 0;
  for (int round = 0; round < 4'000; ++round) {
    std::vector<Time> data;
    Time at = began;
    const auto gap = 1 + static_cast<std::int64_t>(random() % 90);
    for (std::uint64_t n = random() % 12; n > 0; --n) {
      at = at + Micros(kMinute * (1 + static_cast<std::int64_t>(random() % gap)));
      data.push_back(at);
    }
    const Time now = at + Micros(kMinute * static_cast<std::int64_t>(random() % 200));
    const bool timed = random() % 2 == 0;
    const auto within = 1 + static_cast<std::int64_t>(random() % 90);
    const std::string& text = schedules[random() % schedules.size()];
    const auto schedule = Schedule::parse(text);
    ASSERT_TRUE(schedule);
    const Naive expected =
        timed ? by_times(*schedule, data, began, now) : by_age(within, data, began, now);
    const Stand stand = stand_of(timed ? by(text) : age(within), {began, data, {}}, now);
    ASSERT_EQ(stand.state == SloState::late, expected.late) << round << " " << text;
    if (stand.state == SloState::recovered || stand.state == SloState::kept) {
      EXPECT_EQ(stand.state == SloState::recovered, expected.recovered) << round << " " << text;
    }
    ASSERT_TRUE(stand.due);
    EXPECT_EQ(*stand.due < now, stand.state == SloState::late) << round << " " << text;
    late += stand.state == SloState::late ? 1 : 0;
    recovered += stand.state == SloState::recovered ? 1 : 0;
    at_risk += stand.state == SloState::at_risk ? 1 : 0;
  }
  EXPECT_GT(late, 100);
  EXPECT_GT(recovered, 20);
  EXPECT_GT(at_risk, 100);
}

TEST(Freshness, SilenceFromTheFirstDayIsLate) {
  const Deliveries none{minute(10), {}, {}};
  EXPECT_EQ(stand_of(age(60), none, minute(70)).state, SloState::kept);
  const Stand late = stand_of(age(60), none, minute(70) + Micros(1));
  EXPECT_EQ(late.state, SloState::late);
  EXPECT_EQ(late.since, minute(70));
}

TEST(Freshness, IsAtRiskOnceDataIsLaterThanItUsuallyIs) {
  // Every 10 minutes, and an hour is promised: from minute 75 on, halfway from 50 to 100.
  const std::vector<Time> data{minute(10), minute(20), minute(30), minute(40)};
  const Deliveries usual{minute(0), data, {}};
  EXPECT_EQ(usual_gap(data), Micros(10 * kMinute));
  EXPECT_EQ(stand_of(age(60), usual, minute(75) - Micros(1)).state, SloState::kept);
  EXPECT_EQ(stand_of(age(60), usual, minute(75)).state, SloState::at_risk);
  EXPECT_EQ(stand_of(age(60), usual, minute(100)).state, SloState::at_risk);
  EXPECT_EQ(stand_of(age(60), usual, minute(101)).state, SloState::late);
  // Three gaps are needed before anything is usual.
  const std::vector<Time> few{minute(20), minute(30), minute(40)};
  EXPECT_EQ(stand_of(age(60), {minute(0), few, {}}, minute(99)).state, SloState::kept);
}

TEST(Freshness, OfTimesNeedsADeliveryForEach) {
  const Time day = *parse_time("2026-11-02T00:00:00Z");
  const auto at = [&](int hours) { return day + std::chrono::hours(hours); };
  const auto stand = [&](std::vector<Time> data, int now) {
    return stand_of(by("0 9 * * *"), {day, data, {}}, at(now)).state;
  };
  EXPECT_EQ(stand({at(8)}, 10), SloState::kept);
  EXPECT_EQ(stand({at(9)}, 10), SloState::kept);
  EXPECT_EQ(stand({}, 9), SloState::kept);
  EXPECT_EQ(stand({}, 10), SloState::late);
  EXPECT_EQ(stand({at(10)}, 11), SloState::recovered);
  // What made up for yesterday is not there for today.
  EXPECT_EQ(stand({at(10)}, 34), SloState::late);
  EXPECT_EQ(stand({at(10), at(32)}, 34), SloState::kept);
  EXPECT_EQ(*stand_of(by("0 9 * * *"), {day, std::vector{at(8)}, {}}, at(8)).due, at(33));
}

TEST(Freshness, OfRetentionIsSaidOnlyWhereNothingWasReplaced) {
  Objective kept = age(60);
  kept.kind = Objective::Kind::retention;
  const std::vector<Time> data{minute(10)};
  EXPECT_EQ(stand_of(kept, {minute(0), data, {}}, minute(999)).not_measured, "");
  EXPECT_NE(stand_of(kept, {minute(0), data, minute(940)}, minute(999)).not_measured, "");
  EXPECT_EQ(stand_of(kept, {minute(0), data, minute(900)}, minute(999)).not_measured, "");
}

TEST(Freshness, OfWhatCannotBeMeasuredSaysWhy) {
  Objective other = age(60);
  other.not_measured = "nobody counts it";
  EXPECT_EQ(stand_of(other, {minute(0), {}, {}}, minute(999)).not_measured, "nobody counts it");
  EXPECT_NE(stand_of(by("nonsense"), {minute(0), {}, {}}, minute(999)).not_measured, "");
}

TEST(Schedules, ComeWhenCronSaysSo) {
  const auto next = [](std::string_view schedule, std::string_view after) {
    const auto parsed = Schedule::parse(schedule);
    return parsed ? to_text(parsed->next(*parse_time(after))) : parsed.error().text;
  };
  EXPECT_EQ(next("30 6 * * 1-5", "2026-11-20T06:30:00Z"), "2026-11-23T06:30:00Z");
  EXPECT_EQ(next("30 6 * * mon-fri", "2026-11-20T06:29:59Z"), "2026-11-20T06:30:00Z");
  EXPECT_EQ(next("*/15 * * * *", "2026-11-20T23:46:00Z"), "2026-11-21T00:00:00Z");
  EXPECT_EQ(next("0 0 29 2 *", "2096-03-01T00:00:00Z"), "2104-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 13 * 5", "2026-11-01T00:00:00Z"), "2026-11-06T00:00:00Z");
  EXPECT_EQ(next("0 0 * * 7", "2026-11-20T00:00:00Z"), "2026-11-22T00:00:00Z");
  EXPECT_EQ(next("5 4 1 jan,Jul *", "2026-11-20T00:00:00Z"), "2027-01-01T04:05:00Z");
  EXPECT_EQ(next("10-40/10 0 * * *", "2026-11-20T00:31:00Z"), "2026-11-20T00:40:00Z");
  for (const std::string bad :
       {"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
        "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *", "0 0 31 2 *", "1,,2 * * * *",
        "-1 * * * *"})
    EXPECT_FALSE(Schedule::parse(bad)) << bad;
  EXPECT_FALSE(Schedule::parse(std::string(1'000'000, '*')));
}

}  // namespace
}  // namespace hansa
