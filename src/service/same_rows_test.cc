// Comparing rows, and keeping statements: the parts of a replay that need no engine.
#include "service/step/same_rows.h"

#include <gtest/gtest.h>

#include "service/step/recorded.h"

namespace hansa::service {
namespace {

struct Whole : Source {
  explicit Whole(std::string text) : text(std::move(text)) {}
  Result<std::optional<Chunk>> next(Want) override {
    if (text.empty()) return std::optional<Chunk>();
    return Chunk{std::exchange(text, {}), 1};
  }
  std::string text;
};

RowsGiven given(const std::string& rows, std::vector<std::string> names = {"a", "b"}) {
  std::vector<query::Column> columns;
  for (std::string& name : names) columns.push_back({std::move(name), "BIGINT"});
  Whole source(rows);
  auto out = rows_given(std::move(columns), source);
  EXPECT_TRUE(out) << out.error().text;
  return std::move(out).value_or(RowsGiven{});
}

TEST(SameRows, ComeInAnyOrder) {
  EXPECT_EQ(
      difference(given("[1,\"x\"],\n[2,\"y,\\n[\"]"), given("[2,\"y,\\n[\"],\n[1,\"x\"]"), {}), "");
  EXPECT_EQ(difference(given(""), given(""), {}), "");
}

TEST(SameRows, ForgiveWhatAddingInAnotherOrderChanges) {
  EXPECT_EQ(difference(given("[1,0.30000000000000004]"), given("[1,0.3]"), {}), "");
  EXPECT_EQ(difference(given("[1,0.3]"), given("[1,0.30001]"), {}), "it gives other values");
}

TEST(SameRows, SayWhatDiffersAndNotWhatItIs) {
  EXPECT_EQ(difference(given("[1,2]"), given("[1,3]"), {}), "it gives other values");
  EXPECT_EQ(difference(given("[1,2]"), given(""), {}), "it gives fewer rows");
  EXPECT_EQ(difference(given("[1,2]"), given("[1,2],\n[1,2]"), {}), "it gives more rows");
  EXPECT_EQ(difference(given("[1,2]"), given("[1,2]", {"a", "c"}), {}),
            "it gives other columns: without b, with c");
  EXPECT_EQ(difference(given("[1,2]"), given("[1,2]", {"b", "a"}), {}),
            "its columns come in another order");
  EXPECT_EQ(difference(given("[1,2]"), given("[1,2]", {"A", "c"}), {{"b", "c"}, {"a", "A"}}), "");
}

TEST(SameRows, AreReadUpToALimit) {
  std::string rows = "[1,2]";
  for (std::size_t i = 1; i < compared_rows_max; ++i) rows += ",\n[1,2]";
  EXPECT_EQ(given(rows).rows.size(), compared_rows_max);
  Whole more(rows + ",\n[1,2]");
  EXPECT_EQ(rows_given({}, more).error().code, Code::exhausted);
  Whole wide("[\"" + std::string(compared_bytes_max, 'x') + "\"]");
  EXPECT_EQ(rows_given({}, wide).error().code, Code::exhausted);
  Whole wrong("{}");
  EXPECT_EQ(rows_given({}, wrong).error().code, Code::corrupt);
}

TEST(RecordedStatement, ComesBackAsItWasAsked) {
  const RecordedStatement asked{
      {"select $1 -- \n-- asked with: no", {Json(7), Json("x")}, "ads_prod", "shows"}, "place"};
  Json facts{Json::Object{}};
  const std::string text = recorded_text(asked, facts);
  const auto back = recorded_statement(facts, text);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->statement.sql, asked.statement.sql);
  EXPECT_EQ(back->statement.parameters, asked.statement.parameters);
  EXPECT_EQ(back->statement.catalog, "ads_prod");
  EXPECT_EQ(back->statement.schema, "shows");
  EXPECT_EQ(back->place, "place");
}

TEST(RecordedStatement, IsNotTakenForWholeWhereItWasCut) {
  const auto back = [](std::size_t bytes, std::vector<Json> parameters = {}) {
    Json facts{Json::Object{}};
    const std::string text =
        recorded_text({{std::string(bytes, 's'), std::move(parameters), "mesh", ""}, ""}, facts);
    EXPECT_LE(text.size(), statement_recorded_max);
    return recorded_statement(facts, text).has_value();
  };
  EXPECT_TRUE(back(statement_recorded_max));
  EXPECT_FALSE(back(statement_recorded_max + 1));
  EXPECT_FALSE(back(statement_recorded_max, {Json(1)}));
}

}  // namespace
}  // namespace hansa::service
