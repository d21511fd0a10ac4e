#include "search/query.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace hansa::search {
namespace {

TEST(Query, SaysWhatItCannotLookFor) {
  for (const std::string text : {"", "  ", "…", "--"})
    EXPECT_EQ(parse_query(text).error().text, "say what to look for: at least one word") << text;
  EXPECT_EQ(parse_query("\xff").error().code, Code::invalid);
}

TEST(Query, HasALimitOfBytesAndOfWords) {
  EXPECT_TRUE(parse_query(std::string(limits::search_bytes_max, 'a')));
  EXPECT_FALSE(parse_query(std::string(limits::search_bytes_max + 1, 'a')));
  std::string words;
  for (std::size_t i = 0; i < limits::search_words_max; ++i) words += "w ";
  EXPECT_TRUE(parse_query(words));
  EXPECT_FALSE(parse_query(words + "w"));
  EXPECT_FALSE(parse_query(words + "a_b"));
}

TEST(Query, TakesItsLastWordForABeginning) {
  const auto query = parse_query("daily_pl Sho");
  ASSERT_TRUE(query);
  ASSERT_EQ(query->terms.size(), 2U);
  EXPECT_FALSE(query->terms[0].whole.prefix);
  EXPECT_EQ(query->terms[0].parts.size(), 2U);
  EXPECT_EQ(query->terms[1].whole.fit("sho"), Fit::exact);
  EXPECT_EQ(query->terms[1].whole.fit("shows"), Fit::prefix);
  EXPECT_EQ(query->terms[1].whole.fit("sh"), Fit::none);
  EXPECT_EQ(query->terms[0].whole.fit("dailyplays"), Fit::none);
}

TEST(Query, ForgivesOneLetterOfALongWordOnly) {
  auto query = parse_query("episode plays");
  ASSERT_TRUE(query);
  for (Term& term : query->terms) EXPECT_TRUE(loosen(term));
  for (const char* near : {"epsiode", "episdoe", "pisode", "episodes", "epizode", "xepisode"})
    EXPECT_EQ(query->terms[0].whole.fit(near), Fit::near) << near;
  for (const char* far : {"epsidoe", "episodess", "epis", "zpizode"})
    EXPECT_EQ(query->terms[0].whole.fit(far), Fit::none) << far;
  // The last one may go on behind it.
  EXPECT_EQ(query->terms[1].whole.fit("playz_and_more"), Fit::near);
  EXPECT_EQ(query->terms[1].whole.fit("plaxxs"), Fit::none);
  auto few = parse_query("play");
  EXPECT_FALSE(loosen(few->terms[0]));
}

}  // namespace
}  // namespace hansa::search
