#include "base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "base/limits.h"

namespace hansa {
namespace {

std::string random_text(std::mt19937_64& random, std::size_t length_max,
                        std::string_view alphabet = {}) {
  std::string out(random() % (length_max + 1), '\0');
  for (char& c : out)
    c = alphabet.empty() ? static_cast<char>(random()) : alphabet[random() % alphabet.size()];
  return out;
}

// By decoding each code point, where the code under test looks at ranges of bytes.
bool reference_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80         ? 1
                               : (first >> 5) == 6  ? 2
                               : (first >> 4) == 14 ? 3
                               : (first >> 3) == 30 ? 4
                                                    : 0;
    if (length == 0 || at + length > text.size()) return false;
    std::uint32_t point = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      if (next >> 6 != 2) return false;
      point = point << 6 | (next & 63U);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kLeast[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
      return false;
    at += length;
  }
  return true;
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndWhatLiesPastTheLastPoint) {
  for (const std::string_view text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "\xFE", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "a\xC3", "\xC3z"})
    EXPECT_FALSE(is_utf8(text));
}

TEST(Utf8, AgreesWithADecoderOnAllShortAndManyRandomTexts) {
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      const char two[] = {static_cast<char>(a), static_cast<char>(b)};
      ASSERT_EQ(is_utf8({two, 2}), reference_utf8({two, 2}));
    }
  std::mt19937_64 random(3);
  constexpr std::string_view kEdges =
      "\x00\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC2\xDF\xE0\xED\xEF\xF0\xF4\xF5z";
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = random_text(random, 6, kEdges);
    ASSERT_EQ(is_utf8(text), reference_utf8(text));
  }
}

TEST(CheckName, RefusesEveryOtherSpelling) {
  for (const std::string_view name : {"", "A", "Plays", "1st", "_x", "-x", "a b", "a.b", "a/b",
                                      "caf\xC3\xA9", "x\n", " x", "x ", "\xFF", "a\\b", "a@b"}) {
    const auto checked = check_name("port", name);
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().code, Code::invalid);
    EXPECT_TRUE(is_utf8(checked.error().text)) << name;
  }
  EXPECT_FALSE(check_name("port", std::string_view("a\0b", 3)));
  EXPECT_FALSE(check_name("port", std::string(limits::name_bytes_max + 1, 'a')));
  EXPECT_TRUE(check_name("port", std::string(limits::name_bytes_max, 'a')));
  for (const std::string_view name : {"a", "a1", "daily_plays", "a-b", "z9_-"})
    EXPECT_TRUE(check_name("port", name)) << name;
}

TEST(CheckName, SuggestsASpellingThatWouldDo) {
  const auto checked = check_name("port", "Daily Plays!");
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().next.find("'daily_plays'"), std::string::npos) << checked.error().next;
}

TEST(NameFrom, IsEmptyOrALegalNameWhateverItStartsFrom) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 100'000; ++i) {
    const std::string name = name_from(random_text(random, 80));
    if (!name.empty()) {
      ASSERT_TRUE(check_name("port", name)) << name;
      ASSERT_EQ(name_from(name), name);
    }
  }
  EXPECT_EQ(name_from("Daily Plays!"), "daily_plays");
  EXPECT_EQ(name_from("123"), "");
  EXPECT_EQ(name_from("2026 Plays"), "plays");
}

TEST(CheckText, RefusesControlCharactersAndWhatIsTooLong) {
  for (const std::string_view text : {"a\x01", "a\r\n", "\x7F", "\x1B[31m", "\xC3"})
    EXPECT_FALSE(check_text("title", text));
  EXPECT_FALSE(check_text("title", std::string_view("a\0", 2)));
  EXPECT_FALSE(check_text("title", std::string(limits::text_bytes_max + 1, 'a')));
  EXPECT_TRUE(check_text("title", std::string(limits::text_bytes_max, 'a')));
  EXPECT_TRUE(check_text("title", "line\n\tline \xC3\xA9"));
  EXPECT_TRUE(check_text("title", ""));
}

// The textbook's recursion.
std::size_t reference_distance(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.size() + b.size();
  if (a.back() == b.back())
    return reference_distance(a.substr(0, a.size() - 1), b.substr(0, b.size() - 1));
  const std::string_view shorter_a = a.substr(0, a.size() - 1);
  const std::string_view shorter_b = b.substr(0, b.size() - 1);
  return 1 + std::min({reference_distance(shorter_a, b), reference_distance(a, shorter_b),
                       reference_distance(shorter_a, shorter_b)});
}

TEST(EditDistance, AgreesWithTheTextbook) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 5'000; ++i) {
    const std::string a = random_text(random, 6, "abc");
    const std::string b = random_text(random, 6, "abc");
    const std::size_t expected = reference_distance(a, b);
    for (std::size_t limit = 0; limit <= 7; ++limit) {
      const auto distance = edit_distance(a, b, limit);
      ASSERT_EQ(distance.has_value(), expected <= limit) << a << " " << b << " " << limit;
      if (distance) {
        ASSERT_EQ(*distance, expected) << a << " " << b;
      }
    }
  }
}

TEST(Suggestions, AreNearestFirstAndFew) {
  const std::vector<std::string> known{"plays", "play", "players", "listens", "plans"};
  EXPECT_EQ(suggestions("plays", known, 2), (std::vector<std::string>{"plays", "play"}));
  EXPECT_EQ(suggestions("zzzzzz", known), std::vector<std::string>{});
  EXPECT_EQ(suggestions("", known), std::vector<std::string>{});
}

