// Workers that wait for their principals.
#include <sys/types.h>

#include <thread>

#include "world/engine/engine_test.h"

namespace hansa::engine {
namespace {

class Kept : public EngineTest {
 public:
  // One works at a time; as many more may wait.
  void open_with(std::size_t kept_max, std::uint64_t bytes_max = std::uint64_t{1} << 30) {
    auto kept = options();
    kept.workers_max = 1;
    kept.workers_kept_max = kept_max;
    kept.kept_bytes_max = bytes_max;
    open(kept);
  }
  // Leaves something in the worker it is given, so that it can be known again.
  void mark(std::uint64_t who) { EXPECT_TRUE(all(*lease(person(who)), marked(who))); }
  query::Plan marked(std::uint64_t who) {
    auto mine = relation("mine" + std::to_string(who), {column("id", type(TypeKind::int64))}, {});
    mine.content = query::Content::shape;
    return plan("from mine" + std::to_string(who), {mine});
  }
  // What the caller's worker remembers, of whomever: views lie there from plan to plan.
  std::string remembered(std::uint64_t who) {
    const auto leased = lease(person(who));
    const auto rows =
        all(*leased,
            "select string_agg(view_name, ' ' order by view_name) from duckdb_views() "
            "where not internal");
    EXPECT_TRUE(rows) << rows.error().text;
    return rows ? *rows : "";
  }
  // Until so many live and none is on its way.
  void until_idle(std::size_t count) {
    const auto settled = [&] {
      const auto counts = pool_->counts();
      return counts.idle == count && counts.starting == 0;
    };
    while (!settled()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
};

TEST_F(Kept, AWorkerWaitsForItsPrincipalAsThatLeftIt) {
  open_with(2);
  until_idle(1);
  mark(1);
  until_idle(2);
  mark(2);
  until_idle(3);
  EXPECT_EQ(remembered(1), "[\"mine1\"]");
  EXPECT_EQ(remembered(2), "[\"mine2\"]");
  EXPECT_EQ(pool_->counts().started, 3U);
}

TEST_F(Kept, AKeptWorkerIsWipedBeforeItServesAnybodyElse) {
  auto only = options();
  only.workers_max = 1;
  only.workers_min = 0;  // nobody wipes ahead
  open(only);
  for (std::uint64_t who = 1; who < 6; ++who) {
    mark(who);
    EXPECT_EQ(remembered(who), "[\"mine" + std::to_string(who) + "\"]");
    EXPECT_EQ(remembered(who + 100), "[null]");
  }
  EXPECT_EQ(pool_->counts().started, 1U);
}

TEST_F(Kept, AStatementThatWasOnlyBoundDoesNotCostItsWorker) {
  auto only = options();
  only.workers_max = 1;
  open(only);
  const std::string slow = "select count(*) from range(100000000) a, range(100000000) b";
  const auto leased = lease();
  for (int round = 0; round < 2; ++round) {
    auto opened = leased->run(close(plan(slow)));
    ASSERT_TRUE(opened) << opened.error().text;
    EXPECT_EQ(opened->bound.columns.size(), 1U);
  }
  EXPECT_EQ(all(*leased, "select 7"), "[7]");
  EXPECT_EQ(pool_->counts().died, 0U);
}

TEST_F(Kept, WhoeverComesNewIsGivenASpareAndNobodysOwn) {
  open_with(4);
  for (std::uint64_t who = 1; who < 4; ++who) {
    until_idle(who);
    mark(who);
  }
  until_idle(4);
  EXPECT_EQ(remembered(9), "[null]");
  for (std::uint64_t who = 1; who < 4; ++who)
    EXPECT_EQ(remembered(who), "[\"mine" + std::to_string(who) + "\"]");
}

TEST_F(Kept, RestrictedDataIsNeverKept) {
  open_with(4);
  const auto secret = numbers(3);
  until_idle(2);
  const auto before = pool_->counts().died;
  ASSERT_TRUE(all(*lease(person(1)), plan("from numbers", {secret}), true));
  EXPECT_EQ(pool_->counts().died, before + 1);
  EXPECT_EQ(remembered(1), "[null]");
}

TEST_F(Kept, NoMoreAreKeptThanMayBe) {
  open_with(2);
  for (std::uint64_t who = 0; who < 9; ++who) {
    mark(who % 4);
    EXPECT_LE(pool_->counts().idle + pool_->counts().starting, 3U);
  }
}

TEST_F(Kept, KeptOnesWorkNoMoreAtOnceThanOthers) {
  open_with(2);
  until_idle(1);
  mark(1);
  until_idle(2);
  const auto held = lease(person(2));
  const auto second = pool_->lease(person(1), clock_.now() + Millis(300), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::exhausted);
}

// As many as their memory allows: where it allows none, what is left is the spare.
TEST_F(Kept, TheLongestIdleEndWhereTheirMemoryIsTooMuch) {
  open_with(8, 1);
  mark(1);
  // What was started before the first was weighed ends, and no other comes.
  until_idle(1);
  const auto started = pool_->counts().started;
  for (std::uint64_t who = 0; who < 5; ++who) EXPECT_TRUE(lease(person(who)));
  EXPECT_EQ(pool_->counts().started, started);
}

TEST_F(Kept, OnesThatWaitInVainEnd) {
  auto brief = options();
  brief.workers_max = 1;
  brief.workers_kept_max = 4;
  brief.idle_max = std::chrono::seconds(1);
  open(brief);
  for (std::uint64_t who = 1; who < 4; ++who) {
    until_idle(who);
    mark(who);
  }
  until_idle(1);
  EXPECT_EQ(remembered(1), "[null]");
}

}  // namespace
}  // namespace hansa::engine
