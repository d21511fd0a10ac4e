#include "model/predicate.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace hansa {
namespace {

Column column(std::string name, TypeKind kind) {
  return {.id = 0,
          .name = std::move(name),
          .type = {.kind = kind, .fields = {}},
          .required = false,
          .description = {}};
}
Column amount() {
  Column out = column("amount", TypeKind::decimal);
  out.type.precision = 9;
  out.type.scale = 2;
  return out;
}
Schema schema() {
  return {
      .id = 0,
      .columns = {column("country", TypeKind::string), column("plays", TypeKind::int64),
                  column("day", TypeKind::date), amount(), column("seen", TypeKind::timestamptz),
                  column("ok", TypeKind::boolean), column("key", TypeKind::uuid),
                  column("tags", TypeKind::list), column("Odd \"name\"", TypeKind::string)}};
}

std::string again(std::string_view text) {
  const auto read = parse_predicate(text);
  if (!read) return read.error().text;
  const std::string spelt = to_text(*read);
  const auto twice = parse_predicate(spelt);
  EXPECT_TRUE(twice && *twice == *read) << spelt;
  return spelt;
}

TEST(Predicate, HasOneSpelling) {
  EXPECT_EQ(again("country='SE'"), "country = 'SE'");
  EXPECT_EQ(again("country != 'S''E' AND(plays>=10 or plays is null)"),
            "country <> 'S''E' and (plays >= 10 or plays is null)");
  EXPECT_EQ(again("not country in('SE','NO')"), "country not in ('SE', 'NO')");
  EXPECT_EQ(again("country not in ('SE')"), "country not in ('SE')");
  EXPECT_EQ(again("plays is not null"), "plays is not null");
  EXPECT_EQ(again("plays between -1 and +2.5"), "plays >= -1 and plays <= 2.5");
  EXPECT_EQ(again("\"Odd \"\"name\"\"\" like 'a%'"), "\"Odd \"\"name\"\"\" like 'a%'");
  EXPECT_EQ(again("\"and\" = true or ok = FALSE"), "\"and\" = true or ok = false");
  EXPECT_EQ(again("((((a = 1))))"), "a = 1");
  EXPECT_EQ(again("not not a = 1"), "not not a = 1");
  EXPECT_EQ(again("a = 1 or (b = 2 or c = 3) and d = 4"), "a = 1 or (b = 2 or c = 3) and d = 4");
  EXPECT_EQ(again("a = 1 and (b = 2 and c = 3)"), "a = 1 and b = 2 and c = 3");
  EXPECT_EQ(again("a not between 1 and 2 or not b like 'x'"),
            "not (a >= 1 and a <= 2) or b not like 'x'");
  EXPECT_EQ(again("a < 0.00001 and b > 100000000000000000000 and c = 9007199254740995.00"),
            "a < 0.00001 and b > 100000000000000000000 and c = 9007199254740995.00");
}

TEST(Predicate, IsRefusedWithThePlace) {
  for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{
           {"", "a column is expected (character 1)"},
           {"country", "a comparison is expected"},
           {"country = ", "a constant is expected"},
           {"country = other", "a constant is expected"},
           {"country = null", "write 'is null'"},
           {"country = 'SE", "a quote is not closed (character 11)"},
           {"country = 'SE' or", "a column is expected"},
           {"country = 'SE') ", "it should end here (character 15)"},
           {"(country = 'SE'", "')' is expected"},
           {"plays = 1 -- x", "a number is expected"},
           {"plays = 1; drop", "means nothing here"},
           {"plays = 1e9", "ends in a letter"},
           {"plays = 007", "no number"},
           {"lower(country) = 'se'", "a comparison is expected"},
           {"country in ()", "a constant is expected"},
           {"plays like 3", "like takes a text"},
           {"a.b = 1", "means nothing here"},
           {"'SE' = country", "a column is expected"}}) {
    const auto read = parse_predicate(text);
    ASSERT_FALSE(read) << text;
    EXPECT_NE(read.error().text.find(says), std::string::npos) << text << ": " << read.error().text;
    EXPECT_FALSE(read.error().next.empty());
  }
}

