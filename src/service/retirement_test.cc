// Ending a version while others begin to rely on it, in every order that was drawn.
#include "service/retirement.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "base/text.h"
#include "service/access.h"
#include "service/deprecation.h"
#include "service/notices.h"
#include "service/publish_house_test.h"
#include "service/step/migration.h"
#include "service/step/subscribers.h"
#include "service/subscriptions.h"

namespace hansa::service {
namespace {

constexpr const char* kPort = "shows/plays@1";

// HANSA_INTERLEAVINGS says how many, HANSA_SEED which; a soak draws a million, out of a hundred
// seeds.
std::int64_t from_environment(const char* name, std::int64_t usual) {
  const char* set = std::getenv(name);
  return set != nullptr ? parse_int(set).value_or(0) : usual;
}

class Retiring : public Publish {
 protected:
  void SetUp() override {
    rules.quiet = Seconds(0);
    rules.notice = Seconds(0);
    people({"eve", "finn"});
    port_ = live.read(
        [&](const View& view) { return find_version(context("olga"), view, kPort).value()->id; });
  }

  // As a query does it: decided, counted, and decided again when its rows would leave. True: it got
  // them.
  bool read(const std::string& who) {
    const auto may_read = [&] {
      return live.read([&](const View& view) {
        return may(context(who), view, Action::read, on(*view.mesh.find<Port>(port_)));
      });
    };
    if (!may_read()) return false;
    if (late_) late_();
    const store::Uses uses{.all = {{.port = port_,
                                    .who = context(who).who.id,
                                    .makes = {},
                                    .columns = {"a"},
                                    .at = clock.now(),
                                    .client = "test"}}};
    const auto ticket = store.count(uses);
    EXPECT_TRUE(ticket && (*ticket)->durable());
    if (may_read()) {
      readers_.insert(who);
      return true;
    }
    store::Uses back = uses;
    back.taken_back = true;
    EXPECT_TRUE((*store.count(back))->durable());
    return false;
  }
  // And lets the announced day come.
  bool announce() {
    const bool done = deprecate(context("olga"), live, world, rules,
                                {.port = kPort,
                                 .use = {},
                                 .until = clock.now() + std::chrono::hours(24),
                                 .why = "w",
                                 .renamed = {},
                                 .override_ = false})
                          .has_value();
    clock.advance(std::chrono::hours(25));
    return done;
  }
  Result<api::DeprecationView> retire() {
    return retire_version(context("olga"), live, world, rules, {"shows", "plays@1"});
  }
  bool is_retired() {
    return live.read([&](const View& view) {
      const auto* found = view.mesh.find<Deprecation>(port_);
      return found != nullptr && found->retired_at.has_value();
    });
  }

  void one_thing(std::mt19937_64& chance) {
    static const char* const people[] = {"ada", "bob", "eve", "finn"};
    const std::string who = people[chance() % std::size(people)];
    switch (chance() % 6) {
      case 0:
      case 1: read(who); break;
      case 2:
        (void)subscribe(context(who), live, world, {.port = kPort, .as = {}, .purpose = "p"});
        break;
      case 3:
        (void)answer_notice(context(who), live, world,
                            {.domain = "shows",
                             .port = "plays@1",
                             .answer = Answer::needs_until,
                             .until = clock.now() + std::chrono::hours(12),
                             .text = {},
                             .on_behalf = {}});
        break;
      case 4:
        (void)answer_notice(context(who), live, world,
                            {.domain = "shows",
                             .port = "plays@1",
                             .answer = Answer::moved,
                             .until = {},
                             .text = {},
                             .on_behalf = {}});
        break;
      default:
        (void)request_access(
            context(who), live, world,
            {.port = "shows/payouts", .purpose = "something else altogether", .on_behalf = {}});
    }
  }