TEST(ParseNumbers, TakeAllOfTheTextOrNothing) {
  for (const std::string_view text :
       {"", " 1", "1 ", "+1", "1.0", "0x1", "1e3", "9223372036854775808", "-9223372036854775809",
        "--1", "1_000"})
    EXPECT_FALSE(parse_int(text)) << text;
  EXPECT_EQ(*parse_int("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(*parse_int("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(*parse_int("007"), 7);
  for (const std::string_view text :
       {"", " 1", "1 ", "+1", "0x1p3", "1e999", "nan", "inf", "-inf", "infinity", "NAN", "1,5"})
    EXPECT_FALSE(parse_double(text)) << text;
  EXPECT_EQ(*parse_double("1e308"), 1e308);
  EXPECT_EQ(*parse_double("-0.5"), -0.5);
}

TEST(Encodings, RoundTripAndHaveOneSpelling) {
  std::mt19937_64 random(13);
  for (int i = 0; i < 20'000; ++i) {
    const std::string bytes = random_text(random, 40);
    ASSERT_EQ(from_hex(to_hex(bytes)), bytes);
    ASSERT_EQ(from_base64(to_base64(bytes)), bytes);
    const std::string noise = random_text(random, 8, "AQgw+/=-_ \nz0");
    if (const auto read = from_base64(noise)) {
      ASSERT_EQ(to_base64(*read), noise);
    }
    ASSERT_EQ(from_base64url(to_base64url(bytes)), bytes);
    if (const auto read = from_base64url(noise)) {
      ASSERT_EQ(to_base64url(*read), noise);
    }
    const std::string text = random_text(random, 12, "a/%?# &=+.~-_\x7Fz");
    const auto decoded = percent_decode(percent_encode(text));
    ASSERT_TRUE(decoded);
    ASSERT_EQ(*decoded, text);
  }
}

TEST(Encodings, AreThoseOfTheirRfcs) {
  // RFC 4648, section 10.
  constexpr std::pair<std::string_view, std::string_view> kVectors[] = {{"", ""},
                                                                        {"f", "Zg=="},
                                                                        {"fo", "Zm8="},
                                                                        {"foo", "Zm9v"},
                                                                        {"foob", "Zm9vYg=="},
                                                                        {"fooba", "Zm9vYmE="},
                                                                        {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : kVectors) {
    EXPECT_EQ(to_base64(plain), encoded);
    EXPECT_EQ(from_base64(encoded), plain);
  }
  EXPECT_EQ(to_base64url("\xFB\xFF\xFE"), "-__-");
  EXPECT_EQ(to_base64url("f"), "Zg");
  EXPECT_EQ(from_base64url("-__-"), "\xFB\xFF\xFE");
  EXPECT_EQ(from_base64url("Zg"), "f");
  EXPECT_EQ(from_base64url(""), "");
  for (const char* text : {"Z", "Zg==", "Zg=", "Zh", "+//+", "Z g", "Zm9vY", "\xFF\xFF"})
    EXPECT_FALSE(from_base64url(text)) << text;
  EXPECT_EQ(percent_encode("a b/c%~\xC3\xA9"), "a%20b%2Fc%25~%C3%A9");
  EXPECT_EQ(to_hex(std::string_view("\x00\xFF", 2)), "00ff");
}

TEST(Encodings, RefuseWhatTheyCannotHaveWritten) {
  for (const std::string_view text : {"Z", "Zg", "Zg=", "Zg===", "====", "Z===", "Zh==", "Zm9=",
                                      "Zm9v\n", "Zm 9", "Zg==Zg==", "-__-"})
    EXPECT_FALSE(from_base64(text)) << text;
  for (const std::string_view text : {"0", "0g", "0x", "-1", " 1", "+1", "1 "})
    EXPECT_FALSE(from_hex(text)) << text;
  for (const std::string_view text :
       {"%", "%2", "a%", "%GG", "%00", "a%00b", "%FF", "%C3", "%-1", "%+1", "% 1"})
    EXPECT_FALSE(percent_decode(text)) << text;
}

TEST(Sql, QuotesWhatWouldEndAnIdentifierOrALiteral) {
  EXPECT_EQ(sql_identifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(sql_literal("it's"), "'it''s'");
  EXPECT_EQ(sql_identifier(""), "\"\"");
}

TEST(Text, IsCutBetweenItsCharacters) {
  EXPECT_EQ(cut("abc", 3), "abc");
  EXPECT_EQ(cut("abc", 2), "ab");
  EXPECT_EQ(cut("a\xC3\xA4", 2), "a");
  EXPECT_EQ(cut("a\xC3\xA4", 3), "a\xC3\xA4");
  EXPECT_EQ(cut("\xF0\x9F\x8E\xA7", 3), "");
  EXPECT_EQ(cut("\x80\x80", 1), "");
}

TEST(Text, OfMarkupHoldsNoMarkup) {
  EXPECT_EQ(markup_text("<b a=\"x\" c='y'>&"), "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;");
}

TEST(Words, AreCutJoinedAndCounted) {
  EXPECT_EQ(split("a//b", '/'), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", '/'), std::vector<std::string_view>{""});
  EXPECT_EQ(split("/", '/'), (std::vector<std::string_view>{"", ""}));
  EXPECT_EQ(join(std::vector<std::string>{"a", "", "b"}, "/"), "a//b");
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(counted(1, "file"), "1 file");
  EXPECT_EQ(counted(0, "file"), "0 files");
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(999'949), "999.9 kB");
  EXPECT_EQ(human_bytes(999'950), "1.0 MB");
  EXPECT_EQ(human_bytes(13'500'000), "13.5 MB");
  EXPECT_EQ(human_bytes(UINT64_MAX), "18446.7 PB");
}

}  // namespace
}  // namespace hansa
