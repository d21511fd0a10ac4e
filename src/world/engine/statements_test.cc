// How a statement starts: at once where it is known to be one SELECT, and told before its rows.
#include "world/engine/engine_test.h"

namespace hansa::engine {
namespace {

class Started : public EngineTest {
 public:
  // Read, then run with the first pull behind it, as the server does.
  static Result<Opened> begin(Lease& lease, const query::Plan& plan) {
    HANSA_TRY(const Tree tree, lease.parse(plan.statement.sql));
    return lease.run(close(plan), Want{});
  }
  static Result<std::string> rows(Lease& lease, const query::Plan& plan) {
    HANSA_TRY(Opened opened, begin(lease, plan));
    return drain(*opened.rows, std::size_t{1} << 30);
  }
};

TEST_F(Started, WhatTakesItsTimeIsToldBeforeItsRows) {
  const auto numbers = this->numbers(10);
  const auto leased = lease();
  const auto opened =
      begin(*leased, plan("select count(*) as n, max(id) as top from numbers, range(100000000) a, "
                          "range(100000000) b",
                          {numbers}));
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_EQ(opened->bound.columns,
            (std::vector<query::Column>{{"n", "BIGINT"}, {"top", "BIGINT"}}));
  ASSERT_EQ(opened->bound.reads.size(), 1U);
  EXPECT_EQ(opened->bound.reads[0].columns, (std::vector<std::string>{"id"}));
}

// It starts once the engine's buffer is full, and that is less than a piece of rows.
TEST_F(Started, WhatTakesItsTimeAfterItsFirstRowsIsToldBeforeThem) {
  const auto leased = lease();
  const auto opened =
      begin(*leased, plan("select (range % 2)::hugeint as a, (range % 3)::hugeint as b, "
                          "(range % 5)::hugeint as c, (range % 7)::hugeint as d "
                          "from range(1000000000000) where range < 18000 or range = -1"));
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_EQ(opened->bound.columns.size(), 4U);
}

TEST_F(Started, ItsRowsAreAStreamAndNotHeld) {
  auto small = options();
  small.memory_bytes = std::uint64_t{256} << 20;
  small.spill_bytes = 0;
  open(small);
  const auto leased = lease();
  auto many = plan("select range as a, repeat('x', 100) as b from range(20000000)");
  many.bounds.rows_max = 30'000'000;
  const auto opened = begin(*leased, many);
  ASSERT_TRUE(opened) << opened.error().text;
  std::uint64_t bytes = 0;
  for (;;) {
    const auto chunk = opened->rows->next({});
    ASSERT_TRUE(chunk) << chunk.error().text;
    if (!*chunk) break;
    bytes += (*chunk)->bytes.size();
  }
  EXPECT_GT(bytes, std::uint64_t{2} << 30);
}

TEST_F(Started, WhatFailsOnTheWayWasBoundAndReadWhatItRead) {
  const auto numbers = this->numbers(10);
  const auto leased = lease();
  for (int again = 0; again < 2; ++again) {
    const auto opened =
        begin(*leased, plan("select (id || 'x')::integer as wrong from numbers", {numbers}));
    ASSERT_TRUE(opened) << opened.error().text;
    EXPECT_EQ(opened->bound.columns, (std::vector<query::Column>{{"wrong", "INTEGER"}}));
    ASSERT_EQ(opened->bound.reads.size(), 1U);
    EXPECT_EQ(opened->bound.reads[0].columns, (std::vector<std::string>{"id"}));
    const auto chunk = opened->rows->next({});
    ASSERT_FALSE(chunk);
    EXPECT_TRUE(chunk.error().text.starts_with("Conversion Error")) << chunk.error().text;
  }
  const auto unbound = begin(*leased, plan("select missing from numbers", {numbers}));
  ASSERT_FALSE(unbound);
  EXPECT_TRUE(unbound.error().text.starts_with("Binder Error")) << unbound.error().text;
}

TEST_F(Started, WhatWasNotReadAsOneSelectDoesNotRun) {
  const auto leased = lease();
  ASSERT_TRUE(leased->parse("select 1"));
  for (const char* sql : {"create table memory.main.left_behind as select 1",
                          "attach ':memory:' as elsewhere", "select 1; select 2"}) {
    const auto opened = leased->run(close(plan(sql)), Want{});
    EXPECT_FALSE(opened) << sql;
  }
  EXPECT_EQ(*rows(*leased, plan("select count(*) from duckdb_tables()")), "[0]");
  EXPECT_EQ(*rows(*leased, plan("select count(*) from duckdb_databases() where database_name = "
                                "'elsewhere'")),
            "[0]");
}

TEST_F(Started, WhatIsAskedAgainSeesWhatIsThereNow) {
  const auto before = numbers(3);
  const auto after = relation("numbers", {column("id", type(TypeKind::int64))},
                              {file("more.parquet", "SELECT range + 10 AS id FROM range(2)")});
  const auto wider = relation(
      "numbers", {column("id", type(TypeKind::int64)), column("name", type(TypeKind::string))},
      {file("wide.parquet", "SELECT 1::BIGINT AS id, 'a' AS name")});
  const auto leased = lease();
  const std::string sql = "from numbers";
  for (int again = 0; again < 2; ++again)
    EXPECT_EQ(*rows(*leased, plan(sql, {before})), "[0],\n[1],\n[2]");
  for (int again = 0; again < 2; ++again)
    EXPECT_EQ(*rows(*leased, plan(sql, {after})), "[10],\n[11]");
  const auto opened = begin(*leased, plan(sql, {wider}));
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_EQ(opened->bound.columns.size(), 2U);
  EXPECT_EQ(*drain(*opened->rows, 1000), "[1,\"a\"]");
  const auto gone = begin(*leased, plan(sql));
  EXPECT_FALSE(gone);
}

TEST_F(Started, ColumnsThatOnlyTheEngineKnowsAreTextEachTime) {
  const auto leased = lease();
  for (int again = 0; again < 2; ++again)
    EXPECT_EQ(*rows(*leased, plan("select '101'::bit as b, 7 as n")), "[\"101\",7]");
}

TEST_F(Started, ParametersAreBoundEachTime) {
  const auto leased = lease();
  auto asked = plan("select $1 as what");
  for (const auto& [value, row] :
       {std::pair{Json(1), "[1]"}, std::pair{Json("x"), "[\"x\"]"}, std::pair{Json(2), "[2]"}}) {
    asked.statement.parameters = {value};
    EXPECT_EQ(*rows(*leased, asked), row);
  }
}

}  // namespace
}  // namespace hansa::engine