TEST(Predicate, IsBoundedInLengthDepthAndConstants) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "a = 1" + std::string(depth, ')');
  };
  EXPECT_TRUE(parse_predicate(nested(limits::predicate_depth_max - 1)));
  EXPECT_EQ(parse_predicate(nested(limits::predicate_depth_max)).error().code, Code::exhausted);
  const auto listed = [](std::size_t count) {
    std::string out = "a in (1";
    for (std::size_t i = 1; i < count; ++i) out += ",1";
    return out + ")";
  };
  EXPECT_TRUE(parse_predicate(listed(limits::predicate_values_max)));
  EXPECT_EQ(parse_predicate(listed(limits::predicate_values_max + 1)).error().code,
            Code::exhausted);
  const std::string long_one = "a = '" + std::string(limits::predicate_bytes_max - 6, 'x') + "'";
  EXPECT_TRUE(parse_predicate(long_one));
  EXPECT_EQ(parse_predicate(long_one + " ").error().code, Code::exhausted);
}

// What was read can be kept: at every limit its spelling is within the limits too, or it is refused
// before anybody keeps it.
TEST(Predicate, AtItsLimitsIsKeptOrRefusedAndNeverLost) {
  std::vector<std::string> texts;
  for (const char* inner : {"a = 1", "a not in (1)", "a not between 1 and 2", "a between 1 and 2"})
    for (std::size_t depth = limits::predicate_depth_max - 3; depth <= limits::predicate_depth_max;
         ++depth) {
      texts.push_back(std::string(depth, '(') + inner + std::string(depth, ')'));
      std::string nots;
      for (std::size_t i = 0; i < depth; ++i) nots += "not ";
      texts.push_back(nots + inner);
    }
  std::string wide = "a in (1";
  for (int i = 0; i < 989; ++i) wide += ",100000000000000";
  texts.push_back(wide + ")");
  for (const std::string& text : texts) {
    const auto read = parse_predicate(text);
    if (!read) continue;
    const auto again = parse_predicate(to_text(*read));
    if (check_spelling(*read)) EXPECT_TRUE(again && *again == *read) << text;
    else EXPECT_EQ(check_spelling(*read).error().code, Code::exhausted) << text;
  }
  EXPECT_FALSE(check_spelling(*parse_predicate(wide + ")")));
}

TEST(Predicate, FitsATableWithoutACastThatCouldFail) {
  for (const char* good :
       {"country = 'SE'", "country like 'S%'", "plays >= -3", "day = '2026-11-22'", "amount < 2.5",
        "amount <> -1234567.89", "amount > 0.00", "seen > '2026-11-22T09:00:00Z'",
        "seen > '2026-11-22'", "ok = true", "tags is null",
        "key = '123e4567-e89b-12d3-a456-426614174000'"}) {
    const auto fits = check(*parse_predicate(good), schema());
    EXPECT_TRUE(fits) << good << ": " << fits.error().text;
  }
  for (const auto& [bad, says] : std::vector<std::pair<std::string, std::string>>{
           {"city = 'x'", "column city, which the port does not have"},
           {"COUNTRY = 'x'", "column COUNTRY"},
           {"country = 3", "a text in quotes"},
           {"plays = 'many'", "a whole number"},
           {"plays = 2.5", "a whole number"},
           {"plays like '1%'", "not text"},
           {"day = 'yesterday'", "a date"},
           {"day = '2026-02-31'", "a date"},
           {"seen > 'soon'", "a time"},
           {"ok = 1", "true or false"},
           {"amount = 0.001", "2 of them behind the point"},
           {"amount = 10000000.5", "at most 9 digits"},
           {"seen > '2026-11-22T09:00:00.0000001Z'", "to the microsecond"},
           {"plays = 9223372036854775808", "a whole number"},
           {"key = 'x'", "a UUID"},
           {"tags = 'x'", "only 'is null'"},
           {"ok = true and (plays = 1 or not country = 3)", "a text in quotes"}}) {
    const auto fits = check(*parse_predicate(bad), schema());
    ASSERT_FALSE(fits) << bad;
    EXPECT_NE(fits.error().text.find(says), std::string::npos) << bad << ": " << fits.error().text;
  }
}

}  // namespace
}  // namespace hansa
