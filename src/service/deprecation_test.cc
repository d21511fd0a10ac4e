// The end of a version: who is told, who is in the way, and who may do what.
#include "service/deprecation.h"

#include "service/access.h"
#include "service/notices.h"
#include "service/publish_house_test.h"
#include "service/retirement.h"
#include "service/step/migration.h"

namespace hansa::service {
namespace {

class Deprecating : public Publish {
 protected:
  static constexpr std::chrono::hours kDay{24};

  Result<api::DeprecationView> announce(std::string who, std::string port, int days = 60,
                                        bool override_ = false) {
    return deprecate(context(who), live, world, rules,
                     {.port = std::move(port),
                      .use = {},
                      .until = now() + days * kDay,
                      .why = "nobody needs it",
                      .renamed = {},
                      .override_ = override_});
  }
  Time now() { return context("olga").now; }
  // As Reads counts it.
  void read(std::string who, std::string port, std::vector<std::string> columns) {
    const PortId id = live.read(
        [&](const View& view) { return find_version(context("olga"), view, port).value()->id; });
    const auto ticket = world.store.count({.all = {{.port = id,
                                                    .who = context(who).who.id,
                                                    .makes = {},
                                                    .columns = std::move(columns),
                                                    .at = now(),
                                                    .client = "test"}}});
    ASSERT_TRUE(ticket) << ticket.error().text;
    ASSERT_TRUE((*ticket)->durable());
  }
  std::vector<std::string> consumers(std::string who, std::string port) {
    const auto slash = port.find('/');
    const auto view = get_deprecation(context(who), live, world, rules,
                                      {port.substr(0, slash), port.substr(slash + 1)});
    std::vector<std::string> out;
    if (!view) return {view.error().text};
    for (const auto& each : view->consumers) out.push_back(each.who);
    return out;
  }
};

TEST_F(Deprecating, TellsThoseWhoReadAndNotItsOwners) {
  read("ada", "shows/plays@1", {"a"});
  read("olga", "shows/plays@1", {"a"});
  const auto done = announce("olga", "shows/plays@1");
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(consumers("olga", "shows/plays@1"), std::vector<std::string>{"ada"});
  EXPECT_EQ(done->consumers.at(0).because, std::vector<std::string>{"reads"});
}

TEST_F(Deprecating, TellsWhoeverWasGivenAccess) {
  const auto asked = request_access(
      context("ada"), live, world,
      {.port = "shows/payouts", .purpose = "to count what was paid", .on_behalf = {}});
  ASSERT_TRUE(asked) << asked.error().text;
  ASSERT_TRUE(approve_access(context("sten"), live, world, {.number = asked->number}));
  const auto done = announce("olga", "shows/payouts@1");
  ASSERT_TRUE(done) << done.error().text;
  ASSERT_EQ(done->consumers.size(), 1U);
  EXPECT_EQ(done->consumers.at(0).because, std::vector<std::string>{asked->number});
}

TEST_F(Deprecating, GivesReadersTheNoticeTheyAreOwed) {
  rules.notice = Seconds(30 * 86400);
  // Nobody is hit by the end of what nobody reads.
  EXPECT_TRUE(announce("olga", "shows/plays@1", 1));
  read("ada", "shows/plays@1", {"a"});
  const auto sooner = deprecate(context("olga"), live, world, rules,
                                {.port = "shows/plays@1",
                                 .use = {},
                                 .until = now() + kDay / 2,
                                 .why = "w",
                                 .renamed = {},
                                 .override_ = false});
  EXPECT_EQ(sooner.error().code, Code::blocked);
  EXPECT_TRUE(announce("olga", "shows/plays@1", 2));  // later than announced: nobody loses
  EXPECT_TRUE(announce("olga", "shows/plays@1", 1, true));
}

TEST_F(Deprecating, RefusesWhatMakesNoSense) {
  EXPECT_EQ(announce("ada", "shows/plays@1").error().code, Code::denied);
  EXPECT_EQ(announce("olga", "shows/none@1").error().code, Code::not_found);
  EXPECT_EQ(announce("olga", "shows/plays@1", -1).error().code, Code::invalid);
  EXPECT_EQ(announce("olga", "shows/plays@1", 366 * 5 + 1).error().code, Code::invalid);
  api::Deprecate ask{.port = "shows/plays@1",
                     .use = "shows/plays@1",
                     .until = now() + 60 * kDay,
                     .why = "w",
                     .renamed = {},
                     .override_ = false};
  const auto refused = [&] { return deprecate(context("olga"), live, world, rules, ask); };
  EXPECT_EQ(refused().error().code, Code::invalid);
  ask.use.clear();
  ask.renamed = {{"a", "b"}};
  EXPECT_EQ(refused().error().code, Code::invalid);
  ask.renamed.clear();
  ask.why = " ";
  EXPECT_EQ(refused().error().code, Code::invalid);
  ask.why = std::string(501, 'w');
  EXPECT_EQ(refused().error().code, Code::invalid);
  ask.why = std::string(500, 'w');
  EXPECT_TRUE(refused());
}

TEST_F(Deprecating, IsNotRetiredBesideAReaderWhoWasNotTold) {
  rules.quiet = Seconds(0);
  ASSERT_TRUE(announce("olga", "shows/plays@1"));
  read("ada", "shows/plays@1", {"a"});
  const auto first = retire_version(context("olga"), live, world, rules, {"shows", "plays@1"});
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, Code::blocked);
  EXPECT_TRUE(first.error().text.contains("just now told")) << first.error().text;
  EXPECT_EQ(consumers("olga", "shows/plays@1"), std::vector<std::string>{"ada"});
}

TEST_F(Deprecating, EndsWhenItIsOverAndComesBack) {
  rules.quiet = Seconds(0);
  rules.notice = Seconds(0);
  ASSERT_TRUE(announce("olga", "shows/plays@1"));
  const auto gone = retire_version(context("olga"), live, world, rules, {"shows", "plays@1"});
  ASSERT_TRUE(gone) << gone.error().text;  // nobody is left who could need it until then
  const auto may_read = [&] {
    return live.read([&](const View& view) {
      const Port* port = find_version(context("olga"), view, "shows/plays@1").value();
      return may(context("ada"), view, Action::read, on(*port));
    });
  };
  EXPECT_FALSE(may_read());
  EXPECT_EQ(announce("olga", "shows/plays@1").error().code, Code::blocked);
  ASSERT_TRUE(restore_version(context("olga"), live, world, rules, {"shows", "plays@1"}));
  EXPECT_TRUE(may_read());
}

TEST_F(Deprecating, TakesAnAnswerFromWhoeverWasTold) {
  read("ada", "shows/plays@1", {"a"});
  ASSERT_TRUE(announce("olga", "shows/plays@1"));
  api::AnswerNotice ask{.domain = "shows",
                        .port = "plays@1",
                        .answer = Answer::moved,
                        .until = {},
                        .text = "since Monday",
                        .on_behalf = {}};
  EXPECT_EQ(answer_notice(context("olga"), live, world, ask).error().code, Code::not_found);
  const auto moved = answer_notice(context("ada"), live, world, ask);
  ASSERT_TRUE(moved) << moved.error().text;
  EXPECT_EQ(moved->standing, Standing::moved);
  EXPECT_EQ(moved->answered_by, "ada");
  ask.answer = Answer::needs_until;
  EXPECT_EQ(answer_notice(context("ada"), live, world, ask).error().code, Code::invalid);
  ask.until = now() + 30 * kDay;  // within what was announced: agreed at once
  EXPECT_EQ(answer_notice(context("ada"), live, world, ask)->agreed, ask.until);
  ask.until = now() + 90 * kDay;
  const auto longer = answer_notice(context("ada"), live, world, ask);
  EXPECT_EQ(longer->wanted, ask.until);
  EXPECT_NE(longer->agreed, ask.until);
}

TEST_F(Deprecating, KeepsWhatWasAgreedWhenAConsumerAsksSomething) {
  read("ada", "shows/plays@1", {"a"});
  ASSERT_TRUE(announce("olga", "shows/plays@1"));
  const Time wanted = now() + 90 * kDay;
  api::AnswerNotice ask{.domain = "shows",
                        .port = "plays@1",
                        .answer = Answer::needs_until,
                        .until = wanted,
                        .text = {},
                        .on_behalf = {}};
  ASSERT_TRUE(answer_notice(context("ada"), live, world, ask));
  const Time agreed = now() + 120 * kDay;
  const auto extended =
      extend_version(context("olga"), live, world, {"shows", "plays@1", "ada", agreed});
  ASSERT_TRUE(extended) << extended.error().text;
  EXPECT_EQ(extended->wanted, wanted);  // what it said stays what it said
  ask.answer = Answer::question;
  ask.until.reset();
  ask.text = "what becomes of column a?";
  const auto asked = answer_notice(context("ada"), live, world, ask);
  ASSERT_TRUE(asked) << asked.error().text;
  EXPECT_EQ(asked->agreed, agreed);
  EXPECT_EQ(asked->wanted, wanted);
  ask.answer = Answer::moved;
  EXPECT_FALSE(answer_notice(context("ada"), live, world, ask)->agreed);
}

TEST(Standing, CountsWhatAConsumerDoesBeforeWhatItSays) {
  Migration each{.id = {}, .port = {}, .consumer = {}, .because = {}, .told_at = Time{10}};
  EXPECT_EQ(standing(each, {}), Standing::quiet);
  EXPECT_EQ(standing(each, Time{10}), Standing::quiet);
  EXPECT_EQ(standing(each, Time{11}), Standing::told);
  each.answer = Answer::moved;
  each.answered_at = Time{20};
  EXPECT_EQ(standing(each, Time{20}), Standing::moved);
  EXPECT_EQ(standing(each, Time{21}), Standing::reopened);
  each.answer = Answer::not_mine;
  EXPECT_EQ(standing(each, Time{21}), Standing::reopened);
  EXPECT_EQ(standing(each, Time{19}), Standing::not_mine);
}

}  // namespace
}  // namespace hansa::service
