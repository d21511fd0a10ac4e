#include "search/split.h"

#include <gtest/gtest.h>

#include <vector>

namespace hansa::search {
namespace {

// "daily plays|dailyplays": parts, and the whole if it has several.
std::vector<std::string> compounds(std::string_view text) {
  std::vector<std::string> out;
  Splitter splitter(text);
  while (const Compound* each = splitter.next()) {
    std::string words;
    for (std::size_t i = 0; i < each->parts.size(); ++i)
      words += (i ? " " : "") + std::string(each->part(i));
    out.push_back(each->parts.size() == 1 ? words : words + "|" + std::string(each->word()));
  }
  return out;
}
using Words = std::vector<std::string>;

TEST(Split, TakesCompoundsApartAndKeepsThemWhole) {
  EXPECT_EQ(compounds("daily_plays"), Words{"daily plays|dailyplays"});
  EXPECT_EQ(compounds("shows-prod"), Words{"shows prod|showsprod"});
  EXPECT_EQ(compounds("DailyPlays"), Words{"daily plays|dailyplays"});
  EXPECT_EQ(compounds("HTTPServer2XX"), Words{"http server 2 xx|httpserver2xx"});
  EXPECT_EQ(compounds("q3 sales2024"), (Words{"q 3|q3", "sales 2024|sales2024"}));
  EXPECT_EQ(compounds("iPhone"), Words{"i phone|iphone"});
  EXPECT_EQ(compounds("__a__"), Words{"a"});
}

TEST(Split, SeparatesByWhatIsNeitherLetterNorDigit) {
  EXPECT_EQ(compounds("#ads-data, (team) a/b.c"),
            (Words{"ads data|adsdata", "team", "a", "b", "c"}));
  EXPECT_EQ(compounds("one…two—three “four”"), (Words{"one", "two", "three", "four"}));
  EXPECT_TRUE(compounds("").empty());
  EXPECT_TRUE(compounds(" -_- …").empty());
}

TEST(Split, FoldsCaseAndTheAccentsOfLatin) {
  EXPECT_EQ(compounds("Müller"), Words{"muller"});
  EXPECT_EQ(compounds("Mu\u0308ller"), Words{"muller"});  // the same with a combining mark
  EXPECT_EQ(compounds("ŁÓDŹ Straße Ærø Þór Île ﬁn"),
            (Words{"lodz", "strasse", "aero", "thor", "ile", "ﬁn"}));
  EXPECT_EQ(compounds("Việt Nguyễn"), (Words{"viet", "nguyen"}));
  EXPECT_EQ(compounds("ΑΘΗΝΑΣ Москва ЁЛКА"), (Words{"αθηνασ", "москва", "ёлка"}));
}

TEST(Split, TakesEachSignOfAScriptWithoutSpacesForAWord) {
  EXPECT_EQ(compounds("订单数据"), Words{"订 单 数 据|订单数据"});
}

TEST(Split, SaysWhereAWordStands) {
  const std::string text = "the Größe_mm, of";
  Splitter splitter(text);
  splitter.next();
  const Compound* each = splitter.next();
  ASSERT_NE(each, nullptr);
  EXPECT_EQ(text.substr(each->from(), each->to() - each->from()), "Größe_mm");
  ASSERT_EQ(each->parts.size(), 2U);
  EXPECT_EQ(text.substr(each->parts[0].from, each->parts[0].to - each->parts[0].from), "Größe");
  EXPECT_EQ(text.substr(each->parts[1].from, each->parts[1].to - each->parts[1].from), "mm");
}

TEST(Split, CutsWhatIsTooLongAndGoesOn) {
  const std::string longest(kWordBytesMax, 'a');
  EXPECT_EQ(compounds(longest), Words{longest});
  EXPECT_EQ(compounds(longest + "b c"), (Words{longest, "c"}));
  // Never within a letter.
  std::string greek;
  for (int i = 0; i < 40; ++i) greek += "ω";
  EXPECT_EQ(compounds(greek), Words{greek.substr(0, kWordBytesMax)});
  const auto whole = compounds(longest + "_" + longest);
  EXPECT_EQ(whole, Words{longest + " " + longest + "|" + longest});
}

TEST(Split, TakesBytesThatAreNoTextForSeparators) {
  EXPECT_EQ(compounds("a\xff"
                      "b \xc3"),
            (Words{"a", "b"}));
}

}  // namespace
}  // namespace hansa::search
