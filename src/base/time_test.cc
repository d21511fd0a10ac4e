#include "base/time.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace hansa {
namespace {

TEST(ParseTime, RefusesWhatIsNoDateOrTime) {
  for (const std::string_view text : {"",
                                      "x",
                                      "2026",
                                      "2026-1-01",
                                      "2026-13-01",
                                      "2026-00-10",
                                      "2026-02-29",
                                      "2026-02-30",
                                      "2026-01-00",
                                      "2026-01-32",
                                      "2026/01/01",
                                      "2026-01-01T",
                                      "2026-01-01T10",
                                      "2026-01-01T10:00",
                                      "2026-01-01T10:00:00",
                                      "2026-01-01T24:00:00Z",
                                      "2026-01-01T10:60:00Z",
                                      "2026-01-01T10:00:60Z",
                                      "2026-01-01T10:00:00.Z",
                                      "2026-01-01T10:00:00,5Z",
                                      "2026-01-01T10:00:00+2:00",
                                      "2026-01-01T10:00:00+02",
                                      "2026-01-01T10:00:00+0200",
                                      "2026-01-01T10:00:00+24:00",
                                      "2026-01-01T10:00:00+02:60",
                                      "2026-01-01T10:00:00Z ",
                                      " 2026-01-01",
                                      "2026-01-01Z",
                                      "-026-01-01",
                                      "+026-01-01",
                                      "2026-01--1",
                                      "2026-01-01T-1:00:00Z",
                                      "2026-01-01T10:00:00.5",
                                      "2026-01-01T10:00:00.1e2Z",
                                      "20260101",
                                      "10000-01-01",
                                      "2026-01-01\n",
                                      "2026-01-01T10:00:00Zx",
                                      "2026-01-01 10:00:00+",
                                      "2026-01-01T10.00.00Z"}) {
    const auto time = parse_time(text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().code, Code::invalid) << text;
    EXPECT_FALSE(time.error().next.empty());
  }
  EXPECT_FALSE(parse_time(std::string_view("2026-01-01\0", 11)));
}

TEST(ParseTime, RefusesWhatAnOffsetMovesOutOfTheYearsThatCanBeWritten) {
  EXPECT_FALSE(parse_time("9999-12-31T23:59:59-00:01"));
  EXPECT_FALSE(parse_time("0000-01-01T00:00:00+00:01"));
  EXPECT_TRUE(parse_time("9999-12-31T23:59:59.999999Z"));
  EXPECT_TRUE(parse_time("0000-01-01T00:00:00Z"));
}

TEST(ParseTime, NeverRepeatsALongTextInItsError) {
  const auto time = parse_time(std::string(1'000'000, 'x'));
  ASSERT_FALSE(time);
  EXPECT_LT(time.error().text.size(), 200U);
  EXPECT_LT(parse_duration(std::string(1'000'000, 'x')).error().text.size(), 200U);
}

TEST(ParseTime, ReadsEverySpellingOfOneMoment) {
  const Time moment{1'795'338'000'000'000};
  ASSERT_EQ(to_text(moment), "2026-11-22T09:00:00Z");
  for (const std::string_view text :
       {"2026-11-22T09:00:00Z", "2026-11-22T09:00:00z", "2026-11-22 09:00:00Z",
        "2026-11-22T11:00:00+02:00", "2026-11-22T03:30:00-05:30", "2026-11-22T09:00:00.000000Z",
        "2026-11-22T09:00:00+00:00", "2026-11-23T08:59:00+23:59",
        "2026-11-22T09:00:00.0000000999Z"}) {
    const auto time = parse_time(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(*time, moment) << text;
  }
}

TEST(ParseTime, KnowsLeapYears) {
  for (const std::string_view text : {"2000-02-29", "2024-02-29", "1904-02-29"})
    EXPECT_TRUE(parse_time(text)) << text;
  for (const std::string_view text : {"1900-02-29", "2023-02-29", "2100-02-29"})
    EXPECT_FALSE(parse_time(text)) << text;
}

TEST(ParseTime, CountsDaysAsACalendarDoes) {
  // Every day from 1960 to 2060, counted by hand.
  std::int64_t us = -3653LL * 86'400'000'000;
  for (int year = 1960; year < 2060; ++year)
    for (int month = 1; month <= 12; ++month) {
      const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
      const int days = month == 2                                                ? (leap ? 29 : 28)
                       : (month == 4 || month == 6 || month == 9 || month == 11) ? 30
                                                                                 : 31;
      for (int day = 1; day <= days; ++day, us += 86'400'000'000) {
        char text[16];
        std::snprintf(text, sizeof text, "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
        const auto time = parse_time(text);
        ASSERT_TRUE(time) << text;
        ASSERT_EQ(time->us, us) << text;
      }
    }
}

TEST(Time, RoundTripsEveryMomentThatCanBeWritten) {
  std::mt19937_64 random(7);
  const std::int64_t first = parse_time("0000-01-01")->us;
  const std::int64_t last = parse_time("9999-12-31T23:59:59.999999Z")->us;
  std::uniform_int_distribution<std::int64_t> any(first, last);
  for (int i = 0; i < 50'000; ++i) {
    const Time time{i % 2 == 0 ? any(random) : any(random) / 1'000'000 * 1'000'000};
    const auto read = parse_time(to_text(time));
    ASSERT_TRUE(read) << to_text(time);
    ASSERT_EQ(*read, time) << to_text(time);
  }
  for (const std::int64_t us :
       {first, last, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, std::int64_t{-1'000'000}})
    EXPECT_EQ(parse_time(to_text(Time{us})), Time{us});
}

TEST(ParseDuration, RefusesWhatIsNoDuration) {
  for (const std::string_view text :
       {"", "5", "s", "-5s", "+5s", "5 s", " 5s", "5s ", "5sec", "1.5h", "1000001s",
        "99999999999999999999s", "5S", "5w", "0x5s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(ParseDuration, ReadsSecondsMinutesHoursAndDays) {
  EXPECT_EQ(*parse_duration("30s"), std::chrono::seconds(30));
  EXPECT_EQ(*parse_duration("15m"), std::chrono::minutes(15));
  EXPECT_EQ(*parse_duration("24h"), std::chrono::hours(24));
  EXPECT_EQ(*parse_duration("7d"), std::chrono::days(7));
  EXPECT_EQ(*parse_duration("0s"), Micros(0));
  EXPECT_EQ(*parse_duration("1000000d"), std::chrono::days(1'000'000));
}

TEST(SystemClock, NeverGoesBehindWhatItWasToldOrSaid) {
  const Time future = SystemClock().now() + std::chrono::hours(1);
  SystemClock clock(future);
  EXPECT_EQ(clock.now(), future);
  EXPECT_EQ(clock.now(), future);
  SystemClock fresh;
  Time last{};
  for (int i = 0; i < 100'000; ++i) {
    const Time now = fresh.now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(SystemClock, NeverGoesBackForAnyThread) {
  SystemClock clock;
  std::vector<std::jthread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      Time last{};
      for (int i = 0; i < 20'000; ++i) {
        const Time now = clock.now();
        if (now < last) ++wrong;
        last = now;
      }
    });
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace hansa
