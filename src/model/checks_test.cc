#include "model/checks.h"

#include <gtest/gtest.h>

#include <limits>

namespace hansa {
namespace {

using Op = Condition::Op;

Check check(Op op, double low, double high = 0) {
  return {.name = "c",
          .columns = {},
          .rule = {},
          .sql = {},
          .must = {.op = op, .low = low, .high = high, .text = {}},
          .cannot = {}};
}
bool holds(Op op, double low, double high, double measured) {
  return meets(check(op, low, high).must, measured);
}

TEST(Condition, HoldsUpToItsEdge) {
  EXPECT_TRUE(holds(Op::equal, 3, 0, 3));
  EXPECT_FALSE(holds(Op::equal, 3, 0, 4));
  EXPECT_FALSE(holds(Op::not_equal, 3, 0, 3));
  EXPECT_FALSE(holds(Op::greater, 3, 0, 3));
  EXPECT_TRUE(holds(Op::greater_equal, 3, 0, 3));
  EXPECT_FALSE(holds(Op::less, 3, 0, 3));
  EXPECT_TRUE(holds(Op::less_equal, 3, 0, 3));
}

// As the standard's words say, neither end is between.
TEST(Condition, BetweenIsStrict) {
  EXPECT_FALSE(holds(Op::between, 3, 5, 3));
  EXPECT_TRUE(holds(Op::between, 3, 5, 4));
  EXPECT_FALSE(holds(Op::between, 3, 5, 5));
  EXPECT_TRUE(holds(Op::not_between, 3, 5, 3));
  EXPECT_FALSE(holds(Op::not_between, 3, 5, 4));
  EXPECT_TRUE(holds(Op::not_between, 3, 5, 5));
}

TEST(Condition, NoNumberMeetsNoBound) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Op op : {Op::equal, Op::greater, Op::greater_equal, Op::less, Op::less_equal,
                      Op::between, Op::not_between})
    EXPECT_FALSE(holds(op, 1, 2, nan));
  EXPECT_TRUE(holds(Op::not_equal, 1, 0, nan));
  EXPECT_FALSE(meets(check(Op::less, 5).must, "nan"));
  EXPECT_FALSE(meets(check(Op::less, 5).must, "many"));
}

TEST(Condition, ComparesTextWithText) {
  Condition must{.op = Op::equal, .text = "SE"};
  EXPECT_TRUE(meets(must, "SE"));
  EXPECT_FALSE(meets(must, "NO"));
  must.op = Op::not_equal;
  EXPECT_FALSE(meets(must, "SE"));
  EXPECT_TRUE(meets(check(Op::equal, 3.5).must, "3.50"));
}

TEST(Judge, APercentageOfNothingIsNone) {
  Check percent = check(Op::less, 5);
  percent.percent = true;
  EXPECT_EQ(judge(percent, 0, 0).status, CheckStatus::passed);
  EXPECT_EQ(judge(percent, 1, 20).status, CheckStatus::failed);
  EXPECT_EQ(judge(percent, 1, 21).status, CheckStatus::passed);
  EXPECT_EQ(judge(percent, 1, 20).measured, "5%");
}

TEST(Judge, SaysWhatWasMeasured) {
  EXPECT_EQ(to_text(judge(check(Op::equal, 0), 3, 9)), "c: 3 rows, and must be 0");
  EXPECT_EQ(to_text(failed(check(Op::equal, 0), "it does not bind")), "c: it does not bind");
  EXPECT_EQ(judge(check(Op::equal, 0), "4.5").measured, "4.5");
  EXPECT_EQ(failed(check(Op::equal, 0), std::string(400, 'x')).why.size(), check_text_max);
}

// Results are kept, and shown to more people than the rows of a batch that was refused.
TEST(Judge, TellsNoTextOutOfTheData) {
  EXPECT_EQ(judge(check(Op::equal, 0), "ann@example.com").measured, "another text");
  Check text = check(Op::equal, 0);
  text.must.text = "SE";
  EXPECT_EQ(judge(text, "SE").measured, "SE");
  EXPECT_EQ(judge(text, "ann@example.com").measured, "another text");
}

TEST(Judge, KeepsItsBounds) {
  Check wide = check(Op::equal, 0);
  wide.name = std::string(400, 'n');
  wide.columns.assign(100, "c");
  const CheckResult result = judge(wide, 1, 1);
  EXPECT_EQ(result.name.size(), check_text_max);
  EXPECT_EQ(result.columns.size(), 16U);
}

TEST(CheckRun, KeepsWhatDidNotPassTheWorstFirst) {
  Check warning = check(Op::equal, 0);
  warning.warns = true;
  Check unknown = check(Op::equal, 0);
  unknown.cannot = "no";
  std::vector<CheckResult> all{not_run(unknown), judge(warning, 1, 1), judge(warning, 0, 1)};
  for (std::size_t i = 0; i < check_results_max; ++i)
    all.push_back(judge(check(Op::equal, 0), 1, 1));
  const CheckRun run = run_of(all);
  EXPECT_EQ(run.passed, 1U);
  EXPECT_EQ(run.warned, 1U);
  EXPECT_EQ(run.not_run, 1U);
  EXPECT_EQ(run.failed, check_results_max);
  ASSERT_EQ(run.results.size(), check_results_max);
  EXPECT_TRUE(refuses(run.results.back()));
}

TEST(CheckRun, OfRefusedBatchesDoNotPushOutTheOthers) {
  Checks checks{};
  for (std::size_t i = 0; i < check_runs_max; ++i)
    add_run(checks, {.snapshot = static_cast<std::int64_t>(i + 1), .publish = {}, .results = {}});
  for (std::size_t i = 0; i <= refused_runs_max; ++i)
    add_run(checks, {.snapshot = 0, .publish = std::to_string(i), .results = {}});
  ASSERT_EQ(checks.runs.size(), check_runs_max + refused_runs_max);
  EXPECT_EQ(checks.runs.front().snapshot, 1);
  EXPECT_EQ(checks.runs[check_runs_max].publish, "1");
  add_run(checks, {.snapshot = 99, .publish = {}, .results = {}});
  EXPECT_EQ(checks.runs.front().snapshot, 2);
}

}  // namespace
}  // namespace hansa
