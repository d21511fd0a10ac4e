// Who goes on reading a version that ends is reminded, once each time, whatever happens between;
// and brown-outs are announced and called off.
#include "service/reminders.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/brownouts.h"
#include "service/deprecation.h"
#include "service/notices.h"
#include "service/publish_house_test.h"
#include "service/retirement.h"
#include "service/step/differing.h"
#include "service/step/migration.h"

namespace hansa::service {
namespace {

class Reminding : public Publish {
 protected:
  static constexpr std::chrono::hours kDay{24};
  const api::OneVersion plays{"shows", "plays@1"};

  Time now() { return clock.now(); }
  void read(std::string who, const std::string& port = "shows/plays@1") {
    const PortId id = live.read(
        [&](const View& view) { return find_version(context("olga"), view, port).value()->id; });
    const auto ticket = world.store.count({.all = {{.port = id,
                                                    .who = context(who).who.id,
                                                    .makes = {},
                                                    .columns = {"a"},
                                                    .at = now(),
                                                    .client = "test"}}});
    ASSERT_TRUE(ticket && (*ticket)->durable());
  }
  void announce(int days, const std::string& port = "shows/plays@1") {
    const auto done = deprecate(context("olga"), live, world, rules,
                                {.port = port,
                                 .use = {},
                                 .until = now() + days * kDay,
                                 .why = "nobody needs it",
                                 .renamed = {},
                                 .override_ = true});
    ASSERT_TRUE(done) << done.error().text;
  }
  void pass(int days) { clock.advance(days * kDay); }
  std::size_t look() {
    Looked looked;
    const auto done = remind_due(live, world, clock, looked);
    EXPECT_TRUE(done) << done.error().text;
    return done.value_or(999);
  }
  // For whom messages of this type wait.
  std::vector<Ulid> told(std::string_view type) {
    std::vector<Ulid> out;
    const auto all = store.outbox().unrouted(10'000);
    for (const store::Message& each : *all)
      if (each.type == type) out.push_back(each.to);
    return out;
  }
};

TEST_F(Reminding, TellsThoseWhoStillReadOnceEachTime) {
  read("ada");
  read("bob");
  clock.advance(kDay);
  announce(60);
  EXPECT_EQ(look(), 0U) << "day 0 has its own notice";
  pass(1);
  read("ada");
  pass(28);
  EXPECT_EQ(look(), 0U);
  pass(1);
  EXPECT_EQ(look(), 1U) << "half of the time, and bob did not read since";
  EXPECT_EQ(look(), 0U);
  EXPECT_EQ(told("version.reminder"), std::vector<Ulid>{context("ada").who.id.ulid});
  pass(16);
  EXPECT_EQ(look(), 0U) << "14 days before, but nobody read since";
  read("bob");
  EXPECT_EQ(look(), 1U);
  read("ada");
  read("bob");
  EXPECT_EQ(look(), 1U) << "ada was not reminded of these 14 days yet";
  pass(1);
  read("ada");
  pass(29);
  EXPECT_EQ(look(), 1U) << "the rest in one, for whoever read since";
  EXPECT_EQ(look(), 0U);
}

TEST_F(Reminding, LeavesWhoMovedAloneUntilItComesBack) {
  read("ada");
  clock.advance(kDay);
  announce(60);
  pass(1);
  read("ada");
  ASSERT_TRUE(answer_notice(context("ada"), live, world,
                            {.domain = "shows",
                             .port = "plays@1",
                             .answer = Answer::moved,
                             .until = {},
                             .text = {},
                             .on_behalf = {}}));
  pass(40);
  EXPECT_EQ(look(), 0U);
  read("ada");
  EXPECT_EQ(look(), 1U);
}

TEST_F(Reminding, IsWrittenWithItsMessageOrNotAtAll) {
  read("ada");
  clock.advance(kDay);
  announce(60);
  pass(1);
  read("ada");
  pass(40);
  // The disk is full: nothing was written, and the next look sends it.
  store.fail_at(1, store::Fault::refused);
  Looked looked;
  EXPECT_FALSE(remind_due(live, world, clock, looked));
  EXPECT_TRUE(looked.empty());
  store.fail_at(0);
  EXPECT_TRUE(told("version.reminder").empty());
  EXPECT_EQ(look(), 1U);
  // Retired between the look and the commit.
  pass(10);
  read("ada");
  bool once = false;
  store.before = [&] {
    if (std::exchange(once, true)) return;
    const auto gone = retire_version(context("olga"), live, world, rules,
                                     {"shows", "plays@1", true, "it has to go"});
    EXPECT_TRUE(gone) << gone.error().text;
  };
  EXPECT_EQ(look(), 0U);
  store.before = {};
  EXPECT_EQ(told("version.reminder").size(), 1U);
}

TEST_F(Reminding, WhatWasLookedAtLatelyIsLeftAlone) {
  read("ada");
  clock.advance(kDay);
  announce(60);
  pass(40);
  Looked looked;
  const auto due = [&] { return remind_due(live, world, clock, looked).value_or(999); };
  EXPECT_EQ(due(), 0U) << "nobody read since";
  read("ada");
  EXPECT_EQ(due(), 0U) << "and nobody looks again at once";
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(due(), 1U);
  clock.advance(Seconds(1));
  read("ada");
  pass(13);
  EXPECT_EQ(due(), 1U) << "the next time to remind has come";
}

TEST_F(Reminding, OneVersionThatFailsLeavesTheOthersAlone) {
  ASSERT_TRUE(apply("olga", product("second", "open")));
  for (const char* port : {"shows/plays@1", "shows/second@1"}) {
    read("ada", port);
    announce(60, port);
  }
  pass(1);
  read("ada");
  read("ada", "shows/second@1");
  pass(40);
  store.fail_at(1, store::Fault::refused);
  Looked looked;
  EXPECT_FALSE(remind_due(live, world, clock, looked)) << "the first";
  store.fail_at(0);
  EXPECT_EQ(told("version.reminder").size(), 1U) << "the second";
  EXPECT_EQ(looked.size(), 1U);
  EXPECT_EQ(remind_due(live, world, clock, looked).value_or(999), 1U);
}

TEST_F(Reminding, WhatDiffersIsFoundOnceForAllAndCutForEach) {
  constexpr int kColumns = 3'000;
  std::string before, after;
  for (int i = 0; i < kColumns; ++i)
    before += fmt::format("      - {{name: c{}, logicalType: integer}}\n", i);
  ASSERT_TRUE(apply("olga", product("wide", "open", before)));
  ASSERT_TRUE(apply("olga", product("slim", "open")));
  const auto id = [&](const std::string& name) {
    return live.read(
        [&](const View& view) { return find_version(context("olga"), view, name).value()->id; });
  };
  const Deprecation deprecation{.id = id("shows/wide@1"),
                                .use = id("shows/slim@1"),
                                .by = {},
                                .why = {},
                                .renamed = {{"c7", "a"}}};
  Differing differing;
  differing.look(live, deprecation.id, deprecation.use);
  const auto words = [&](const std::set<std::string>& columns) {
    return live.read(
        [&](const View& view) { return differing.words(view, deprecation, columns, 20); });
  };
  for (int reader = 0; reader < 2'000; ++reader) {
    const std::string column = fmt::format("c{}", reader);
    const auto said = words({column});
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(
        said[0].starts_with(reader == 7 ? "column c7 is called a" : "column " + column + " goes"),
        true)
        << said[0];
  }
  EXPECT_EQ(differing.compared(), 1U);
  std::set<std::string> many{"c7", "a"};
  for (int i = 0; i < kColumns; ++i) many.insert(fmt::format("c{}", i));
  live.read([&](const View& view) {
    EXPECT_EQ(differing.names(view, deprecation, many, 5), (std::vector<std::string>{"a", "a"}));
    EXPECT_EQ(differing.names(view, deprecation, many, 1), (std::vector<std::string>{"a"}));
    EXPECT_TRUE(differing.names(view, deprecation, {"c8"}, 5).empty());
    return 0;
  });
  const auto all = words({});
  ASSERT_EQ(all.size(), 21U);
  EXPECT_EQ(all.back(), fmt::format("and {} more", kColumns - 20));
  EXPECT_TRUE(words({"unknown"}).empty());
  // A contract that changes is compared anew.
  ASSERT_TRUE(apply("olga", product("slim", "open",
                                    "      - {name: a, logicalType: integer, physicalType: long}\n"
                                    "      - {name: c7, logicalType: integer}\n",
                                    "1.1.0")));
  EXPECT_TRUE(words({"c7"}).empty());
  EXPECT_EQ(differing.compared(), 2U);
}

TEST_F(Reminding, ByHandIsForTheOwnerOnceADay) {
  read("ada");
  clock.advance(kDay);
  announce(60);
  EXPECT_EQ(remind_version(context("ada"), live, world, plays).error().code, Code::denied);
  const auto nobody = remind_version(context("olga"), live, world, plays);
  ASSERT_TRUE(nobody) << nobody.error().text;
  EXPECT_EQ(nobody->reminded, 0U) << "nobody read since they were told";
  const auto by_hand = [&] { return remind_version(context("olga"), live, world, plays); };
  clock.advance(Seconds(1));
  read("ada");
  ASSERT_TRUE(by_hand()) << "nobody was bothered yet";
  EXPECT_EQ(told("version.reminder").size(), 1U);
  read("ada");
  EXPECT_EQ(by_hand().error().code, Code::exhausted);
  clock.advance(kDay);
  EXPECT_TRUE(by_hand()) << "nobody read since";
  read("ada");
  EXPECT_TRUE(by_hand());
  EXPECT_EQ(told("version.reminder").size(), 2U);
}

TEST_F(Reminding, BrownoutsAreAnnouncedADayAhead) {
  read("ada");
  announce(60);
  const auto plan = [&](const char* who, Micros ahead, std::uint64_t seconds) {
    return brown_out(context(who), live, world, rules,
                     {"shows", "plays@1", now() + ahead, seconds});
  };
  EXPECT_EQ(plan("ada", 2 * kDay, 300).error().code, Code::denied);
  EXPECT_EQ(plan("olga", kDay - Seconds(1), 300).error().code, Code::invalid);
  EXPECT_EQ(plan("olga", 2 * kDay, 59).error().code, Code::invalid);
  EXPECT_EQ(plan("olga", 2 * kDay, 3'601).error().code, Code::invalid);
  EXPECT_EQ(plan("olga", 2 * kDay, UINT64_MAX).error().code, Code::invalid);
  const auto made = plan("olga", 2 * kDay, 300);
  ASSERT_TRUE(made) << made.error().text;
  ASSERT_EQ(made->brownouts.size(), 1U);
  EXPECT_EQ(made->brownouts[0].until, made->brownouts[0].from + Seconds(300));
  const Micros apart = Seconds(300) + std::chrono::hours(6);
  EXPECT_EQ(plan("olga", 2 * kDay + apart - Seconds(1), 300).error().code, Code::conflict);
  EXPECT_EQ(plan("olga", 2 * kDay - apart + Seconds(1), 300).error().code, Code::conflict);
  EXPECT_TRUE(plan("olga", 2 * kDay + apart, 60));
  EXPECT_EQ(told("version.brownout").size(), 2U);
  EXPECT_EQ(plan("olga", 60 * kDay - Seconds(299), 300).error().code, Code::invalid)
      << "after its end";
  // What is announced anew keeps them.
  announce(70);
  const auto kept = get_deprecation(context("olga"), live, world, rules, plays);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->brownouts.size(), 2U);
  const auto off = [&](const char* who) {
    return cancel_brownout(context(who), live, world, rules,
                           {"shows", "plays@1", made->brownouts[0].from});
  };
  EXPECT_EQ(off("ada").error().code, Code::denied);
  EXPECT_TRUE(off("olga"));
  EXPECT_EQ(off("olga").error().code, Code::not_found);
  EXPECT_EQ(told("version.brownout_cancelled").size(), 1U);
  const Time second = kept->brownouts[1].from;
  clock.advance(kept->brownouts[1].until - now());
  EXPECT_EQ(cancel_brownout(context("olga"), live, world, rules, {"shows", "plays@1", second})
                .error()
                .code,
            Code::not_found)
      << "it is over";
}

}  // namespace
}  // namespace hansa::service
