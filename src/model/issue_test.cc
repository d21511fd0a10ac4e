#include "model/issue.h"

#include <gtest/gtest.h>

#include "model/incident.h"
#include "model/keys.h"
#include "model/noun.h"

namespace hansa {
namespace {

PrincipalId who(std::uint64_t n) { return {{1, n}}; }

TEST(Issues, OfTheSameWordsAreOneWhileTheyAreOpen) {
  Issue one{.id = {{1, 1}},
            .product = {{2, 1}},
            .text = "Please add  the COUNTRY, of a play!",
            .askers = {{who(1), Time{1}}}};
  Issue other = one;
  other.id = {{1, 2}};
  other.text = "please add the country of a play";
  EXPECT_EQ(claims_of(share(one)), claims_of(share(other)));
  other.kind = IssueKind::question;
  EXPECT_NE(claims_of(share(one)), claims_of(share(other)));
  other.kind = IssueKind::wish;
  other.product = {{2, 2}};
  EXPECT_NE(claims_of(share(one)), claims_of(share(other)));
  one.state = IssueState::declined;
  EXPECT_TRUE(claims_of(share(one)).empty());
}

TEST(Issues, AreAlikeByTheirWords) {
  EXPECT_EQ(normalised("  A-b,\tC!\n"), "a b c");
  EXPECT_EQ(normalised("!?"), "");
  EXPECT_EQ(likeness("add the country", "The country: ADD"), 1);
  EXPECT_EQ(likeness("add the country", "remove it"), 0);
  EXPECT_EQ(likeness("", ""), 0);
  EXPECT_DOUBLE_EQ(likeness("a b c", "b c d"), 0.5);
}

TEST(Issues, AreAnsweredByTheirStates) {
  const Issue open{.id = {{1, 1}}, .product = {{2, 1}}, .text = "t", .askers = {{who(1), Time{1}}}};
  EXPECT_EQ(answered(open, IssueAct::decline, "", {}, who(9), Time{5}).error().code, Code::invalid);
  EXPECT_EQ(answered(open, IssueAct::fulfil, "", {}, who(9), Time{5}).error().code, Code::invalid);
  EXPECT_FALSE(answered(open, IssueAct::accept, "", PortId{{3, 1}}, who(9), Time{5}));
  const auto accepted = answered(open, IssueAct::accept, "soon", {}, who(9), Time{5});
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->state, IssueState::accepted);
  EXPECT_FALSE(accepted->ended_at);
  const auto done = answered(*accepted, IssueAct::fulfil, "", PortId{{3, 1}}, who(9), Time{8});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->answered_at, Time{5});  // the first answer counts
  EXPECT_EQ(done->ended_at, Time{8});
  EXPECT_EQ(answered(*done, IssueAct::decline, "no", {}, who(9), Time{9}).error().code,
            Code::conflict);
  EXPECT_EQ(joined(*done, who(2), Time{9}).error().code, Code::conflict);
}

TEST(Issues, CountEachAskerOnceAndSoManyAtMost) {
  Issue issue{.id = {{1, 1}}, .product = {{2, 1}}, .text = "t", .askers = {{who(1), Time{1}}}};
  EXPECT_EQ(joined(issue, who(1), Time{2})->askers.size(), 1U);
  for (std::uint64_t n = 2; n <= issue_askers_max; ++n) {
    auto after = joined(std::move(issue), who(n), Time{2});
    ASSERT_TRUE(after);
    issue = *std::move(after);
  }
  EXPECT_EQ(issue.askers.size(), issue_askers_max);
  EXPECT_EQ(joined(issue, who(issue_askers_max + 1), Time{2}).error().code, Code::exhausted);
  EXPECT_TRUE(joined(issue, who(2), Time{2}));
}

TEST(Incidents, AreUpdatedUntilTheyAreResolved) {
  Incident incident{.id = {{1, 1}},
                    .port = {{2, 1}},
                    .text = "totals are wrong",
                    .began = Time{1},
                    .opened_by = who(1),
                    .opened_at = Time{2}};
  EXPECT_EQ(updated(incident, {Time{3}, who(1), "", {}}).error().code, Code::invalid);
  for (std::size_t n = 0; n < incident_updates_max; ++n) {
    auto after = updated(incident, {Time{3}, who(1), "found", Time{90}});
    ASSERT_TRUE(after);
    incident = *std::move(after);
  }
  EXPECT_EQ(incident.expected, Time{90});
  EXPECT_EQ(updated(incident, {Time{3}, who(1), "x", {}}).error().code, Code::exhausted);
  EXPECT_NE(note_of(incident).find("totals are wrong; found"), std::string::npos);
  EXPECT_EQ(resolved(incident, "", who(1), Time{9}).error().code, Code::invalid);
  const auto done = resolved(incident, "mended", who(1), Time{9});
  ASSERT_TRUE(done);
  EXPECT_EQ(resolved(*done, "again", who(1), Time{9}).error().code, Code::conflict);
  EXPECT_EQ(updated(*done, {Time{3}, who(1), "x", {}}).error().code, Code::conflict);
}

}  // namespace
}  // namespace hansa
