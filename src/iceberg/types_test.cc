#include "iceberg/types.h"

#include <fmt/format.h>

#include "iceberg/shared_test.h"

namespace hansa::iceberg {
namespace {

Type any_type(std::mt19937_64& random, int depth) {
  const auto kind = static_cast<TypeKind>(random() % (depth > 0 ? 17 : 14));
  if (kind == TypeKind::decimal)
    return {kind, 1 + static_cast<std::uint32_t>(random() % 38), 0, {}};
  if (kind == TypeKind::fixed) return {kind, 1 + static_cast<std::uint32_t>(random() % 99), 0, {}};
  Type type = plain(kind);
  if (kind == TypeKind::list) type.fields = {column("element", any_type(random, depth - 1))};
  if (kind == TypeKind::map)
    type.fields = {column("key", any_type(random, depth - 1), true),
                   column("value", any_type(random, depth - 1))};
  if (kind == TypeKind::structure)
    for (auto count = random() % 4; count > 0; --count)
      type.fields.push_back(
          column(fmt::format("f{}", count), any_type(random, depth - 1), random() % 2 == 0));
  return type;
}

Schema any_schema(std::mt19937_64& random) {
  Schema schema{.id = static_cast<std::int32_t>(random() % 9), .columns = {}};
  for (auto count = random() % 8; count > 0; --count) {
    schema.columns.push_back(column(fmt::format("ö \"{}\"", count), any_type(random, 4)));
    if (random() % 2) schema.columns.back().description = "says 🎧";
  }
  assign_ids(schema, 1 + static_cast<std::int32_t>(random() % 50));
  return schema;
}

TEST(SchemaJson, AnySchemaReadsBackTheSame) {
  auto random = random_numbers();
  for (int round = 0; round < 300; ++round) {
    const Schema schema = any_schema(random);
    const Json json = must(parse_json(to_text(schema_to_json(schema))));
    EXPECT_EQ(must(schema_from_json(Member(json, "schema", Code::corrupt))).schema, schema);
  }
}

TEST(Renumber, GivesTheIdsOfOneUpAndSaysWhichBecameWhich) {
  auto random = random_numbers();
  for (int round = 0; round < 100; ++round) {
    const Schema before = any_schema(random);
    Schema after = before;
    const auto ids = must(renumber(after));
    EXPECT_EQ(ids.size(), static_cast<std::size_t>(last_id(after)));
    for (const auto& [from, to] : ids)
      EXPECT_EQ(find_column_by_id(before, from)->name, find_column_by_id(after, to)->name);
  }
}

TEST(Renumber, RefusesAnIdThatStandsTwice) {
  Schema schema{
      .columns = {column("a", plain(TypeKind::date)), column("b", plain(TypeKind::date))}};
  EXPECT_TRUE(renumber(schema).has_value());  // 0 is no id yet.
  schema.columns[0].id = schema.columns[1].id = 4;
  EXPECT_EQ(renumber(schema).error().code, Code::invalid);
}

TEST(NameMapping, NamesNestedColumnsToo) {
  Schema schema{.columns = {column("m", {.kind = TypeKind::map,
                                         .fields = {column("key", plain(TypeKind::string), true),
                                                    column("value", plain(TypeKind::date))}})}};
  assign_ids(schema);
  EXPECT_EQ(name_mapping(schema),
            R"([{"field-id":1,"names":["m"],"fields":[{"field-id":2,"names":["key"]},)"
            R"({"field-id":3,"names":["value"]}]}])");
}

TEST(ResultType, FollowsTheTransform) {
  const Type text = plain(TypeKind::string);
  EXPECT_EQ(result_type("bucket[8]", text)->kind, TypeKind::int32);
  EXPECT_EQ(result_type("day", plain(TypeKind::timestamp))->kind, TypeKind::date);
  EXPECT_EQ(result_type("truncate[3]", text)->kind, TypeKind::string);
  EXPECT_EQ(result_type("zorder", text).error().code, Code::invalid);
}

}  // namespace
}  // namespace hansa::iceberg
