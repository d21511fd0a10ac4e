// Who asks what of products, and when it stops them.
#include "service/standards.h"

#include <thread>

#include "service/deprecation.h"
#include "service/maturity.h"
#include "service/publish_house_test.h"
#include "service/step/maturity.h"
#include "service/step/standards.h"

namespace hansa::service {
namespace {

class Standards : public Publish {
 protected:
  static std::string standard(const std::string& name, const std::string& requirement,
                              const std::string& scope = {}) {
    return "apiVersion: hansa/v1\nkind: Standard\nname: " + name + "\n" + scope +
           "requirements:\n  - {" + requirement + "}\n---\n";
  }
  static std::string of_shows() { return "scope: {domains: [shows]}\n"; }
  static std::string changed(const std::string& name = "plays") {
    return product(name, name == "plays" ? "open" : "restricted",
                   "      - {name: a, logicalType: integer, physicalType: long}\n", "1.0.1");
  }
};

TEST_F(Standards, AreWrittenByWhoAnswersForWhatTheySpeakOf) {
  const std::string whole = standard("basics", "rule: channel, severity: warn");
  EXPECT_EQ(apply("olga", whole).error().code, Code::denied);
  EXPECT_EQ(apply("ada", standard("own", "rule: owner, severity: warn", of_shows())).error().code,
            Code::denied);
  EXPECT_TRUE(apply("admin", whole));
  EXPECT_TRUE(apply("olga", standard("own", "rule: owner, severity: warn", of_shows())));
  // Neither taken over nor let go of.
  EXPECT_EQ(
      apply("olga", standard("basics", "rule: owner, severity: warn", of_shows())).error().code,
      Code::denied);
  EXPECT_EQ(apply("olga", standard("own", "rule: owner, severity: warn")).error().code,
            Code::denied);
  EXPECT_EQ(remove_standard(context("olga"), live, world, {"basics"}).error().code, Code::denied);
  EXPECT_EQ(remove_standard(context("ada"), live, world, {"own"}).error().code, Code::denied);
  // What changes nothing may stand in anybody's set.
  EXPECT_TRUE(apply("olga", whole + changed()));
  EXPECT_TRUE(remove_standard(context("olga"), live, world, {"own"}));
  EXPECT_TRUE(remove_standard(context("admin"), live, world, {"basics"}));
  EXPECT_EQ(get_standard(context("ada"), live, {"basics"}).error().code, Code::not_found);
}

TEST_F(Standards, WarnOrBlockWhatIsTouched) {
  ASSERT_TRUE(apply("admin", standard("basics", "rule: channel, severity: warn")));
  const auto warned = apply("olga", changed());
  ASSERT_TRUE(warned) << warned.error().text;
  ASSERT_EQ(warned->plan.findings.size(), 1U);
  EXPECT_EQ(warned->plan.findings[0].severity, "warning");
  EXPECT_TRUE(warned->plan.findings[0].message.contains("shows/plays"));
  ASSERT_TRUE(apply("admin", standard("basics", "rule: channel, severity: block")));
  const auto same = apply("olga", changed());
  ASSERT_TRUE(same) << same.error().text;
  EXPECT_TRUE(same->plan.changes.empty());
  const auto refused = apply("olga", product("plays", "open"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::blocked);
  EXPECT_TRUE(refused.error().text.contains("standard basics, channel")) << refused.error().text;
  EXPECT_TRUE(refused.error().next.contains("support")) << refused.error().next;
  // What the same set mends is mended.
  std::string mended = frame();
  mended.insert(mended.find("members: [olga]"), "channels: [{channel: \"#shows\"}]\n");
  EXPECT_TRUE(apply("admin", mended));
  EXPECT_TRUE(apply("olga", product("plays", "open")));
}

TEST_F(Standards, OfTheSameSetCount) {
  const std::string asks = standard("tested", "rule: tests, severity: block", of_shows());
  const auto refused = apply("olga", asks + changed());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::blocked);
  EXPECT_EQ(get_standard(context("ada"), live, {"tested"}).error().code, Code::not_found);
  std::string tested = changed();
  tested.insert(tested.find("physicalType"), "unique: true, ");
  EXPECT_TRUE(apply("olga", asks + tested));
}

TEST_F(Standards, ANoticeThatBlocksIsNotShortened) {
  const auto announce = [&](int days, bool override_ = false) {
    return deprecate(context("olga"), live, world, rules,
                     {.port = "shows/plays@1",
                      .use = {},
                      .until = context("olga").now + std::chrono::hours(24 * days),
                      .why = "over",
                      .renamed = {},
                      .override_ = override_});
  };
  const auto asks = [&](const std::string& severity) {
    ASSERT_TRUE(
        apply("admin", standard("notice", "rule: notice, days: 90, severity: " + severity)));
  };
  asks("block");
  EXPECT_EQ(announce(89).error().code, Code::blocked);
  EXPECT_EQ(announce(89, true).error().code, Code::blocked);
  ASSERT_TRUE(announce(90));
  EXPECT_EQ(announce(89).error().code, Code::blocked);
  EXPECT_TRUE(announce(91));
  asks("warn");
  const auto sooner = announce(60);
  ASSERT_TRUE(sooner) << sooner.error().text;
  ASSERT_EQ(sooner->warnings.size(), 1U);
  EXPECT_TRUE(sooner->warnings[0].contains("90 days"));
  EXPECT_TRUE(announce(61)->warnings.empty());
}

TEST_F(Standards, AreSoManyAtMost) {
  std::string all;
  for (std::size_t i = 0; i < standards_of_domain_max; ++i)
    all += standard("s" + std::to_string(i), "rule: owner, severity: warn", of_shows());
  ASSERT_TRUE(apply("olga", all));
  const std::string more = standard("more", "rule: owner, severity: warn", of_shows());
  EXPECT_EQ(apply("olga", more).error().code, Code::exhausted);
  ASSERT_TRUE(remove_standard(context("olga"), live, world, {"s0"}));
  EXPECT_TRUE(apply("olga", more));
  all.clear();
  for (std::size_t i = 0; i <= standards_of_organisation_max; ++i)
    all += standard("o" + std::to_string(i), "rule: owner, severity: warn");
  EXPECT_EQ(apply("admin", all).error().code, Code::exhausted);
}

TEST_F(Standards, AreSoManyAtMostAlsoWhereTwoComeAtOnce) {
  std::string all;
  for (std::size_t i = 1; i < standards_of_domain_max; ++i)
    all += standard("s" + std::to_string(i), "rule: owner, severity: warn", of_shows());
  ASSERT_TRUE(apply("olga", all));
  const auto add = [&](const Context& who, const std::string& name) {
    return apply_manifests(
               who, live, world,
               {.files = {{name, standard(name, "rule: owner, severity: warn", of_shows())}},
                .digest = {}})
        .has_value();
  };
  for (int round = 0; round < 30; ++round) {
    const Context like = context("olga");
    Trail trail;
    const Context beside{.who = like.who,
                         .request = like.request,
                         .now = like.now,
                         .deadline = like.deadline,
                         .stop = {},
                         .trail = trail};
    bool one = false, other = false;
    std::thread thread([&] { other = add(beside, "other"); });
    one = add(like, "one");
    thread.join();
    ASSERT_NE(one, other) << round;
    ASSERT_TRUE(remove_standard(context("olga"), live, world, {one ? "one" : "other"}));
  }
}

TEST_F(Standards, ScoresNameTheNextStep) {
  const auto before = get_maturity(context("ada"), live, world, {"shows", "plays"});
  ASSERT_TRUE(before) << before.error().text;
  EXPECT_TRUE(before->score.value() < 100);
  EXPECT_FALSE(before->next.empty());
  std::uint64_t sum = 0, weights = 0;
  for (const api::FactView& fact : before->facts) {
    sum += std::uint64_t{fact.percent} * fact.weight;
    weights += fact.weight;
    EXPECT_EQ(fact.next.empty(), fact.percent == 100) << fact.fact;
  }
  EXPECT_EQ(before->score, sum / weights);
  ASSERT_TRUE(apply("admin", standard("basics", "rule: channel, severity: block")));
  const auto after = get_maturity(context("ada"), live, world, {"shows", "plays"});
  EXPECT_LT(*after->score, *before->score);
  EXPECT_EQ(after->misses.size(), 1U);
  EXPECT_EQ(after->next, after->misses[0].next);
}

TEST_F(Standards, AreNotCountedForWhoHasLeft) {
  ASSERT_TRUE(apply("admin", standard("basics", "rule: channel, severity: warn")));
  std::stop_source left;
  left.request_stop();
  Context who = context("ada");
  who.stop = left.get_token();
  EXPECT_EQ(get_domain_maturity(who, live, world, {"shows"}).error().code, Code::unavailable);
  EXPECT_EQ(get_standard(who, live, {"basics"}).error().code, Code::unavailable);
  EXPECT_EQ(list_maturity(who, live, world, {.domain = {}, .kind = "domain"}).error().code,
            Code::unavailable);
}

TEST_F(Standards, AreHeldAgainstWideProductsSomeAtATime) {
  std::string columns;
  for (int i = 0; i < 400; ++i)
    columns += "      - {name: c" + std::to_string(i) + ", logicalType: integer}\n";
  std::string patterns = "x0";
  for (int i = 1; i < 16; ++i) patterns += ", x" + std::to_string(i);
  ASSERT_TRUE(apply(
      "admin", standard("names", "rule: naming, severity: warn, columns: [" + patterns + "]")));
  constexpr int kWide = 60;  // several times what is done under one lock
  for (int i = 0; i < kWide; ++i)
    ASSERT_TRUE(apply("olga", product("wide" + std::to_string(i), "open", columns)));
  const auto all = get_domain_maturity(context("olga"), live, world, {"shows"});
  ASSERT_TRUE(all) << all.error().text;
  EXPECT_GE(all->missing, static_cast<std::uint64_t>(kWide));
  EXPECT_GE(*get_standard(context("olga"), live, {"names"})->missing, kWide);
}

TEST_F(Standards, CountWhatTheCallerMayKnowAlone) {
  ASSERT_TRUE(apply("admin", standard("basics", "rule: channel, severity: warn")));
  const auto seen = [&](const char* who) {
    return to_text(to_json(*get_domain_maturity(context(who), live, world, {"shows"}))) +
           to_text(to_json(*get_standard(context(who), live, {"basics"}))) +
           to_text(to_json(*list_maturity(context(who), live, world, {.domain = {}, .kind = {}}))) +
           to_text(to_json(
               *list_maturity(context(who), live, world, {.domain = {}, .kind = "domain"})));
  };
  const std::string before = seen("ada");
  const std::string owners = seen("olga");
  ASSERT_TRUE(apply("olga", product("plan", "hidden")));
  EXPECT_EQ(seen("ada"), before);
  EXPECT_NE(seen("olga"), owners);
}

}  // namespace
}  // namespace hansa::service
