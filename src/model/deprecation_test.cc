#include "model/deprecation.h"

#include <gtest/gtest.h>

#include <set>

namespace hansa {
namespace {

constexpr std::int64_t kDay = std::int64_t{86'400} * 1'000'000;

Deprecation ends_on(std::int64_t day) {
  return {.id = {{1, 1}}, .use = {}, .by = Time{day * kDay}, .why = "w", .renamed = {}};
}
Migration told() {
  return {.id = {{1, 2}},
          .port = {{1, 1}},
          .consumer = {GranteeKind::user, {1, 3}},
          .because = {"reads"},
          .told_at = Time{0}};
}
// The days on which somebody who reads each day is reminded.
std::set<int> reminded(const Deprecation& deprecation, Migration migration, int from, int until,
                       int step = 1) {
  std::set<int> out;
  for (int day = from; day <= until; day += step) {
    const Time now{day * kDay};
    if (!reminder_due(deprecation, migration, now, now)) continue;
    out.insert(day);
    migration.reminded_at = now;
  }
  return out;
}

TEST(Reminders, ComeAtHalfTimeAndBeforeTheEnd) {
  EXPECT_EQ(reminded(ends_on(100), told(), 1, 120), (std::set<int>{50, 86, 93, 99}));
  EXPECT_EQ(reminded(ends_on(20), told(), 1, 40), (std::set<int>{6, 10, 13, 19}));
}

TEST(Reminders, OfAShortNoticeAreThoseThatFitIntoIt) {
  EXPECT_EQ(reminded(ends_on(10), told(), 1, 20), (std::set<int>{3, 5, 9}));
  EXPECT_EQ(reminded(ends_on(1), told(), 1, 20), (std::set<int>{1}));
}

TEST(Reminders, ThatWereMissedAreOne) {
  EXPECT_EQ(reminded(ends_on(100), told(), 95, 120), (std::set<int>{95, 99}));
  EXPECT_EQ(reminded(ends_on(100), told(), 110, 120), (std::set<int>{110}));
  EXPECT_EQ(reminded(ends_on(100), told(), 20, 500, 40), (std::set<int>{60, 100}));
}

TEST(Reminders, GoByTheDateThatWasAgreed) {
  Migration later = told();
  later.agreed = Time{200 * kDay};
  EXPECT_EQ(reminded(ends_on(100), later, 1, 220), (std::set<int>{100, 186, 193, 199}));
  Migration sooner = told();
  sooner.agreed = Time{40 * kDay};
  EXPECT_EQ(reminded(ends_on(100), sooner, 1, 120), (std::set<int>{20, 26, 33, 39}));
}

TEST(Reminders, AreForThoseAloneWhoReadSince) {
  const Deprecation ends = ends_on(100);
  Migration migration = told();
  const Time now{60 * kDay};
  EXPECT_FALSE(reminder_due(ends, migration, {}, now));
  EXPECT_FALSE(reminder_due(ends, migration, Time{0}, now)) << "before it was told";
  EXPECT_TRUE(reminder_due(ends, migration, Time{1}, now));
  migration.reminded_at = Time{50 * kDay};
  EXPECT_FALSE(reminder_due(ends, migration, now, now)) << "that one was sent";
  const Time then{87 * kDay};
  EXPECT_FALSE(reminder_due(ends, migration, Time{50 * kDay}, then)) << "not since";
  EXPECT_TRUE(reminder_due(ends, migration, Time{50 * kDay + 1}, then));
  migration.answer = Answer::moved;
  migration.answered_at = Time{70 * kDay};
  EXPECT_FALSE(reminder_due(ends, migration, Time{60 * kDay}, then)) << "it moved";
  EXPECT_TRUE(reminder_due(ends, migration, Time{80 * kDay}, then)) << "and came back";
  migration.answer = Answer::question;
  EXPECT_TRUE(reminder_due(ends, migration, Time{60 * kDay}, then)) << "a question is no answer";
}

TEST(Reminders, EndWithTheVersion) {
  Deprecation gone = ends_on(100);
  gone.retired_at = Time{55 * kDay};
  EXPECT_FALSE(reminder_due(gone, told(), Time{1}, Time{60 * kDay}));
}

TEST(Brownouts, AreFromTheirFirstMomentToBeforeTheirLast) {
  Deprecation ends = ends_on(100);
  ends.brownouts = {{.from = Time{10}, .until = Time{20}, .by = {}, .announced = {}},
                    {.from = Time{30}, .until = Time{40}, .by = {}, .announced = {}}};
  EXPECT_EQ(brownout_at(ends, Time{9}), nullptr);
  EXPECT_EQ(brownout_at(ends, Time{10}), &ends.brownouts[0]);
  EXPECT_EQ(brownout_at(ends, Time{19}), &ends.brownouts[0]);
  EXPECT_EQ(brownout_at(ends, Time{20}), nullptr);
  EXPECT_EQ(brownout_at(ends, Time{39}), &ends.brownouts[1]);
}

}  // namespace
}  // namespace hansa
