#include "door/cli/rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace hansa::cli {
namespace {

struct Seen {
  std::vector<std::string> rows;
  std::vector<std::pair<std::string, std::string>> members;
  friend bool operator==(const Seen&, const Seen&) = default;
};

Result<Seen> split_in(std::string_view text, const std::vector<std::size_t>& cuts) {
  Seen seen;
  RowSplitter splitter({.member = [&](const std::string& name, const Json& value) -> Result<void> {
                          return seen.members.emplace_back(name, to_text(value)), Result<void>{};
                        },
                        .row = [&](std::string_view row) -> Result<void> {
                          return seen.rows.emplace_back(row), Result<void>{};
                        }});
  std::size_t at = 0;
  for (const std::size_t cut : cuts) {
    HANSA_CHECK(splitter.feed(text.substr(at, cut - at)));
    at = cut;
  }
  HANSA_CHECK(splitter.feed(text.substr(at)));
  HANSA_CHECK(splitter.finish());
  return seen;
}

constexpr std::string_view kAnswer =
    "{\"query_id\":\"q1\",\"columns\":[{\"name\":\"a]\",\"type\":\"VARCHAR\"},{\"name\":\"b\","
    "\"type\":\"BIGINT[]\"}],\"rows\":[\n"
    "[\"x\\\"],[\",[1,2]],\n[null,[]],\n[\"\\\\\",{\"k\":\"}\"}]],\"outcome\":{\"status\":\"ok\","
    "\"rows\":3}}\n";

TEST(RowSplitter, GivesMembersAndRows) {
  const auto seen = split_in(kAnswer, {});
  ASSERT_TRUE(seen) << seen.error().text;
  EXPECT_EQ(seen->rows, (std::vector<std::string>{"[\"x\\\"],[\",[1,2]]", "[null,[]]",
                                                  "[\"\\\\\",{\"k\":\"}\"}]"}));
  ASSERT_EQ(seen->members.size(), 3u);
  EXPECT_EQ(seen->members[0], (std::pair<std::string, std::string>{"query_id", "\"q1\""}));
  EXPECT_EQ(seen->members[2].first, "outcome");
}

TEST(RowSplitter, DoesNotMindWhereTheStreamIsCut) {
  const auto whole = split_in(kAnswer, {});
  for (std::size_t first = 0; first <= kAnswer.size(); ++first)
    EXPECT_EQ(split_in(kAnswer, {first}), whole);
  std::vector<std::size_t> each;
  for (std::size_t i = 0; i < kAnswer.size(); ++i) each.push_back(i);
  EXPECT_EQ(split_in(kAnswer, each), whole);
}

// The same seed tells the same story.
TEST(RowSplitter, SurvivesRandomAnswersCutAtRandom) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Json::Array rows;
    const auto word = [&] {
      std::string out;
      for (std::size_t i = random() % 6; i > 0; --i)
        out += std::string_view("a\"\\[]{},:\n é")[random() % 11];
      return out;
    };
    for (std::size_t i = random() % 8; i > 0; --i)
      rows.push_back(
          Json(Json::Array{Json(word()), Json(static_cast<std::int64_t>(random())),
                           Json(Json::Object{{word(), Json(Json::Array{Json(word())})}})}));
    Json answer{Json::Object{}};
    answer.set("columns", Json(Json::Array{}));
    answer.set("rows", Json(rows));
    answer.set("n", 1);
    const std::string text = to_text(answer);
    std::vector<std::size_t> cuts{random() % text.size(), random() % text.size()};
    std::ranges::sort(cuts);
    const auto seen = split_in(text, cuts);
    ASSERT_TRUE(seen) << seen.error().text;
    ASSERT_EQ(seen->rows.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(seen->rows[i], to_text(rows[i]));
      const auto values = split_row(seen->rows[i]);
      ASSERT_TRUE(values && values->size() == 3);
      EXPECT_EQ(cell_of((*values)[0]), *rows[i].as_array()->front().as_string());
    }
  }
}

TEST(RowSplitter, RefusesWhatIsNoAnswer) {
  for (const std::string_view text :
       {"", "[]", "{", "{\"rows\":[1]}", "{\"rows\":[[1],2]}", "{\"rows\":{}}", "{\"a\" 1}",
        "{\"a\":1}{", "{\"a\":}", "{1:2}", "{\"rows\":[[1]", "{\"rows\":[[1] [2]]}", "{\"a\":tru}",
        "{\"a\":\"\\u00\"}"}) {
    const auto seen = split_in(text, {});
    ASSERT_FALSE(seen) << text;
    EXPECT_EQ(seen.error().code, Code::corrupt) << text;
  }
}

TEST(RowSplitter, NoticesThatTheEndIsMissing) {
  const std::string_view text = kAnswer.substr(0, kAnswer.size() - 1);
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(split_in(text.substr(0, size), {})) << size;
}

TEST(Cells, ReadAsPeopleWriteThem) {
  EXPECT_EQ(cell_of("null"), "NULL");
  EXPECT_EQ(cell_of("\"null\""), "null");
  EXPECT_EQ(cell_of("\"a\\u00e9\\n\""), "aé\n");
  EXPECT_EQ(cell_of("12345678901234567890"), "12345678901234567890");
  EXPECT_EQ(cell_of("[1,\"a\"]"), "[1,\"a\"]");
  EXPECT_FALSE(cell_of("\""));
  EXPECT_FALSE(cell_of("\"a\"b\""));
  EXPECT_TRUE(split_row("[]")->empty());
  for (const std::string_view row : {"", "[", "[1,]", "[,1]", "[1,,2]", "[\"]", "[]]", "[[]"})
    EXPECT_FALSE(split_row(row)) << row;
}

}  // namespace
}  // namespace hansa::cli
