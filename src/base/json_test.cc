#include "base/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "base/limits.h"
#include "base/text.h"

namespace hansa {
namespace {

using namespace std::string_view_literals;

TEST(ParseJson, RefusesWhatRfc8259DoesNotKnow) {
  for (const std::string_view text : {""sv,
                                      " "sv,
                                      "{"sv,
                                      "}"sv,
                                      "["sv,
                                      "[1"sv,
                                      "[1,]"sv,
                                      "{\"a\":1,}"sv,
                                      "{a:1}"sv,
                                      "{'a':1}"sv,
                                      "{\"a\"}"sv,
                                      "{\"a\":}"sv,
                                      "[1 2]"sv,
                                      "1 2"sv,
                                      "{}{}"sv,
                                      "nul"sv,
                                      "NULL"sv,
                                      "True"sv,
                                      "NaN"sv,
                                      "Infinity"sv,
                                      "-Infinity"sv,
                                      "-"sv,
                                      "+1"sv,
                                      "01"sv,
                                      "-01"sv,
                                      "1."sv,
                                      ".5"sv,
                                      "1e"sv,
                                      "1e+"sv,
                                      "0x10"sv,
                                      "1_000"sv,
                                      "\"a"sv,
                                      "\"\n\""sv,
                                      "\"\t\""sv,
                                      "\"\x01\""sv,
                                      "\"\\x\""sv,
                                      "\"\\u12\""sv,
                                      "\"\\u123g\""sv,
                                      "// c\n1"sv,
                                      "/* c */1"sv,
                                      "1 // c"sv,
                                      "\"\xFF\""sv,
                                      "\"\xC0\x80\""sv,
                                      "\"\xED\xA0\x80\""sv,
                                      "1\0"sv,
                                      "1\0 2"sv,
                                      "{\"a\":1}\0{}"sv,
                                      "\0"sv,
                                      "\"a\0\""sv,
                                      "[1,\0]"sv}) {
    const auto json = parse_json(text);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().code, Code::invalid);
    EXPECT_EQ(json.error().text.find("json.exception"), std::string::npos) << json.error().text;
  }
}

TEST(ParseJson, RefusesLoneSurrogates) {
  for (const std::string_view text :
       {R"("\uD800")", R"("\uDC00")", R"("\uD800x")", R"("\uD800\uD800")", R"("\uD800\n")",
        R"("\uDFFF\uD800")", R"({"\uD800":1})"})
    EXPECT_FALSE(parse_json(text)) << text;
  EXPECT_EQ(*parse_json(R"("\uD83D\uDE00")")->as_string(), "\xF0\x9F\x98\x80");
}

TEST(ParseJson, RefusesAMemberThatStandsTwice) {
  for (const std::string_view text : {R"({"a":1,"a":1})", R"({"a":1,"b":{"c":1,"c":2}})",
                                      R"({"a":1,"\u0061":2})", R"([{"":1,"":2}])"}) {
    const auto json = parse_json(text);
    ASSERT_FALSE(json) << text;
    EXPECT_NE(json.error().text.find("twice"), std::string::npos);
  }
  EXPECT_TRUE(parse_json(R"({"a":{"a":1},"A":2})"));
}

TEST(ParseJson, RefusesDeepNestingWithoutRecursing) {
  const auto nested = [](std::size_t depth, char open, char close) {
    return std::string(depth, open) + std::string(depth, close);
  };
  EXPECT_TRUE(parse_json(nested(limits::nesting_max, '[', ']')));
  EXPECT_FALSE(parse_json(nested(limits::nesting_max + 1, '[', ']')));
  EXPECT_FALSE(parse_json(nested(1'000'000, '[', ']')));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(parse_json(objects));
}

TEST(ParseJson, RefusesNumbersThatCannotBeKept) {
  for (const std::string_view text : {"1e309", "-1e309", "1e999999", "[1e400]"}) {
    const auto json = parse_json(text);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().text.find("json.exception"), std::string::npos) << json.error().text;
  }
}