  // What must hold whatever came when.
  void look() {
    live.read([&](const View& view) {
      const auto* found = view.mesh.find<Deprecation>(port_);
      if (found == nullptr || !found->retired_at) return 0;
      EXPECT_TRUE(subscriptions_to(view, port_).empty()) << "somebody subscribes what is over";
      for (const std::string& who : readers_) {
        const auto* principal = view.mesh.named<Principal>(claim::principal(who));
        EXPECT_NE(view.mesh.named<Migration>(
                      claim::migration(port_, {GranteeKind::user, principal->id.ulid})),
                  nullptr)
            << who << " read it and was not told";
      }
      for (const Migration* each : view.mesh.migrations_of(port_))
        EXPECT_FALSE(each->agreed && *each->agreed > *found->retired_at && each->answered_at &&
                     *each->answered_at <= *found->retired_at)
            << "somebody was promised more time";
      return 0;
    });
  }

  void begin_anew() {
    if (is_retired()) {
      ASSERT_TRUE(restore_version(context("olga"), live, world, rules, {"shows", "plays@1"}));
    }
    (void)withdraw_deprecation(context("olga"), live, world, {"shows", "plays@1"});
    // What was read before is too long ago to count.
    clock.advance(audience_looks_back + std::chrono::hours(48));
    readers_.clear();
  }

  HouseRules rules;
  PortId port_;
  std::set<std::string> readers_;  // who got rows since the version was announced
  std::function<void()> late_;
};

TEST_F(Retiring, SeesAReadThatCameBetweenItsLookAndItsCommit) {
  ASSERT_TRUE(announce());
  int commits = 0;
  store.before = [&] {
    if (++commits == 1) read("ada");
  };
  const auto done = retire();
  store.before = nullptr;
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::blocked);
  EXPECT_TRUE(done.error().text.contains("ada was not told yet")) << done.error().text;
  EXPECT_TRUE(readers_.contains("ada"));
  EXPECT_EQ(retire().error().code, Code::blocked);  // told now
  EXPECT_TRUE(retire());
  look();
}

TEST_F(Retiring, IsRefusedWhileARecentReadWouldHaveRefusedIt) {
  rules.quiet = Seconds(3600);
  ASSERT_TRUE(announce());
  int commits = 0;
  store.before = [&] {
    if (++commits == 1) read("ada");
  };
  const auto done = retire();
  store.before = nullptr;
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::blocked);
  EXPECT_FALSE(is_retired());
}

TEST_F(Retiring, GivesUpInWordsWhileItIsReadAgainAndAgain) {
  read("ada");
  ASSERT_TRUE(announce());
  store.before = [&] { read("ada"); };
  const auto done = retire();
  store.before = nullptr;
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::conflict);
  EXPECT_FALSE(is_retired());
}

TEST_F(Retiring, KeepsItsPromisesInEveryOrder) {
  std::mt19937_64 chance(static_cast<std::uint64_t>(from_environment("HANSA_SEED", 7)));
  const auto rounds = static_cast<int>(from_environment("HANSA_INTERLEAVINGS", 500));
  int retired = 0, refused = 0;
  for (int round = 0; round < rounds; ++round) {
    ASSERT_TRUE(announce());
    for (std::uint64_t before = chance() % 3; before > 0; --before) one_thing(chance);
    // Others act in front of any commit of the retirement, and it in the middle of their reads.
    int left = static_cast<int>(chance() % 4);
    bool inside = false;
    store.before = [&] {
      if (inside || left == 0 || chance() % 2 == 0) return;
      inside = true;
      --left;
      one_thing(chance);
      inside = false;
    };
    if (chance() % 3 == 0) {
      late_ = [&] {
        late_ = nullptr;
        (void)retire();
      };
      read("eve");
      late_ = nullptr;
    }
    (retire() ? retired : refused)++;
    store.before = nullptr;
    look();
    one_thing(chance);
    look();
    if (HasFailure()) FAIL() << "in round " << round;
    begin_anew();
  }
  EXPECT_GT(retired, rounds / 10);
  EXPECT_GT(refused, rounds / 10);
}

}  // namespace
}  // namespace hansa::service
