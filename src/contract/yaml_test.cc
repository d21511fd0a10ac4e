#include "contract/yaml.h"

#include <gtest/gtest.h>

#include <array>

#include "base/limits.h"
#include "base/text.h"
#include "contract/scalar.h"

namespace hansa::contract {
namespace {

// "rule@line:column" of the first note; empty if there is none.
std::string first_note(std::string_view text) {
  const YamlText read = read_yaml(text);
  if (read.notes.empty()) return {};
  const YamlNote& note = read.notes.front();
  return note.rule + "@" + std::to_string(note.mark.line) + ":" + std::to_string(note.mark.column);
}

TEST(Yaml, RefusesWhatHidesWhatAFileSays) {
  const std::pair<std::string_view, std::string_view> cases[]{
      {"a: 1\nb: 2\na: 3\n", "yaml-duplicate-key@3:1"},
      {"a: &x 1\nb: *x\n", "yaml-alias@1:4"},
      {"b: *x\n", "yaml-syntax@1:4"},
      {"a: !!str 1\n", "yaml-tag@1:4"},
      {"a: !python/object:os.system x\n", "yaml-tag@1:4"},
      {"a:\n  <<: {b: 1}\n", "yaml-merge@2:3"},
      {"%YAML 1.1\n---\na: no\n", "yaml-directive@1:1"},
      {"? [a, b]\n: 1\n", "yaml-key@1:3"},
      {": 1\n", "yaml-key@1:1"},
      {"a: [1, 2\n", "yaml-syntax@2:1"},
      {"a: .inf\n", "yaml-number@1:4"},
      {"a: 99999999999999999999\n", "yaml-number@1:4"},
      {"a: \"\\0\"\n", "yaml-control-character@1:4"},
      {"a: 'x' y\n", "yaml-syntax@1:8"},
  };
  for (const auto& [text, note] : cases) EXPECT_EQ(first_note(text), note) << text;
}

TEST(Yaml, RefusesBytesThatAreNoText) {
  EXPECT_EQ(first_note("a: b\nc: \xFF\n"), "yaml-encoding@2:4");
  EXPECT_EQ(first_note(std::string_view("a: b\0", 5)), "yaml-control-character@1:5");
  EXPECT_EQ(first_note("a: \x1B[31m\n"), "yaml-control-character@1:4");
  EXPECT_EQ(first_note("\xFF\xFE"
                       "a"),
            "yaml-encoding@1:1");
  EXPECT_EQ(read_yaml("\xEF\xBB\xBF"
                      "a: 1\n")
                .documents.size(),
            1U);
}

TEST(Yaml, HoldsItsLimits) {
  EXPECT_EQ(first_note(std::string(limits::yaml_bytes_max + 1, 'a')), "yaml-size@0:0");
  EXPECT_EQ(first_note(std::string(limits::yaml_nodes_max + 1, ',')), "yaml-size@0:0");
  EXPECT_TRUE(
      first_note(std::string(limits::nesting_max, '[') + std::string(limits::nesting_max, ']'))
          .empty());
  const std::size_t more = limits::nesting_max + 1;
  EXPECT_TRUE(
      first_note(std::string(more, '[') + std::string(more, ']')).starts_with("yaml-depth"));
  EXPECT_TRUE(first_note(std::string(100'000, '[')).starts_with("yaml-"));
  EXPECT_TRUE(first_note(std::string(100'000, '{')).starts_with("yaml-"));
  std::string deep;
  for (int i = 0; i < 2'000; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_TRUE(first_note(deep).starts_with("yaml-depth"));
}

TEST(Yaml, NamesEveryWordThatYaml11ReadsOtherwise) {
  for (const std::string_view word : {"y", "N", "yes", "No", "ON", "off", "012", "-07", "0o14",
                                      "0b11", "1:20", "190:20:30", "1_000", "12e5", "1e3"}) {
    const YamlText read = read_yaml("a: " + std::string(word) + "\n");
    ASSERT_EQ(read.notes.size(), 1U) << word;
    EXPECT_EQ(read.notes[0].kind, YamlNote::Kind::ambiguous) << word;
    EXPECT_EQ(read.documents[0].root.find("a")->as_string()
                  ? *read.documents[0].root.find("a")->as_string()
                  : "",
              word);
  }
}

TEST(Yaml, ReadsTheCoreSchema) {
  const YamlText read = read_yaml(
      "t: true\nf: FALSE\nz: ~\ne:\ni: -12\nx: 0x1F\nr: 1.50\nd: 2026-11-22\nv: 1.0.0\nc: "
      "09:00-08:00\ns: \"no\"\nq: '012'\n");
  EXPECT_TRUE(read.notes.empty());
  ASSERT_EQ(read.documents.size(), 1U);
  EXPECT_EQ(
      to_text(read.documents[0].root),
      R"({"t":true,"f":false,"z":null,"e":null,"i":-12,"x":31,"r":1.5,"d":"2026-11-22","v":"1.0.0",)"
      R"("c":"09:00-08:00","s":"no","q":"012"})");
}

TEST(Yaml, KeepsLineAndColumnOfEveryNode) {
  const YamlText read = read_yaml("a: 1\n---\nb:\n  - c\n  - {d: e}\n");
  ASSERT_EQ(read.documents.size(), 2U);
  const Json& list = *read.documents[1].root.find("b");
  EXPECT_EQ(list.mark.line, 4U);
  EXPECT_EQ((*list.as_array())[1].find("d")->mark.line, 5U);
  EXPECT_EQ((*list.as_array())[1].find("d")->mark.column, 9U);
}

TEST(Yaml, ReportsAllFaultsOfAText) {
  EXPECT_EQ(read_yaml("a: 1\na: 2\nb: &x 1\nc: !t 2\nd: no\n").notes.size(), 4U);
}

Json example() {
  Json json;
  for (const std::string_view word : {"no",
                                      "Yes",
                                      "on",
                                      "012",
                                      "1:20",
                                      "2026-11-22",
                                      "1e3",
                                      "null",
                                      "~",
                                      "",
                                      " x",
                                      "x ",
                                      "a: b",
                                      "a #b",
                                      "- a",
                                      "[a]",
                                      "{a}",
                                      "*a",
                                      "&a",
                                      "!a",
                                      "%a",
                                      "@a",
                                      "`a",
                                      "|",
                                      ">",
                                      "'a'",
                                      "\"a\"",
                                      "0x1F",
                                      ".5",
                                      "+1",
                                      "1.0.0",
                                      "a,b",
                                      "http://x.example/y?z=1",
                                      "tab\there",
                                      "line\nline",
                                      "line\nline\n",
                                      "a\n\nb",
                                      "a\n\n",
                                      "\n",
                                      " a\nb",
                                      "cr\r\n",
                                      "\xC2\x85",
                                      "\xE2\x80\xA8",
                                      "\xEF\xBB\xBF",
                                      "\xF0\x9F\x90\x99",
                                      "=",
                                      "<<",
                                      "---",
                                      "...",
                                      "?",
                                      ":",
                                      "true",
                                      "a\\b",
                                      "# a\nb",
                                      "- a\n- b"}) {
    json.set(std::string(word) + "k", word);
    json.set(word,
             Json(Json::Array{Json(word), Json(Json::Object{{std::string(word), Json(word)}})}));
  }
  json.set("numbers", Json(Json::Array{Json(1), Json(-1), Json(1.5), Json(1e300), Json(1e-7),
                                       Json(2.0), Json(UINT64_MAX), Json(INT64_MIN)}));
  json.set("nothing", Json(nullptr));
  json.set("empty", Json(Json::Array{Json(Json::Object{}), Json(Json::Array{}),
                                     Json(Json::Array{Json(Json::Array{Json(1)})})}));
  json.set("flag", true);
  return json;
}

TEST(Yaml, WhatIsWrittenIsReadAsTheSameValue) {
  const std::string text = to_yaml(example());
  const auto read = parse_yaml(text);
  ASSERT_TRUE(read) << read.error().text << "\n" << text;
  EXPECT_EQ(to_pretty_text(*read), to_pretty_text(example()));
  EXPECT_EQ(to_yaml(*read), text);
}

TEST(Yaml, QuotesWhateverAnyReaderCouldMisread) {
  for (const std::string_view word :
       {"no", "y", "012", "1:20", "2026-11-22", "1e3", "null", "0x1F", "1_000", "12"})
    EXPECT_EQ(to_yaml(Json(word)), "\"" + std::string(word) + "\"\n");
  EXPECT_EQ(to_yaml(Json("1.0.0")), "1.0.0\n");
  EXPECT_EQ(to_yaml(Json(1e20)), "1.0e+20\n");
}

TEST(Yaml, WritesShortLeavesBetweenBraces) {
  Json json;
  json.set(
      "ports",
      Json(Json::Array{Json(Json::Object{{"name", Json("plays")}, {"version", Json("1.0.0")}})}));
  json.set("tags", Json(Json::Array{Json("a"), Json("b")}));
  EXPECT_EQ(to_yaml(json), "ports:\n  - {name: plays, version: 1.0.0}\ntags: [a, b]\n");
}

}  // namespace
}  // namespace hansa::contract
