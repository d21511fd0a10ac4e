#include "query/frame.h"

#include <gtest/gtest.h>

namespace hansa::query {
namespace {

Plan some_plan() {
  Relation relation;
  relation.catalog = "mesh";
  relation.schema = "shows";
  relation.name = "plays";
  relation.content = Content::inline_rows;
  relation.port = PortId{{1, 2}};
  relation.columns.columns = {{.id = 3,
                               .name = "a",
                               .type = {TypeKind::decimal, 9, 2, {}},
                               .required = true,
                               .description = {}}};
  relation.files = {{.path = "/srv/data/x",
                     .label = "s3://b/x",
                     .bytes = 5,
                     .rows = 6,
                     .by_id = true,
                     .number = 7}};
  relation.rows = {{Json(nullptr), Json(true), Json(-5), Json(UINT64_MAX), Json(0.5), Json("x"),
                    Json(Json::Array{Json(1)}), Json(Json::Object{{"k", Json(2)}})}};
  Plan plan;
  plan.relations = {relation};
  plan.statement = {"select $1", {Json("p")}, "mesh", "shows"};
  plan.output.format = Format::csv;
  plan.bounds = {1, 2, 3, 4};
  return plan;
}

TEST(Frame, APlanCrossesWithoutItsPaths) {
  const Plan plan = some_plan();
  const std::string bytes = encode(plan);
  EXPECT_FALSE(bytes.contains("/srv/data"));
  const auto back = decode_plan(bytes);
  ASSERT_TRUE(back);
  const Relation& relation = back->relations.at(0);
  EXPECT_EQ(relation.rows, plan.relations[0].rows);
  EXPECT_EQ(relation.columns, plan.relations[0].columns);
  EXPECT_EQ(relation.files.at(0).label, "s3://b/x");
  EXPECT_EQ(relation.files.at(0).path, "");
  EXPECT_EQ(relation.files.at(0).number, 7U);
  EXPECT_TRUE(relation.files.at(0).by_id);
  EXPECT_EQ(encode(*back), bytes);
}

TEST(Frame, AConversionCrossesWithoutItsPath) {
  const Conversion conversion{
      .file = {.path = "/srv/data/x", .label = "x.csv", .bytes = 5, .number = 7},
      .dialect = {.format = TextFormat::ndjson, .encoding = Encoding::latin1, .null_text = "NA"},
      .columns = {.columns = {{.id = 1, .name = "a", .type = {}, .description = {}}}},
      .formats = {"dd.MM.yyyy"}};
  const std::string bytes = encode(conversion);
  EXPECT_FALSE(bytes.contains("/srv/data"));
  const auto back = decode_conversion(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->dialect, conversion.dialect);
  EXPECT_EQ(back->columns, conversion.columns);
  EXPECT_EQ(back->formats, conversion.formats);
  const Inspection guess{.files = {conversion.file}, .text = conversion.dialect};
  EXPECT_EQ(decode_inspection(encode(guess))->text, guess.text);
  EXPECT_FALSE(decode_converted(encode(Converted{.first_rejects = "\xff"})));
  EXPECT_EQ(decode_converted(encode(Converted{.rows = 3, .rejected = 2}))->rejected, 2U);
}

TEST(Frame, EveryPrefixOfABodyIsCorrupt) {
  const std::string bytes = encode(some_plan());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_plan(bytes.substr(0, size))) << size;
  EXPECT_FALSE(decode_plan(bytes + '\0'));
}

TEST(Frame, CountsThatNoBytesFollowAreCorrupt) {
  // Four thousand million columns, in nine bytes.
  EXPECT_FALSE(decode_bound(std::string("\xFF\xFF\xFF\xFF\0\0\0\0\0", 9)));
  EXPECT_FALSE(decode_error(std::string("\x63\0\0\0\0\0\0\0\0", 9)));  // no such code
}

TEST(Frame, TypesNestedTooDeeplyAreCorrupt) {
  Footer footer;
  Type type{.kind = TypeKind::string, .fields = {}};
  for (std::size_t i = 0; i < limits::nesting_max + 1; ++i) {
    Type outer{.kind = TypeKind::list, .fields = {}};
    outer.fields.push_back({.name = "element", .type = std::move(type), .description = {}});
    type = std::move(outer);
  }
  footer.schema.columns.push_back({.name = "deep", .type = std::move(type), .description = {}});
  EXPECT_FALSE(decode_footers(encode(std::vector<Footer>{footer})));
}

TEST(Frame, HeadsAreBoundedByTheirKind) {
  EXPECT_TRUE(read_head(write_head(FrameKind::tree, limits::tree_bytes_max)));
  EXPECT_FALSE(read_head(write_head(FrameKind::tree, limits::tree_bytes_max + 1)));
  EXPECT_FALSE(read_head(write_head(FrameKind::hello, 1 << 20)));
  for (int kind = 0; kind < 256; ++kind)
    EXPECT_EQ(read_head(write_head(static_cast<FrameKind>(kind), 0)).has_value(),
              (kind >= 1 && kind <= 10) || (kind >= 32 && kind <= 38));
}

}  // namespace
}  // namespace hansa::query
