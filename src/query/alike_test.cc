#include "query/alike.h"

#include <gtest/gtest.h>

namespace hansa::query {
namespace {

TEST(NumbersAsZero, IsTheStatementWithTheDigitsOfItsPlainNumbersAsZero) {
  const std::pair<std::string, std::string> cases[] = {
      {"select a from t where id > 170 % 1000", "select a from t where id > 000 % 0000"},
      {"select -5, (7), x[3], 1+2 limit 10", "select -0, (0), x[0], 0+0 limit 00"},
      {"7", "0"},
      {"select 123456789", "select 000000000"},
      {"", ""},
  };
  for (const auto& [sql, shape] : cases) {
    EXPECT_EQ(numbers_as_zero(sql), shape) << sql;
    EXPECT_EQ(numbers_as_zero(shape), shape) << sql;
  }
}

TEST(NumbersAsZero, KeepsWhatIsNoPlainWholeNumber) {
  const std::string cases[] = {
      "select a1, t2.c3, x_4 from s5.t6_v7",
      "select 1.5, .5, 1e5, 0x1F, 1_000, 12::int",
      "select 1234567890",  // may be of another kind
      "select '1 and 2', 'it''s 3', x'12'",
      "from 'file 12.parquet'",
      "select #1, ?2, @3, :4",
      "select \xC3\xA9"
      "1, 1\xC3\xA9",
  };
  for (const std::string& sql : cases) EXPECT_EQ(numbers_as_zero(sql), sql) << sql;
}

TEST(NumbersAsZero, IsTheStatementItselfWhereItIsNotPlainWhatIsANumber) {
  const std::string cases[] = {
      "select 1 from \"1\"",  "select 1 -- '\n, 2",  "select 1 /* ' */, 2",        "select 1, $1",
      "select 1, $$ ' $$, 2", "select 1, e'\\' 2 '", std::string("select 1\0", 9),
  };
  for (const std::string& sql : cases) EXPECT_EQ(numbers_as_zero(sql), sql) << sql;
}

TEST(Alike, KnowsAStatementBesideItsNumbers) {
  Alike alike;
  EXPECT_EQ(alike.find("select 1"), nullptr);
  alike.keep("select 1", "one");
  ASSERT_NE(alike.find("select 2"), nullptr);
  EXPECT_EQ(*alike.find("select 2"), "one");
  EXPECT_EQ(alike.find("select 10"), nullptr);
  EXPECT_EQ(alike.find("select 1 "), nullptr);
  alike.forget();
  EXPECT_EQ(alike.find("select 1"), nullptr);
}

TEST(Alike, IsBoundedInNumberAndSize) {
  Alike alike;
  const std::string most(Alike::sql_bytes_max, 'a');
  alike.keep(most, "");
  EXPECT_NE(alike.find(most), nullptr);
  alike.keep(most + "b", "");
  EXPECT_EQ(alike.find(most + "b"), nullptr);
  alike.keep("c", std::string(Alike::bytes_max, 'x'));
  EXPECT_EQ(alike.find("c"), nullptr);
  EXPECT_NE(alike.find(most), nullptr);
  alike.keep("c", std::string(Alike::bytes_max - 1, 'x'));
  EXPECT_NE(alike.find("c"), nullptr);
  EXPECT_EQ(alike.find(most), nullptr) << "both are more than may be kept";

  alike.forget();
  for (std::size_t i = 0; i < Alike::count_max; ++i) alike.keep(std::string(i + 1, 'a'), "");
  EXPECT_NE(alike.find("a"), nullptr);
  alike.keep("b", "");
  EXPECT_EQ(alike.find("a"), nullptr);
  EXPECT_NE(alike.find("b"), nullptr);
}

// What is known may be replaced for as long as somebody likes.
TEST(Alike, CountsWhatItReplacesNoMore) {
  Alike alike;
  alike.keep("select 'kept'", "");
  for (int i = 0; i < 10; ++i) alike.keep("select 1", std::string(Alike::bytes_max / 4, 'x'));
  EXPECT_NE(alike.find("select 'kept'"), nullptr);
}

}  // namespace
}  // namespace hansa::query
