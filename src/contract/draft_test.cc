#include "contract/draft.h"

#include <gtest/gtest.h>

#include <random>

#include "contract/document.h"
#include "contract/lint.h"

namespace hansa::contract {
namespace {

Manifests read(const std::string& text) {
  const std::vector<SourceFile> files{{"drafted.yaml", text}};
  return read_manifests(files, true);
}

Result<Schema> schema_of_text(const std::string& properties) {
  const Manifests manifests = read(
      "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nschema:\n  - name: t\n    "
      "properties:\n" +
      properties);
  if (!manifests.problems.empty()) return invalid(to_text(manifests.problems[0]));
  return table_schema(manifests.contracts.at(0).value, "t");
}

TEST(TableSchema, RefusesWhatLeavesTheTypeOpen) {
  const std::pair<std::string_view, std::string_view> cases[]{
      {"      - {name: a}\n", "nothing says of which type"},
      {"      - {name: a, logicalType: number, physicalType: decimal}\n", "leaves the digits open"},
      {"      - {name: a, logicalType: number, physicalType: \"decimal(39,2)\"}\n",
       "no decimal that fits"},
      {"      - {name: a, logicalType: integer, physicalType: varchar}\n", "contradict"},
      {"      - {name: a, logicalType: object}\n", "needs its properties"},
      {"      - {name: a, logicalType: array}\n", "needs its items"},
      {"      - {name: a, logicalType: string}\n      - {name: A, logicalType: string}\n",
       "stands before it"},
      {"      - {name: a, logicalType: string, physicalType: fixed}\n", "needs its length"},
  };
  for (const auto& [properties, says] : cases) {
    const auto schema = schema_of_text(std::string(properties));
    ASSERT_FALSE(schema) << properties;
    EXPECT_NE(schema.error().text.find(says), std::string::npos) << schema.error().text;
    EXPECT_NE(schema.error().text.find("line "), std::string::npos) << schema.error().text;
  }
}

TEST(TableSchema, ReadsWhatEnginesCallTheirTypes) {
  const std::pair<std::string_view, std::string_view> cases[]{
      {"logicalType: integer", "long"},
      {"logicalType: integer, physicalType: int", "int"},
      {"logicalType: integer, logicalTypeOptions: {format: i16}", "int"},
      {"logicalType: number", "double"},
      {"logicalType: number, physicalType: \"NUMERIC(9, 2)\"", "decimal(9,2)"},
      {"logicalType: string, physicalType: varchar(18)", "string"},
      {"logicalType: string, physicalType: uuid", "uuid"},
      {"logicalType: timestamp", "timestamp"},
      {"logicalType: timestamp, logicalTypeOptions: {timezone: true}", "timestamptz"},
      {"logicalType: timestamp, physicalType: timestamp(6) with time zone", "timestamptz"},
      {"logicalType: date, physicalType: timestamp", "timestamp"},
      {"physicalType: BIGINT", "long"},
      {"logicalType: array, items: {logicalType: date}", "list<date>"},
      {"logicalType: map, map: {key: {logicalType: string}, value: {logicalType: integer}}",
       "map<string, long>"},
  };
  for (const auto& [property, type] : cases) {
    const auto schema = schema_of_text("      - {name: a, " + std::string(property) + "}\n");
    ASSERT_TRUE(schema) << property << ": " << schema.error().text;
    EXPECT_EQ(to_text(schema->columns[0].type), type) << property;
  }
}

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t below(std::uint32_t limit) { return engine_() % limit; }

  Type type(int depth) {
    const auto kind = static_cast<TypeKind>(below(depth > 0 ? 17 : 14));
    Type out{.kind = kind, .fields = {}};
    if (kind == TypeKind::decimal) {
      out.precision = 1 + below(38);
      out.scale = below(out.precision + 1);
    }
    if (kind == TypeKind::fixed) out.precision = 1 + below(64);
    if (kind == TypeKind::structure) out.fields = columns(depth - 1);
    if (kind == TypeKind::list) out.fields = {column("element", depth - 1)};
    if (kind == TypeKind::map) {
      out.fields = {column("key", depth - 1), column("value", depth - 1)};
      out.fields[0].required = true;
    }
    return out;
  }
  Column column(std::string name, int depth) {
    Column out{.name = std::move(name), .type = type(depth)};
    out.required = below(2) == 1;
    if (below(4) == 0) out.description = texts[below(texts.size())];
    return out;
  }
  std::vector<Column> columns(int depth) {
    std::vector<Column> out;
    const std::uint32_t count = 1 + below(5);
    for (std::uint32_t i = 0; i < count; ++i)
      out.push_back(column(names[below(names.size())] + std::to_string(i), depth));
    return out;
  }

