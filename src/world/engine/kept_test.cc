// Workers that wait for their principals.
#include <sys/types.h>

#include <set>
#include <thread>

#include "base/text.h"
#include "query/alike.h"
#include "query/tree.h"
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

// A worker that has ended can tell nothing.
TEST_F(Kept, AWorkerIsNotAskedAgainForTheTreeOfAStatementThatDiffersInANumber) {
  open_with(2);
  const auto leased = lease();
  const auto first = leased->parse("select 1 from shows.numbers");
  ASSERT_TRUE(first) << first.error().text;
  EXPECT_FALSE(leased->parse("select 1 frm shows.numbers a b"));
  leased->kill();
  const auto second = leased->parse("select 2 from shows.numbers");
  ASSERT_TRUE(second) << second.error().text;
  EXPECT_EQ(second->json, first->json);
  EXPECT_FALSE(leased->parse("select 1 frm shows.numbers a b"));
  EXPECT_FALSE(leased->parse("select 1 from shows.letters"));
  EXPECT_FALSE(leased->parse("select 11 from shows.numbers"));
}

TEST_F(Kept, WhatAWorkerSaidOfAStatementIsForItsPrincipalAlone) {
  auto only = options();
  only.workers_max = 1;
  only.workers_min = 0;
  open(only);
  ASSERT_TRUE(lease(person(1))->parse("select 1"));
  const auto leased = lease(person(2));
  EXPECT_EQ(pool_->counts().started, 1U);
  leased->kill();
  EXPECT_FALSE(leased->parse("select 1"));
}

// What a statement is known to say, but for how often it says so: equal groups are one.
std::string said(const Tree& tree, std::string_view sql) {
  const auto facts = query::walk(
      tree.json, {.defaults = {.catalog = "mesh", .schema = "shows"}, .sql = sql, .places = true});
  if (!facts) return facts.error().text;
  std::string out = std::to_string(static_cast<int>(facts->kind)) + (facts->moves ? " moves" : "");
  for (const auto& [table, position, rows] : facts->tables)
    out += " " + table.schema + "." + table.name + std::to_string(position.value_or(0)) +
           (rows ? "" : " its columns");
  std::set<std::string> names;
  for (const query::Places::Name& name : facts->places->columns)
    names.insert("@" + std::to_string(name.at) + join(name.parts, "."));
  if (facts->naming) {
    out += facts->naming->mixes ? " naming, mixed" : " naming";
    for (const auto& [parts, item] : facts->naming->columns)
      names.insert("#" + std::to_string(item) + join(parts, "."));
  }
  for (const std::string& name : names) out += " " + name;
  return out;
}

// What makes the memory right: the engine's parser sees no more of a plain number than that it is
// one.
TEST_F(Kept, StatementsThatDifferInNumbersSayTheSame) {
  open_with(2);
  const std::string wheres[] = {"where a > N % NN",
                                "where a between N and NN or b[N] = NNN",
                                "where a in (N, NN, -NNN)",
                                "where a = 'N' and b like 'it''s NN'",
                                "where c > date '2026-01-01' + interval N day",
                                "where a::decimal(1N, N) > N",
                                "where a > 1.5 and b < 1e5 and a1 = N and a < NNNNNNNNN"};
  const std::string ends[] = {"",
                              " group by N, 1 order by N",
                              " limit NN offset N",
                              " order by a limit N%",
                              " group by all having count(*) > NN",
                              " using sample NN%"};
  const std::string lists[] = {
      "a, N, NN as b",
      "count(*) filter (where a > N), max(b + NNN)",
      "case when a = N then NN else -N end",
      "list_slice(b, N, NN), b[N:NN]",
      "row_number() over (order by a rows between N preceding and NN following)",
      "{'x': N}.x, [N, NN], #1, *"};
  std::vector<std::string> statements{
      "values (N, NN), (NN, N)", "select * from range(N, NNN) t(a), (select N as b) s",
      "with t as (select NN as a) select * from t where a = (select max(N) from t)",
      "select N union all select NN intersect select N", "from t_v7 select a where N < NN"};
  for (const std::string& list : lists)
    for (const std::string& where : wheres)
      for (const std::string& end : ends)
        statements.push_back("select " + list + " from shows.t7 " + where + end);
  const auto fill = [](std::string sql, std::string_view digits) {
    std::size_t at = 0;
    for (char& c : sql)
      if (c == 'N') c = digits[at++ % digits.size()];
    return sql;
  };
  std::size_t read = 0;
  for (const std::string& statement : statements) {
    // Another principal each: nothing is remembered for it.
    const std::string one = fill(statement, "1234567"), other = fill(statement, "98765");
    if (query::numbers_as_zero(one) != query::numbers_as_zero(other)) continue;
    const auto first = lease(person(1))->parse(one);
    const auto second = lease(person(2))->parse(other);
    ASSERT_EQ(first.has_value(), second.has_value()) << one;
    if (!first) continue;
    ++read;
    EXPECT_EQ(said(*first, one), said(*second, one)) << one;
  }
  EXPECT_GT(read, 100U);
}

// The worker starts at once what it knows to be a SELECT, by one like it.
TEST_F(Kept, AStatementThatDiffersInANumberGivesItsOwnRows) {
  const auto numbers = this->numbers(100);
  const auto leased = lease();
  for (const std::string number : {"17", "42", "99"}) {
    auto asks = plan("select id from numbers where id = " + number, {numbers});
    ASSERT_TRUE(leased->parse(asks.statement.sql));
    auto opened = leased->run(close(std::move(asks)), Want{});
    ASSERT_TRUE(opened) << opened.error().text;
    EXPECT_EQ(drain(*opened->rows, 1'000).value_or(""), "[" + number + "]");
  }
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