TEST(ParseJson, KeepsErrorsShort) {
  const std::string long_text = "\"" + std::string(1'000'000, 'x');
  EXPECT_LT(parse_json(long_text).error().text.size(), 1'000U);
  EXPECT_LT(parse_json("{" + long_text + "\":1," + long_text + "\":2}").error().text.size(),
            1'000U);
  EXPECT_LT(parse_json(std::string(1'000'000, '1') + "x").error().text.size(), 1'000U);
}

TEST(ParseJson, KeepsNumbersExactly) {
  EXPECT_EQ(*parse_json("9007199254740993")->as_int(), 9007199254740993LL);
  EXPECT_EQ(*parse_json("9223372036854775807")->as_int(), INT64_MAX);
  EXPECT_EQ(*parse_json("-9223372036854775808")->as_int(), INT64_MIN);
  EXPECT_EQ(*parse_json("18446744073709551615")->as_unsigned(), UINT64_MAX);
  EXPECT_FALSE(parse_json("18446744073709551615")->as_int());
  // 2^64 is no whole number of ours: it can only be a double, never another whole number.
  EXPECT_FALSE(parse_json("18446744073709551616")->as_unsigned());
  EXPECT_EQ(*parse_json("18446744073709551616")->as_double(), 18446744073709551616.0);
  EXPECT_EQ(*parse_json("1e308")->as_double(), 1e308);
  EXPECT_FALSE(parse_json("1.0")->as_int());
  EXPECT_FALSE(parse_json("1e2")->as_int());
  EXPECT_TRUE(std::signbit(*parse_json("-0.0")->as_double()));
  EXPECT_EQ(*parse_json("-0")->as_double(), 0.0);
  EXPECT_EQ(*parse_json("5e-324")->as_double(), 5e-324);
}

TEST(Json, HasOneRepresentationForOneNumber) {
  EXPECT_EQ(Json(std::uint64_t{5}), Json(5));
  EXPECT_EQ(*parse_json("5"), Json(std::uint64_t{5}));
  EXPECT_NE(Json(5), Json(5.0));
  EXPECT_EQ(*Json(std::uint64_t{5}).as_int(), 5);
  EXPECT_FALSE(Json(-5).as_unsigned());
  EXPECT_FALSE(Json("5").as_int());
  EXPECT_FALSE(Json(true).as_double());
}

Json random_json(std::mt19937_64& random, int depth) {
  const auto text = [&] {
    std::string out;
    static constexpr std::string_view kPieces[] = {
        "a", "\"", "\\", "\n", "\xC3\xA9", "\xF0\x9F\x98\x80", "\x01", "/", " ", "\x7F"};
    for (std::uint64_t i = random() % 6; i > 0; --i) out += kPieces[random() % std::size(kPieces)];
    return out;
  };
  switch (random() % (depth > 0 ? 9 : 7)) {
    case 0: return nullptr;
    case 1: return random() % 2 == 0;
    case 2: return static_cast<std::int64_t>(random()) >> (random() % 64);
    case 3: return random() >> (random() % 64);
    case 4: {
      double value = 0;
      const std::uint64_t bits = random();
      std::memcpy(&value, &bits, sizeof value);
      return std::isfinite(value) ? value : 0.5;
    }
    case 5: return static_cast<double>(static_cast<std::int64_t>(random()) >> (random() % 64));
    case 6: return text();
    case 7: {
      Json::Array items;
      for (std::uint64_t i = random() % 5; i > 0; --i)
        items.push_back(random_json(random, depth - 1));
      return items;
    }
    default: {
      Json out{Json::Object{}};
      for (std::uint64_t i = random() % 5; i > 0; --i)
        out.set(text(), random_json(random, depth - 1));
      return out;
    }
  }
}

TEST(Json, RoundTripsCompactAndPretty) {
  std::mt19937_64 random(17);
  for (int i = 0; i < 20'000; ++i) {
    const Json json = random_json(random, 4);
    const std::string text = to_text(json);
    const auto read = parse_json(text);
    ASSERT_TRUE(read) << text << ": " << read.error().text;
    ASSERT_EQ(*read, json) << text;
    ASSERT_EQ(to_text(*read), text);
    ASSERT_EQ(*parse_json(to_pretty_text(json)), json) << to_pretty_text(json);
  }
}

TEST(Json, WritesWhatIsNoNumberAsNullAndWhatIsNoUtf8Repaired) {
  EXPECT_EQ(to_text(Json(std::numeric_limits<double>::quiet_NaN())), "null");
  EXPECT_EQ(to_text(Json(-std::numeric_limits<double>::infinity())), "null");
  EXPECT_EQ(to_text(Json("a\xFFz")), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(to_text(Json("\xC3")), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(to_text(Json("\xE2\x82z")), "\"\xEF\xBF\xBD\xEF\xBF\xBDz\"");
  EXPECT_EQ(to_text(Json(1.0)), "1.0");
  EXPECT_EQ(to_text(Json(1e100)), "1e+100");
}

TEST(Json, RepairedTextIsAlwaysJson) {
  std::mt19937_64 random(19);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 12, '\0');
    for (char& c : text) c = static_cast<char>(random());
    ASSERT_TRUE(parse_json(to_text(Json(text))));
  }
}

TEST(Json, SetReplacesAndKeepsTheOrder) {
  Json json;
  json.set("b", 1);
  json.set("a", 2);
  json.set("b", 3);
  EXPECT_EQ(to_text(json), R"({"b":3,"a":2})");
  EXPECT_EQ(json.find("c"), nullptr);
  EXPECT_EQ(Json(5).find("a"), nullptr);
  Json list;
  list.push(1);
  list.push("x");
  EXPECT_EQ(to_text(list), R"([1,"x"])");
  EXPECT_EQ(to_pretty_text(Json(Json::Object{})), "{}");
}

TEST(JsonDeathTest, SettingAMemberOfANumberIsABug) {
  EXPECT_DEATH(Json(5).set("a", 1), "assertion failed");
  EXPECT_DEATH(Json(5).push(1), "assertion failed");
}

}  // namespace
}  // namespace hansa
