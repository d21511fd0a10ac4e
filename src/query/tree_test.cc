#include "query/tree.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "query/tree_json.h"

namespace hansa::query {
namespace {

const WalkOptions options{.defaults = {.catalog = "acme", .schema = "home"}, .sql = {}};

struct Case {
  std::string expected;
  std::string sql;
  std::string tree;
};

std::vector<Case> corpus() {
  std::ifstream statements("test/corpus/query/statements.txt");
  std::ifstream trees("test/corpus/query/trees.jsonl");
  std::vector<Case> cases;
  for (std::string line; std::getline(statements, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto tab = line.find('\t');
    Case& next = cases.emplace_back(line.substr(0, tab), line.substr(tab + 1), "");
    std::getline(trees, next.tree);
  }
  return cases;
}

std::string sorted(std::string_view words) {
  std::vector<std::string> all;
  for (const std::string_view word : split(words, ' ')) all.emplace_back(word);
  std::ranges::sort(all);
  return join(all, " ");
}

// In the notation of statements.txt.
std::string said(const TreeFacts& facts) {
  std::vector<std::string> words;
  if (facts.kind == StatementKind::describe) words.push_back("describe");
  if (facts.kind == StatementKind::summarize) words.push_back("summarize");
  if (facts.kind == StatementKind::show_tables)
    words.push_back(facts.show_schema.empty() ? "show_tables" : "show_tables:" + facts.show_schema);
  if (facts.parameters > 0) words.push_back(fmt::format("${}", facts.parameters));
  for (const TableUse& use : facts.tables)
    words.push_back(fmt::format("{}.{}{}", use.table.schema, use.table.name, use.rows ? "" : "~"));
  if (facts.tables.empty() && facts.parameters == 0 && facts.kind != StatementKind::show_tables)
    words.push_back("-");
  return join(words, " ");
}

std::string node(std::string_view from, std::string_view select = "[]") {
  return fmt::format(
      R"({{"error":false,"statements":[{{"node":{{"type":"SELECT_NODE","select_list":{},"from_table":{}}}}}]}})",
      select, from);
}
std::string expression(std::string_view json) { return node("null", fmt::format("[{}]", json)); }

Error refusal(std::string_view tree) {
  auto facts = walk(tree, options);
  return facts ? Error{Code::internal, "not refused: " + said(*facts), {}} : facts.error();
}

TEST(Tree, FindsWhatEachStatementOfTheCorpusReads) {
  const auto cases = corpus();
  ASSERT_GT(cases.size(), 200U);
  for (const Case& c : cases) {
    const auto facts = walk(c.tree, options);
    if (!c.expected.starts_with('!')) {
      EXPECT_TRUE(facts) << c.sql << "\n  " << (facts ? "" : facts.error().text);
      if (facts) {
        EXPECT_EQ(sorted(said(*facts)), sorted(c.expected)) << c.sql;
      }
      continue;
    }
    const auto space = c.expected.find(' ');
    EXPECT_FALSE(facts) << c.sql;
    if (facts) continue;
    EXPECT_EQ(name_of(facts.error().code), c.expected.substr(1, space - 1))
        << c.sql << "\n  " << facts.error().text;
    EXPECT_TRUE(
        (facts.error().text + " | " + facts.error().next).contains(c.expected.substr(space + 1)))
        << c.sql << "\n  " << facts.error().text << " | " << facts.error().next;
  }
}

TEST(Tree, SaysWhereInTheStatement) {
  for (const Case& c : corpus()) {
    if (c.sql != "SELECT * FROM read_parquet('f.parquet')") continue;
    EXPECT_TRUE(refusal(c.tree).text.ends_with("(byte 15)")) << refusal(c.tree).text;
    WalkOptions with_sql = options;
    with_sql.sql = c.sql;
    EXPECT_TRUE(walk(c.tree, with_sql).error().text.ends_with("(line 1, column 15)"));
    with_sql.sql = "SELECT *\nFROM\tü";
    EXPECT_TRUE(walk(c.tree, with_sql).error().text.ends_with("(line 2, column 6)"))
        << walk(c.tree, with_sql).error().text;
    with_sql.sql = "short";
    EXPECT_TRUE(walk(c.tree, with_sql).error().text.ends_with("it reads files"));
    return;
  }
  FAIL() << "the corpus lacks the statement";
}

TEST(Tree, ReadsTheReducedFormToo) {
  // The engine can leave out what is null, empty or the default.
  const auto facts =
      walk(node(R"({"type":"BASE_TABLE","schema_name":"a","table_name":"b","query_location":14})"),
           options);
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->tables.size(), 1U);
  EXPECT_EQ(facts->tables[0].position, 14U);
}

TEST(Tree, RefusesWhatIsNoTree) {
  for (const char* json :
       {"", "null", "1", "[]", "{}", R"({"statements":null})", R"({"statements":{}})",
        R"({"statements":[null]})", R"({"statements":[1]})", R"({"statements":[{}]})",
        R"({"statements":[{"node":1}]})", R"({"statements":[{"node":[]}]})",
        R"({"statements":[{"node":{}}]})", R"({"statements":[{"node":{"type":1}}]})",
        R"({"statements":[{"node":{"type":null}}]})",
        R"({"statements":[{"node":{"type":["SELECT_NODE"]}}]})", "{\"statements\":[", "\xff",
        R"({"statements":[{"node":{"type":"SELECT_NODE","type":"SELECT_NODE"}}]})"})
    EXPECT_EQ(refusal(json).code, Code::corrupt) << json << ": " << refusal(json).text;
}

TEST(Tree, RefusesMembersOfTheWrongKindEverywhere) {
  // Every member of every tree in turn becomes each kind of value. Whatever comes of it, nothing
  // may break, and no table may appear that was not there.
  const auto cases = corpus();
  std::size_t tried = 0;
  for (std::size_t i = 0; i < cases.size(); i += 29) {
    const std::string& tree = cases[i].tree;
    for (std::size_t colon = tree.find("\":"); colon != std::string::npos;
         colon = tree.find("\":", colon + 1)) {
      const std::size_t begin = colon + 2;
      const std::size_t end = tree.find_first_of(",}]", begin);
      if (end == std::string::npos || tree[begin] == '{' || tree[begin] == '[') continue;
      for (const char* other :
           {"null", "1", "true", "\"x\"", "[]", "{}", "[[[[]]]]", "{\"type\":\"BASE_TABLE\"}"}) {
        (void)walk(tree.substr(0, begin) + other + tree.substr(end), options);
        ++tried;
      }
    }
  }
  EXPECT_GT(tried, 1'000U);
}

TEST(Tree, RefusesNodesAndMembersItDoesNotKnow) {
  EXPECT_EQ(refusal(node(R"({"type":"COLUMN_DATA"})")).code, Code::invalid);
  EXPECT_EQ(refusal(node(R"({"type":"TABLE_REF_OF_TOMORROW"})")).code, Code::invalid);
  EXPECT_EQ(refusal(node(R"({"type":"EMPTY","tables":[]})")).code, Code::invalid);
  for (const char* kind :
       {"DEFAULT", "LAMBDA_REF", "BOUND_REF", "BOUND_FUNCTION", "MACRO", "function"})
    EXPECT_EQ(refusal(expression(fmt::format(R"({{"class":"{}","type":"X"}})", kind))).code,
              Code::invalid)
        << kind;
  EXPECT_EQ(refusal(expression(R"({"class":"OPERATOR","type":"OPERATOR_OF_TOMORROW"})")).code,
            Code::invalid);
  EXPECT_EQ(
      refusal(expression(R"({"class":"CONSTANT","type":"VALUE_CONSTANT","value":1,"child":{}})"))
          .code,
      Code::invalid);
  EXPECT_EQ(refusal(R"({"statements":[{"node":{"type":"INSERT_NODE"}}]})").code, Code::invalid);
  EXPECT_EQ(
      refusal(R"({"statements":[{"node":{"type":"SELECT_NODE","cte_map":{"map":[],"more":1}}}]})")
          .code,
      Code::corrupt);
  EXPECT_EQ(
      refusal(R"({"statements":[{"node":{"type":"SELECT_NODE","cte_map":{"map":[{"key":"t"}]}}}]})")
          .code,
      Code::corrupt);
}

TEST(Tree, RefusesNodesWithoutWhatMakesThem) {
  for (const char* table :
       {R"({"type":"BASE_TABLE"})", R"({"type":"BASE_TABLE","table_name":1})",
        R"({"type":"SUBQUERY"})", R"({"type":"TABLE_FUNCTION"})",
        R"({"type":"TABLE_FUNCTION","function":{"class":"STAR"}})", "[]", "\"x\""})
    EXPECT_EQ(refusal(node(table)).code, Code::corrupt) << table << refusal(node(table)).text;
  for (const char* call :
       {R"({"class":"FUNCTION"})", R"({"class":"FUNCTION","function_name":["sum"]})",
        R"({"class":"SUBQUERY"})"})
    EXPECT_EQ(refusal(expression(call)).code, Code::corrupt) << call;
}

TEST(Tree, HidesNothingBehindItsOwnContradictions) {
  // SHOW_REF with both a query and a name, a call without a class behind a table function, a table
  // in a constant.
  EXPECT_EQ(
      refusal(node(R"({"type":"SHOW_REF","show_type":"OTHER","query":{"type":"SELECT_NODE"}})"))
          .code,
      Code::corrupt);
  const auto facts = walk(
      expression(
          R"({"class":"CONSTANT","type":"VALUE_CONSTANT","value":{"type":"BASE_TABLE","table_name":"x"}})"),
      options);
  ASSERT_TRUE(facts);  // Data of a constant, which the engine never resolves.
  EXPECT_TRUE(facts->tables.empty());
}

TEST(Tree, StandsDeepNestingAndWideLists) {
  std::string deep = R"({"class":"CONSTANT","type":"VALUE_CONSTANT"})";
  for (int i = 0; i < 1'000; ++i)
    deep = fmt::format(R"({{"class":"FUNCTION","function_name":"||","children":[{}]}})", deep);
  EXPECT_TRUE(walk(expression(deep), options));

  const std::string too_deep = std::string(500'000, '[');
  EXPECT_EQ(refusal(too_deep).code, Code::invalid);
  EXPECT_EQ(
      refusal("{\"statements\":" + std::string(7'000, '[') + std::string(7'000, ']') + "}").code,
      Code::corrupt);

  std::string ors;
  const std::string term =
      R"({"class":"COMPARISON","type":"COMPARE_EQUAL","left":null,"right":null},)";
  while (ors.size() + term.size() < limits::tree_bytes_max - 1'000) ors += term;
  ors.pop_back();
  EXPECT_TRUE(walk(
      expression(R"({"class":"CONJUNCTION","type":"CONJUNCTION_OR","children":[)" + ors + "]}"),
      options));
  EXPECT_EQ(refusal(std::string(limits::tree_bytes_max + 1, ' ')).code, Code::invalid);
  EXPECT_EQ(refusal("[" + std::string(600'000, ',') + "]").code, Code::corrupt);
  std::string digits = "[";
  while (digits.size() < 900'000) digits += "1,";
  EXPECT_EQ(refusal(digits + "1]").code, Code::invalid);
}

TEST(Tree, BoundsTablesAndCtes) {
  std::string tables = "null";
  std::string ctes;
  for (std::size_t i = 0; i <= limits::relations_per_query_max; ++i)
    tables = fmt::format(
        R"({{"type":"JOIN","left":{},"right":{{"type":"BASE_TABLE","table_name":"t{}"}}}})", tables,
        i);
  EXPECT_EQ(refusal(node(tables)).code, Code::exhausted);
  for (std::size_t i = 0; i <= ctes_max; ++i)
    ctes +=
        fmt::format(R"({}{{"key":"c{}","value":{{"query":{{"node":{{"type":"SELECT_NODE"}}}}}}}})",
                    i == 0 ? "" : ",", i);
  EXPECT_EQ(
      refusal(
          fmt::format(
              R"({{"statements":[{{"node":{{"type":"SELECT_NODE","cte_map":{{"map":[{}]}}}}}}]}})",
              ctes))
          .code,
      Code::invalid);
}

TEST(Tree, SaysNothingBackThatIsLongOrUnprintable) {
  const Error error = refusal(
      expression(R"({"class":"FUNCTION","function_name":")" + std::string(100'000, 'x') + "\"}"));
  EXPECT_EQ(error.code, Code::invalid);
  EXPECT_LT(error.text.size(), 300U);
  EXPECT_FALSE(refusal(node(R"({"type":"BASE_TABLE\u0007\n\u202e"})")).text.contains('\n'));
  EXPECT_FALSE(refusal(expression(R"({"class":"FUNCTION","function_name":"a\nb\u0007"})"))
                   .text.contains('\n'));
}

TEST(TreeJson, UnescapesAndRefusesHalves) {
  const auto tree = TreeJson::read(
      R"({"a":"x\"\\\/\b\f\n\r\té€\ud83d\ude00","b":-1.5e+3,"c":-Infinity,"d":null,"\u0065":true})");
  ASSERT_TRUE(tree) << tree.error().text;
  EXPECT_EQ(tree->text(tree->root(), "a"), "x\"\\/\b\f\n\r\té€😀");
  EXPECT_EQ(tree->find(tree->root(), "b")->text, "-1.5e+3");
  EXPECT_EQ(tree->find(tree->root(), "d"), nullptr);
  EXPECT_TRUE(tree->find(tree->root(), "e")->truth);
  for (const char* bad : {R"("\ud800")",
                          R"("\ud800\u0041")",
                          R"("\udc00")",
                          R"("\x")",
                          R"("\u12g4")",
                          "\"\n\"",
                          "\"",
                          "01",
                          "1.",
                          "-",
                          "1e",
                          "tru",
                          "[1,]",
                          "[1 2]",
                          "{\"a\"}",
                          "{a:1}",
                          "{\"a\":1,}",
                          "{\"a\":1,\"a\":2}",
                          "{\"a\":1,\"\\u0061\":2}",
                          "[] []",
                          "]"})
    EXPECT_FALSE(TreeJson::read(bad)) << bad;
}

TEST(TreeJson, AgreesWithTheStrictReaderOnShallowText) {
  for (const Case& c : corpus()) {
    const auto strict = parse_json(c.tree);
    if (strict) {
      EXPECT_TRUE(TreeJson::read(c.tree)) << c.sql;
    }
  }
}

}  // namespace
}  // namespace hansa::query
