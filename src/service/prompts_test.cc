// Access that ends and requests that wait are told of once each, to those whom it concerns.
#include "service/prompts.h"

#include "service/access.h"
#include "service/publish_house_test.h"
#include "service/step/migration.h"

namespace hansa::service {
namespace {

class Prompting : public Publish {
 protected:
  static constexpr std::chrono::hours kDay{24};

  std::string ask(const std::string& who, std::optional<int> days, Scope scope = {}) {
    const auto made =
        request_access(context(who), live, world,
                       {.port = "shows/payouts",
                        .purpose = "to count those who listen",
                        .scope = std::move(scope),
                        .until = days ? std::optional(clock.now() + *days * kDay) : std::nullopt});
    EXPECT_TRUE(made) << made.error().text;
    return made ? made->number : "";
  }
  std::string give(const std::string& who, std::optional<int> days, Scope scope = {}) {
    std::string number = ask(who, days, std::move(scope));
    const auto done = approve_access(context(steward), live, world, {.number = number});
    EXPECT_TRUE(done) << done.error().text;
    return number;
  }
  void read(const std::string& who) {
    const PortId id = live.read([&](const View& view) {
      return find_version(context("olga"), view, "shows/payouts@1").value()->id;
    });
    const auto ticket = world.store.count({.all = {{.port = id,
                                                    .who = context(who).who.id,
                                                    .makes = {},
                                                    .columns = {"a"},
                                                    .at = clock.now(),
                                                    .client = "test"}}});
    ASSERT_TRUE(ticket && (*ticket)->durable());
  }
  void pass(int days) { clock.advance(days * kDay); }
  std::size_t look() {
    std::optional<Time> looked;
    const auto done = prompt_due(live, world, rules, clock, looked);
    EXPECT_TRUE(done) << done.error().text;
    return done.value_or(999);
  }
  std::size_t told(std::string_view type) {
    const auto all = store.outbox().unrouted(100'000);
    return static_cast<std::size_t>(
        std::ranges::count(*all, type, [](const store::Message& each) { return each.type; }));
  }
  std::string steward = "sten";
};

TEST_F(Prompting, WhoUsesAccessHearsTwiceThatItEnds) {
  give("ada", 60);
  give("bob", 60);
  read("ada");
  pass(45);
  EXPECT_EQ(look(), 0U);
  pass(1);
  EXPECT_EQ(look(), 1U) << "bob does not use it";
  EXPECT_EQ(look(), 0U);
  pass(12);
  EXPECT_EQ(look(), 1U);
  pass(2);
  EXPECT_EQ(look(), 0U) << "it is over";
  EXPECT_EQ(told("access.expiring"), 2U);
}

TEST_F(Prompting, WhatAnotherGrantOutlastsEndsUntold) {
  Scope some;
  some.columns = {"a"};
  give("ada", 60, some);
  give("ada", 90);
  read("ada");
  pass(50);
  EXPECT_EQ(look(), 0U);
  pass(30);
  EXPECT_EQ(look(), 1U) << "the longer one ends, too";
}

TEST_F(Prompting, LooksHourly) {
  give("ada", 14);
  read("ada");
  std::optional<Time> looked;
  ASSERT_EQ(prompt_due(live, world, rules, clock, looked), 0U);
  pass(12);
  looked = clock.now() - std::chrono::minutes(59);
  EXPECT_EQ(prompt_due(live, world, rules, clock, looked), 0U);
  clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(prompt_due(live, world, rules, clock, looked), 1U);
}

TEST_F(Prompting, ARequestThatWaitsIsToldOnceToThoseWhoDecide) {
  ask("ada", {});
  EXPECT_EQ(look(), 0U);
  clock.advance(std::chrono::hours(36));
  EXPECT_EQ(look(), 1U);
  EXPECT_EQ(look(), 0U);
  EXPECT_GE(told("access.waiting"), 1U);
  clock.advance(std::chrono::hours(36));
  EXPECT_EQ(look(), 1U) << "all of the time is over";
  EXPECT_EQ(look(), 0U);
  EXPECT_EQ(told("access.overdue"), 2U) << "who decides, and the owners";
  rules.answer = Seconds(0);
  ask("bob", {});
  pass(30);
  EXPECT_EQ(look(), 0U) << "nobody wants to be reminded";
}

// What one commit may hold is counted in messages, one for each steward.
TEST_F(Prompting, AsManyRequestsAsSomebodyAsksKeepNobodyElseFromBeingTold) {
  std::string stewards = "sten";
  for (int i = 0; i < 20; ++i) {
    const std::string name = "steward" + std::to_string(i);
    people({name.c_str()});
    stewards += ", " + name;
  }
  ASSERT_TRUE(apply("admin",
                    "apiVersion: hansa/v1\nkind: Domain\nname: shows\ntitle: Shows\nowner: owners\n"
                    "stewards: [" +
                        stewards + "]\n"));
  Scope some;
  for (int i = 0; i < 500; ++i) {
    some.filter = parse_predicate("a = " + std::to_string(i)).value();
    ask("ada", {}, some);
  }
  some.filter = parse_predicate("a = 500").value();
  const auto more = request_access(
      context("ada"), live, world,
      {.port = "shows/payouts", .purpose = "to count those who listen", .scope = some});
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, Code::exhausted);
  EXPECT_EQ(more.error().text, "500 requests of yours wait for a decision");
  give("bob", 10);
  read("bob");
  pass(8);
  EXPECT_EQ(look(), 501U);
  EXPECT_EQ(told("access.overdue"), 500U * 22) << "the owners, too: it has waited for days";
  EXPECT_EQ(told("access.expiring"), 1U);
}

// A steward is not reminded of what may not be decided by whoever asked; who can name another is.
TEST_F(Prompting, WhereNobodyMayDecideTheOwnersAreTold) {
  const auto to = [&](std::string_view type) {
    std::vector<std::pair<Ulid, std::string>> out;
    const auto all = store.outbox().unrouted(100'000);
    for (const store::Message& each : *all)
      if (each.type == type)
        out.emplace_back(each.to,
                         parse_json(each.facts).value().find("next")->as_string()->c_str());
    return out;
  };
  ask("sten", {});
  pass(2);
  EXPECT_EQ(look(), 1U);
  const Ulid owners = live.read(
      [](const View& view) { return view.mesh.named<Team>(claim::team("owners"))->id.ulid; });
  for (const char* type : {"access.requested", "access.waiting"}) {
    const auto told = to(type);
    ASSERT_EQ(told.size(), 1U) << type;
    EXPECT_EQ(told[0].first, owners);
    EXPECT_EQ(told[0].second,
              "nobody may decide about it: name another steward of domain shows in its manifest, "
              "and hansa apply");
  }
}

TEST_F(Prompting, WhoAsksSeesHowLongHalfOfTheLastRequestsWaited) {
  const auto usual = [&](const std::string& number) {
    return get_access(context("ada"), live, {.number = number})->usual_answer_seconds;
  };
  const auto answered = [&](const std::string& who, int hours, bool yes) {
    const std::string number = ask(who, {});
    clock.advance(std::chrono::hours(hours));
    EXPECT_TRUE(yes ? approve_access(context(steward), live, world, {.number = number})
                    : reject_access(context(steward), live, world, {number, "not needed"}));
  };
  answered("bob", 9, false);
  answered("bob", 1, false);
  const std::string waits = ask("ada", 1);
  EXPECT_EQ(usual(waits), std::nullopt) << "two would tell of each other";
  const std::string taken_back = ask("sten", {});
  ASSERT_TRUE(revoke_access(context("sten"), live, world, {taken_back, "not needed"}));
  EXPECT_EQ(usual(waits), std::nullopt) << "nobody answered what was taken back";
  answered("bob", 4, true);
  EXPECT_EQ(usual(waits), 4U * 3600);
  ASSERT_TRUE(approve_access(context(steward), live, world, {.number = waits}));
  EXPECT_EQ(usual(waits), std::nullopt) << "it does not wait any more";
}

}  // namespace
}  // namespace hansa::service
