#include "contract/checks.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "contract/document.h"

namespace hansa::contract {
namespace {

using Kind = Check::Kind;
using Measure = Check::Measure;

// A contract of one object, `plays`, with these columns and object rules.
std::string contract_with(const std::string& properties, const std::string& quality = {}) {
  return "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n"
         "  - name: plays\n    properties:\n" +
         properties + quality;
}

struct Read {
  CheckList list;
  std::vector<Finding> problems;
};
Read read(const std::string& text) {
  const SourceFile file{"c.yaml", text};
  Manifests all = read_manifests({&file, 1});
  Read out;
  out.problems = all.problems;
  if (!all.contracts.empty()) out.list = checks_of(all.contracts.front().value, "plays");
  return out;
}
std::vector<Check> checks(const std::string& text) {
  const Read found = read(text);
  EXPECT_TRUE(found.problems.empty()) << to_text(found.problems.front());
  return found.list.checks;
}
const Check& named(const std::vector<Check>& all, std::string_view name) {
  static const Check none{
      .name = "none", .columns = {}, .rule = {}, .sql = {}, .must = {}, .cannot = {}};
  const auto found = std::ranges::find(all, name, &Check::name);
  EXPECT_NE(found, all.end()) << name;
  return found == all.end() ? none : *found;
}

constexpr std::string_view kId =
    "      - {name: id, logicalType: integer, required: true, unique: true}\n";

TEST(Checks, OfColumnsAreWhatTheySay) {
  const auto all = checks(contract_with(
      std::string(kId) +
      "      - {name: day, logicalType: date, physicalName: d, primaryKey: true, "
      "primaryKeyPosition: 2}\n"
      "      - {name: show, logicalType: string, primaryKey: true, primaryKeyPosition: 1, enum: "
      "[{value: a}, {value: 7}]}\n"));
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(named(all, "id is required").measure, Measure::nulls);
  EXPECT_EQ(named(all, "id is unique").measure, Measure::duplicates);
  const Check& allowed = named(all, "show is one of its enum");
  EXPECT_EQ(to_text(*allowed.rule.holds), "show in ('a', '7')");
  EXPECT_EQ(allowed.must, Condition{});
  EXPECT_EQ(named(all, "show, d are the key").columns, (std::vector<std::string>{"show", "d"}));
}

TEST(Checks, OfOptionsAreOneRuleAColumn) {
  const auto all = checks(contract_with(
      "      - {name: a, logicalType: number, logicalTypeOptions: {minimum: 1, "
      "exclusiveMaximum: 2.5}}\n"
      "      - {name: b, logicalType: string, logicalTypeOptions: {minLength: 2, maxLength: 3, "
      "pattern: '^x', format: email}}\n"
      "      - {name: c, logicalType: integer, logicalTypeOptions: {multipleOf: 5, maximum: "
      "10.0}}\n"
      "      - {name: d, logicalType: date, logicalTypeOptions: {minimum: '2020-01-01'}}\n"
      "      - {name: e, logicalType: number, physicalType: 'decimal(5,2)', logicalTypeOptions: "
      "{maximum: 100000}}\n"));
  const Check& a = named(all, "a is as its options say");
  EXPECT_EQ(to_text(*a.rule.holds), "a >= 1 and a < 2.5");
  EXPECT_TRUE(a.rule.no_nan);
  const Check& b = named(all, "b is as its options say");
  EXPECT_EQ(b.rule.min_length, 2U);
  EXPECT_EQ(b.rule.max_length, 3U);
  EXPECT_EQ(b.rule.pattern, "^x");
  EXPECT_FALSE(named(all, "b: format").cannot.empty());
  EXPECT_EQ(to_text(*named(all, "c is as its options say").rule.holds), "c <= 10");
  EXPECT_EQ(named(all, "c is as its options say").rule.multiple_of->text, "5");
  EXPECT_EQ(to_text(*named(all, "d is as its options say").rule.holds), "d >= '2020-01-01'");
  EXPECT_FALSE(named(all, "e is as its options say").cannot.empty());
}

TEST(Checks, OfTheLibraryMeasureAndCompare) {
  const auto all = checks(contract_with(
      "      - name: a\n        logicalType: string\n        quality:\n"
      "          - {metric: nullValues, mustBeLessThan: 5, unit: percent, severity: warning}\n"
      "          - {metric: missingValues, mustBe: 0, arguments: {missingValues: [null, '', "
      "n/a]}}\n"
      "          - {metric: invalidValues, mustBe: 0, arguments: {validValues: [x, y], pattern: "
      "'^.$'}}\n"
      "          - {type: text, description: it is nice}\n"
      "          - {type: custom, engine: soda, implementation: 'checks: []'}\n",
      "    quality:\n      - {metric: rowCount, mustBeBetween: [1, 10]}\n"
      "      - {name: pairs, metric: duplicateValues, mustBe: 0, arguments: {properties: [a]}}\n"));
  ASSERT_EQ(all.size(), 6U);
  const Check& nulls = named(all, "a: nullValues");
  EXPECT_TRUE(nulls.percent);
  EXPECT_TRUE(nulls.warns);
  EXPECT_EQ(nulls.must.op, Condition::Op::less);
  EXPECT_EQ(to_text(*named(all, "a: missingValues").rule.holds), "a is null or a in ('', 'n/a')");
  EXPECT_EQ(to_text(*named(all, "a: invalidValues").rule.holds), "a in ('x', 'y')");
  EXPECT_EQ(named(all, "a: custom").cannot, "it is for soda, which does not run here");
  EXPECT_EQ(to_text(named(all, "rowCount").must), "more than 1 and less than 10");
  EXPECT_EQ(named(all, "pairs").columns, std::vector<std::string>{"a"});
}

TEST(Checks, OfOlderVersionsAreTheSame) {
  std::string text = contract_with(
      std::string(kId), "    quality:\n      - {rule: rowCount, mustBeGreaterThan: 3}\n");
  text.replace(text.find("v3.2.0"), 6, "v3.0.2");
  EXPECT_EQ(named(checks(text), "rowCount").measure, Measure::rows);
}

TEST(Checks, OfOneNameGetANumber) {
  const auto all = checks(contract_with(
      std::string(kId),
      "    quality:\n      - {metric: rowCount, mustBeGreaterThan: 3}\n"
      "      - {metric: rowCount, mustBeLessThan: 9}\n      - {name: 'rowCount #2', metric: "
      "rowCount, mustBe: 7}\n"));
  EXPECT_EQ(named(all, "rowCount #2").must.low, 9);
  EXPECT_EQ(named(all, "rowCount #2 #2").must.low, 7);
}

TEST(Checks, InsideAColumnAreSaidToBeNotRun) {
  const auto all =
      checks(contract_with("      - name: a\n        logicalType: object\n        properties:\n"
                           "          - {name: b, logicalType: string, required: true}\n"));
  EXPECT_FALSE(named(all, "a.b").cannot.empty());
}

struct Wrong {
  const char* what;
  const char* quality;  // below column `a`, or below the object if it starts with '^'
  const char* rule;
};
class ChecksWrong : public testing::TestWithParam<Wrong> {};
TEST_P(ChecksWrong, IsAProblemWithItsPlace) {
  const std::string text = GetParam().quality;
  const bool of_object = text.starts_with('^');
  const std::string line = "- " + text.substr(of_object ? 1 : 0) + "\n";
  const std::string column = "      - name: a\n        logicalType: integer\n";
  const auto found =
      read(of_object ? contract_with(column, "    quality:\n      " + line)
                     : contract_with(column + "        quality:\n          " + line));
  ASSERT_EQ(found.problems.size(), 1U);
  EXPECT_EQ(found.problems.front().rule, GetParam().rule);
  EXPECT_EQ(found.problems.front().line, of_object ? 12U : 12U) << to_text(found.problems.front());
  EXPECT_GT(found.problems.front().column, 0U);
  EXPECT_TRUE(found.list.checks.empty());
}
INSTANTIATE_TEST_SUITE_P(
    All, ChecksWrong,
    testing::Values(
        Wrong{"metric", "{metric: nullValuez, mustBe: 0}", "quality-metric"},
        Wrong{"operator", "{metric: nullValues, mustBeLess: 0}", "quality-operator"},
        Wrong{"twice", "{metric: nullValues, mustBe: 0, mustNotBe: 3}", "quality-operator"},
        Wrong{"none", "{metric: nullValues}", "quality-operator"},
        Wrong{"pair", "{metric: nullValues, mustBeBetween: [3, 3]}", "quality-operator"},
        Wrong{"no_pair", "{metric: nullValues, mustBeBetween: 3}", "quality-operator"},
        Wrong{"text", "{metric: nullValues, mustBe: many}", "quality-operator"},
        Wrong{"unit", "{metric: nullValues, mustBe: 0, unit: permille}", "quality-unit"},
        Wrong{"share_of_rows", "^{metric: rowCount, mustBe: 0, unit: percent}", "quality-unit"},
        Wrong{"valid", "{metric: invalidValues, mustBe: 0}", "quality-value"},
        Wrong{"value", "{metric: invalidValues, mustBe: 0, arguments: {validValues: [x]}}",
              "quality-value"},
        Wrong{"no_column", "^{metric: nullValues, mustBe: 0}", "quality-columns"},
        Wrong{"column", "^{metric: duplicateValues, mustBe: 0, arguments: {properties: [b]}}",
              "quality-columns"},
        Wrong{"query", "{type: sql, mustBe: 0}", "quality-sql"},
        Wrong{"placeholder", "^{type: sql, query: 'select {property} from {object}', mustBe: 0}",
              "quality-sql"}),
    [](const auto& each) { return std::string(each.param.what); });

TEST(Checks, ManySqlRulesAreAProblem) {
  const auto rules = [](std::size_t count) {
    std::string out = "    quality:\n";
    for (std::size_t i = 0; i < count; ++i)
      out += "      - {type: sql, query: 'select 1 from {object}', mustBe: 1}\n";
    return contract_with(std::string(kId), out);
  };
  EXPECT_TRUE(read(rules(sql_checks_max)).problems.empty());
  EXPECT_EQ(read(rules(sql_checks_max + 1)).problems.size(), 1U);
}

TEST(Checks, PlaceholdersAreFilledIn) {
  Check check{
      .name = {},
      .columns = {"a\"b"},
      .rule = {},
      .sql = "select {property}, ${column}, {x}, { from ${object} t, {table} where '$' = '{'",
      .must = {},
      .cannot = {}};
  EXPECT_EQ(filled_in(check, "t.\"p\""),
            "select \"a\"\"b\", \"a\"\"b\", {x}, { from t.\"p\" t, t.\"p\" where '$' = '{'");
  check.columns.clear();
  check.sql = "select {property}";
  EXPECT_EQ(filled_in(check, "t"), "select {property}");
}

}  // namespace
}  // namespace hansa::contract
