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