 private:
  const std::vector<std::string> names{"show_id",      "Show ID ", "no",  "y",    "012", "day",
                                       "tage-im-jahr", "\xC3\xBC", "a.b", "null", "1e"};
  const std::vector<std::string> texts{
      "no", "Plays a day: all of them", "two\nlines", "- [x] # {y}", " padded ", "012"};
  std::mt19937 engine_;
};

TEST(Draft, ReadingTheDraftGivesBackTheSchema) {
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    DraftPort port{
        .name = "daily_plays", .schema = {.columns = random.columns(3)}, .partitions = {}};
    if (random.below(2) == 1) port.partitions = {port.schema.columns.front().name};
    const auto drafted =
        draft_product({.domain = "audience", .product = "listens", .ports = {port}});
    ASSERT_TRUE(drafted) << "seed " << seed << ": " << drafted.error().text;
    const Manifests manifests = read(drafted->text);
    ASSERT_TRUE(manifests.problems.empty())
        << "seed " << seed << ": " << to_text(manifests.problems[0]) << "\n"
        << drafted->text;
    ASSERT_TRUE(manifests.warnings.empty())
        << "seed " << seed << ": " << to_text(manifests.warnings[0]) << "\n"
        << drafted->text;
    ASSERT_EQ(manifests.contracts.size(), 1U);
    const DataContract& contract = manifests.contracts[0].value;
    EXPECT_EQ(contract, drafted->contracts[0]) << "seed " << seed;
    const auto schema = table_schema(contract, "daily_plays");
    ASSERT_TRUE(schema) << "seed " << seed << ": " << schema.error().text;
    EXPECT_EQ(*schema, port.schema) << "seed " << seed << "\n" << drafted->text;
    EXPECT_EQ(partition_columns(contract.schema[0]), port.partitions);
  }
}

TEST(Draft, WritesTheSmallestLegalProduct) {
  const Schema schema{
      .columns = {{.name = "day", .type = {.kind = TypeKind::date, .fields = {}}, .required = true},
                  {.name = "plays", .type = {.kind = TypeKind::int64, .fields = {}}}}};
  const auto drafted =
      draft_product({.domain = "audience",
                     .product = "listens",
                     .ports = {{.name = "daily_plays", .schema = schema, .partitions = {}}}});
  ASSERT_TRUE(drafted);
  EXPECT_EQ(drafted->text,
            "apiVersion: v1.1.0\nkind: DataProduct\nid: listens\nname: Listens\nstatus: "
            "active\ndomain: audience\noutputPorts:\n"
            "  - {name: daily_plays, version: 1.0.0, type: table, contractId: daily-plays-v1}\n"
            "---\napiVersion: v3.2.0\nkind: DataContract\nid: daily-plays-v1\nversion: "
            "1.0.0\nstatus: active\nschema:\n"
            "  - name: daily_plays\n    properties:\n      - {name: day, logicalType: date, "
            "required: true}\n"
            "      - {name: plays, logicalType: integer}\nslaProperties:\n  - {property: latency, "
            "value: 24, unit: h}\n");
  EXPECT_TRUE(lint(std::vector<SourceFile>{{"d", drafted->text}}, true).empty());
}

TEST(Draft, RefusesNamesThatAreNone) {
  EXPECT_FALSE(draft_product({.domain = "Audience", .product = "listens", .ports = {}}));
  EXPECT_FALSE(draft_product({.domain = "audience",
                              .product = "l",
                              .ports = {{.name = "plays_v2", .schema = {}, .partitions = {}}}}));
  EXPECT_FALSE(draft_team("Ads", "ads", {}));
  EXPECT_FALSE(draft_team("ads", "ads", std::vector<std::string>{"dev", "dev"}));
}

TEST(DraftTeam, WritesTheSameManifestsEveryTime) {
  const std::vector<std::string> accounts{"dev", "ads-prod"};
  const auto text = draft_team("ads", "ads", accounts);
  ASSERT_TRUE(text) << text.error().text;
  EXPECT_EQ(*text, *draft_team("ads", "ads", accounts));
  const Manifests manifests = read(*text);
  EXPECT_TRUE(manifests.problems.empty());
  ASSERT_EQ(manifests.teams.size(), 1U);
  ASSERT_EQ(manifests.domains.size(), 1U);
  EXPECT_EQ(manifests.domains[0].value.owner, "ads");
  ASSERT_EQ(manifests.accounts.size(), 2U);
  EXPECT_EQ(manifests.accounts[0].value.name, "ads-dev");
  EXPECT_EQ(manifests.accounts[1].value.bucket, "ads-prod");
}

}  // namespace
}  // namespace hansa::contract
