#include "model/grant.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "base/fields.h"
#include "model/spelling.h"

namespace hansa {
namespace {

constexpr Time kNow{1'000};
const PrincipalId kSteward{{1, 1}};

Grant grant_in(GrantState state) {
  Grant grant;
  grant.id = {{2, 1}};
  grant.number = 7;
  grant.state = state;
  grant.purpose = "to count plays";
  grant.requested_by = {{3, 1}};
  return grant;
}

TEST(Grant, TakesNoStepFromAStateWhereItDoesNotBegin) {
  struct Step {
    const char* name;
    std::function<Result<Grant>(Grant)> take;
    std::vector<GrantState> from;
    GrantState to;
  };
  const std::vector<Step> steps{
      {"approve",
       [](Grant g) { return approve(std::move(g), kSteward, kNow, {}); },
       {GrantState::requested},
       GrantState::active},
      {"reject",
       [](Grant g) { return reject(std::move(g), kSteward, kNow, "no"); },
       {GrantState::requested},
       GrantState::rejected},
      {"revoke",
       [](Grant g) { return revoke(std::move(g), kSteward, kNow, "over"); },
       {GrantState::requested, GrantState::active},
       GrantState::revoked},
      {"renew",
       [](Grant g) { return renew(std::move(g), kSteward, kNow, Time{2'000}); },
       {GrantState::active},
       GrantState::active},
  };
  for (const Step& step : steps)
    for (const GrantState state :
         {GrantState::requested, GrantState::active, GrantState::rejected, GrantState::revoked}) {
      const Grant before = grant_in(state);
      const auto after = step.take(before);
      const bool begins_here = std::ranges::find(step.from, state) != step.from.end();
      ASSERT_EQ(after.has_value(), begins_here) << step.name << " from " << static_cast<int>(state);
      if (!after) {
        EXPECT_EQ(after.error().code, Code::conflict);
        continue;
      }
      EXPECT_EQ(after->state, step.to) << step.name;
      EXPECT_EQ(after->decided_by, kSteward);
      EXPECT_EQ(after->decided_at, kNow);
      // Nothing else about it moves: who asked, for what, for whom.
      Grant same = *after;
      same.state = before.state, same.decided_by = before.decided_by,
      same.decided_at = before.decided_at;
      same.reason = before.reason, same.until = before.until;
      ASSERT_EQ(same.steps.size(), 1U);
      // "approve" and "approved"
      EXPECT_TRUE(name_of(same.steps[0].act).starts_with(std::string_view(step.name)));
      EXPECT_EQ(same.steps[0].by, kSteward);
      EXPECT_EQ(same.steps[0].at, kNow);
      same.steps.clear();
      EXPECT_EQ(same, before) << step.name;
    }
}

TEST(Grant, KeepsItsLastSteps) {
  Grant grant = grant_in(GrantState::active);
  add_step(grant, GrantAct::approved, kSteward, Time{1});
  for (std::size_t i = 0; i < kGrantStepsMax; ++i)
    grant = *renew(grant, kSteward, kNow, Time{5'000});
  ASSERT_EQ(grant.steps.size(), kGrantStepsMax);
  EXPECT_EQ(grant.steps.front().act, GrantAct::renewed);
}

TEST(Approve, NeverLengthensWhatWasAskedForNorReachesIntoThePast) {
  Grant asked = grant_in(GrantState::requested);
  asked.until = Time{5'000};
  EXPECT_EQ(approve(asked, kSteward, kNow, Time{5'001}).error().code, Code::invalid);
  EXPECT_EQ(approve(asked, kSteward, kNow, kNow).error().code, Code::invalid);
  EXPECT_EQ(approve(asked, kSteward, Time{5'000}, {}).error().code, Code::invalid);
  EXPECT_EQ(approve(asked, kSteward, kNow, Time{4'000})->until, Time{4'000});
  EXPECT_EQ(approve(asked, kSteward, kNow, Time{5'000})->until, Time{5'000});
  EXPECT_EQ(approve(asked, kSteward, kNow, {})->until, Time{5'000});
  EXPECT_EQ(approve(grant_in(GrantState::requested), kSteward, kNow, Time{9'000})->until,
            Time{9'000});
}

TEST(Approve, RefusesAWindowThatEndsBeforeItBegins) {
  Grant asked = grant_in(GrantState::requested);
  asked.not_before = Time{3'000};
  EXPECT_EQ(approve(asked, kSteward, kNow, Time{2'000}).error().code, Code::invalid);
  EXPECT_EQ(approve(asked, kSteward, kNow, Time{3'000}).error().code, Code::invalid);
  EXPECT_TRUE(approve(asked, kSteward, kNow, Time{3'001}));
  Grant active = grant_in(GrantState::active);
  active.not_before = Time{3'000};
  EXPECT_EQ(renew(active, kSteward, kNow, Time{2'000}).error().code, Code::invalid);
}

TEST(Renew, RefusesADateInThePast) {
  EXPECT_EQ(renew(grant_in(GrantState::active), kSteward, kNow, kNow).error().code, Code::invalid);
  EXPECT_EQ(renew(grant_in(GrantState::active), kSteward, kNow, Time{1'001})->until, Time{1'001});
}

TEST(RejectAndRevoke, NeedAReasonThatCanBeRead) {
  for (const std::string& reason : {std::string(), std::string(" \n"), std::string("\xFF"),
                                    std::string("a\x1B[2J"), std::string(100'000, 'x')}) {
    EXPECT_EQ(reject(grant_in(GrantState::requested), kSteward, kNow, reason).error().code,
              Code::invalid);
    EXPECT_EQ(revoke(grant_in(GrantState::active), kSteward, kNow, reason).error().code,
              Code::invalid);
  }
  EXPECT_EQ(reject(grant_in(GrantState::requested), kSteward, kNow, "not needed")->reason,
            "not needed");
}

TEST(InForce, IsHalfOpenAndForActiveGrantsOnly) {
  Grant grant = grant_in(GrantState::active);
  grant.not_before = Time{10};
  grant.until = Time{20};
  for (const auto& [now, holds] : std::vector<std::pair<std::int64_t, bool>>{
           {9, false}, {10, true}, {19, true}, {20, false}, {21, false}})
    EXPECT_EQ(in_force(grant, Time{now}), holds) << now;
  for (const GrantState state :
       {GrantState::requested, GrantState::rejected, GrantState::revoked}) {
    grant.state = state;
    EXPECT_FALSE(in_force(grant, Time{15}));
  }
  EXPECT_TRUE(in_force(grant_in(GrantState::active), Time{INT64_MAX}));
  EXPECT_TRUE(in_force(grant_in(GrantState::active), Time{INT64_MIN}));
}

constexpr std::int64_t kDay = std::int64_t{86'400} * 1'000'000;

// The days on which whoever has it is told, if somebody looks every `step` days.
std::vector<int> prompted(Grant grant, int from, int until, int step = 1) {
  std::vector<int> out;
  for (int day = from; day <= until; day += step) {
    if (!expiry_prompt_due(grant, Time{day * kDay})) continue;
    out.push_back(day);
    grant.prompted_at = Time{day * kDay};
  }
  return out;
}
Grant given(int from, int until) {
  Grant grant = grant_in(GrantState::active);
  grant.steps.clear();
  add_step(grant, GrantAct::approved, {}, Time{from * kDay});
  grant.decided_at = Time{from * kDay};
  grant.until = Time{until * kDay};
  return grant;
}

TEST(ExpiryPrompt, ComesTwiceAndOnceEach) {
  EXPECT_EQ(prompted(given(0, 90), 0, 100), (std::vector{76, 88}));
  EXPECT_EQ(prompted(given(0, 90), 0, 100, 7), (std::vector{77}))
      << "who looks weekly finds it over when it would look the second time";
  EXPECT_EQ(prompted(given(0, 90), 80, 100), (std::vector{80, 88}));
  EXPECT_EQ(prompted(given(0, 90), 89, 100), (std::vector{89})) << "one for both";
}

TEST(ExpiryPrompt, IsNotForMomentsThatHadPassedWhenItWasGiven) {
  EXPECT_EQ(prompted(given(0, 10), 0, 20), (std::vector{8}));
  EXPECT_EQ(prompted(given(0, 1), 0, 20), (std::vector<int>{}));
  EXPECT_EQ(prompted(given(0, 14), 0, 20), (std::vector{12}));
}

TEST(ExpiryPrompt, BeginsAnewWhereItIsRenewed) {
  Grant grant = given(0, 90);
  grant.prompted_at = Time{88 * kDay};
  add_step(grant, GrantAct::renewed, {}, Time{89 * kDay});
  grant.until = Time{180 * kDay};
  EXPECT_EQ(prompted(grant, 89, 200), (std::vector{166, 178}));
  grant.until = Time{95 * kDay};
  EXPECT_EQ(prompted(grant, 89, 200), (std::vector{93}));
}

TEST(ExpiryPrompt, IsForWhatIsInForceAndEnds) {
  Grant grant = given(0, 90);
  grant.until.reset();
  EXPECT_FALSE(expiry_prompt_due(grant, Time{80 * kDay}));
  for (const GrantState state :
       {GrantState::requested, GrantState::rejected, GrantState::revoked}) {
    grant = given(0, 90);
    grant.state = state;
    EXPECT_FALSE(expiry_prompt_due(grant, Time{80 * kDay}));
  }
  grant = given(0, 90);
  grant.not_before = Time{85 * kDay};
  EXPECT_EQ(prompted(grant, 0, 100), (std::vector{85, 88})) << "not before it begins";
}

TEST(AnswerPrompt, ComesOnceAtHalfOfTheTime) {
  Grant grant = grant_in(GrantState::requested);
  grant.requested_at = Time{0};
  const Micros within(4 * kDay);
  const auto due = [&](std::int64_t at) { return answer_prompt_due(grant, within, Time{at}); };
  EXPECT_EQ(due(2 * kDay - 1), AnswerPrompt::none);
  EXPECT_EQ(due(2 * kDay), AnswerPrompt::waiting);
  EXPECT_EQ(answer_prompt_due(grant, Micros(0), Time{2 * kDay}), AnswerPrompt::none)
      << "nobody wants it";
  grant.until = Time{2 * kDay};
  EXPECT_EQ(due(2 * kDay), AnswerPrompt::none) << "what was asked for is over";
  grant.until.reset();
  grant.prompted_at = Time{2 * kDay};
  EXPECT_EQ(due(3 * kDay), AnswerPrompt::none);
  grant.prompted_at.reset();
  grant.state = GrantState::active;
  EXPECT_EQ(due(3 * kDay), AnswerPrompt::none);
}

TEST(AnswerPrompt, GoesFurtherWhenAllOfTheTimeIsOver) {
  Grant grant = grant_in(GrantState::requested);
  grant.requested_at = Time{0};
  const Micros within(4 * kDay);
  const auto due = [&](std::int64_t at) { return answer_prompt_due(grant, within, Time{at}); };
  EXPECT_EQ(due(4 * kDay), AnswerPrompt::overdue) << "alone, where nobody looked before";
  grant.prompted_at = Time{3 * kDay};
  EXPECT_EQ(due(4 * kDay - 1), AnswerPrompt::none);
  EXPECT_EQ(due(4 * kDay), AnswerPrompt::overdue);
  grant.prompted_at = Time{4 * kDay};
  EXPECT_EQ(due(400 * kDay), AnswerPrompt::none) << "once";
}

TEST(AnsweredAfter, IsTheWaitForTheFirstAnswer) {
  Grant grant;
  grant.requested_at = Time{1 * kDay};
  EXPECT_EQ(answered_after(grant), std::nullopt);
  add_step(grant, GrantAct::requested, {}, Time{1 * kDay});
  EXPECT_EQ(answered_after(grant), std::nullopt) << "it waits";
  Grant taken_back = grant;
  add_step(taken_back, GrantAct::revoked, {}, Time{2 * kDay});
  EXPECT_EQ(answered_after(taken_back), std::nullopt);
  add_step(grant, GrantAct::approved, {}, Time{3 * kDay});
  add_step(grant, GrantAct::renewed, {}, Time{9 * kDay});
  EXPECT_EQ(answered_after(grant), Micros(2 * kDay));
  Grant written;
  add_step(written, GrantAct::approved, {}, Time{0});
  EXPECT_EQ(answered_after(written), std::nullopt) << "nobody asked for what a manifest gives";
}

TEST(CoversMajor, MeansAllIfNoneIsNamed) {
  Grant grant;
  EXPECT_TRUE(covers_major(grant, 1));
  EXPECT_TRUE(covers_major(grant, 99));
  grant.majors = {1, 3};
  EXPECT_TRUE(covers_major(grant, 3));
  EXPECT_FALSE(covers_major(grant, 2));
}

}  // namespace
}  // namespace hansa
