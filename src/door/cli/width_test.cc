#include "door/cli/width.h"

#include <gtest/gtest.h>

namespace hansa::cli {
namespace {

TEST(Width, CountsWhatATerminalShows) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("é"), 1u);        // one code point
  EXPECT_EQ(display_width("e\u0301"), 1u);  // and a combining accent
  EXPECT_EQ(display_width("日本語"), 6u);
  EXPECT_EQ(display_width("한글"), 4u);
  EXPECT_EQ(display_width("🎧"), 2u);
  EXPECT_EQ(display_width("a\u200Bb"), 2u);
  EXPECT_EQ(display_width(""), 0u);
}

TEST(Width, NeverCutsAWideCharacterInHalf) {
  EXPECT_EQ(cut_to_width("abc", 3), "abc");
  EXPECT_EQ(cut_to_width("abcd", 3), "ab…");
  EXPECT_EQ(cut_to_width("日本語", 4), "日…");
  EXPECT_EQ(cut_to_width("日本語", 5), "日本…");
  EXPECT_EQ(cut_to_width("abc", 1), "…");
  EXPECT_EQ(cut_to_width("abc", 0), "");
  for (std::size_t width = 1; width < 12; ++width)
    EXPECT_LE(display_width(cut_to_width("a日e\u0301b🎧c한d", width)), width);
}

TEST(Visible, LetsNothingThroughThatSteersATerminal) {
  EXPECT_EQ(visible("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(visible("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(visible("\x7f"), "\\x7f");
  EXPECT_EQ(visible("\xC2\x9B"), "\\x9b");        // a control sequence begins with it
  EXPECT_EQ(visible("\u202Eabc"), "\\u202eabc");  // text backwards
  EXPECT_EQ(visible("\U000E0041"), "\\U000e0041");
  EXPECT_EQ(visible("a\xFF\xC3"), "a\uFFFD\uFFFD");
  EXPECT_EQ(visible("\xC0\x80"), "\uFFFD\uFFFD");
  EXPECT_EQ(visible("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(visible("größe 日本"), "größe 日本");
  EXPECT_EQ(visible_lines("a\n\tb\x1b"), "a\n\tb\\x1b");
}

TEST(Visible, AStreamMayBeCutAnywhere) {
  const std::string text = "a\u202Eb日本\x1b[0m\xFFz🎧\n";
  for (std::size_t first = 0; first <= text.size(); ++first)
    for (std::size_t second = first; second <= text.size(); ++second) {
      VisibleStream stream;
      std::string out = stream.feed(text.substr(0, first));
      out += stream.feed(text.substr(first, second - first));
      out += stream.feed(text.substr(second));
      EXPECT_EQ(out + stream.finish(), visible_lines(text));
    }
}

TEST(Visible, JsonKeepsItsMeaning) {
  EXPECT_EQ(safe_json("\"a\x7f\xC2\x9B\u00e9\""), "\"a\\u007f\\u009b\u00e9\"");
}

}  // namespace
}  // namespace hansa::cli
