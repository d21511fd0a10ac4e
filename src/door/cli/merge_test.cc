#include "door/cli/merge.h"

#include <gtest/gtest.h>

namespace hansa::cli {
namespace {

Column column(std::string name, TypeKind kind, bool required = true) {
  return {.name = std::move(name), .type = {.kind = kind}, .required = required};
}
Footer footer(std::vector<Column> columns) {
  return {.path = "p", .rows = 2, .bytes = 10, .schema = {.columns = std::move(columns)}};
}

TEST(Merge, TakesTheWiderTypeAndTheWeakerPromise) {
  const auto merged =
      merge_files({footer({column("a", TypeKind::int32), column("b", TypeKind::string),
                           column("gone", TypeKind::date)}),
                   footer({column("b", TypeKind::string, false), column("a", TypeKind::int64),
                           column("fresh", TypeKind::float64)})},
                  {"x.parquet", "y.parquet"});
  ASSERT_TRUE(merged) << merged.error().text;
  EXPECT_EQ(merged->rows, 4u);
  const std::vector<Column> expected{
      column("a", TypeKind::int64), column("b", TypeKind::string, false),
      column("gone", TypeKind::date, false), column("fresh", TypeKind::float64, false)};
  EXPECT_EQ(merged->schema.columns, expected);
}

TEST(Merge, NamesFileAndColumnOfEachMisfit) {
  Column inner = column("s", TypeKind::structure);
  inner.type.fields = {column("x", TypeKind::string)};
  Column other = inner;
  other.type.fields[0].type.kind = TypeKind::boolean;
  const auto merged = merge_files({footer({column("a", TypeKind::int32), inner}),
                                   footer({column("a", TypeKind::string), other})},
                                  {"x.parquet", "y.parquet"});
  ASSERT_FALSE(merged);
  EXPECT_NE(
      merged.error().text.find("y.parquet: column a is string, in the files before it is int"),
      std::string::npos)
      << merged.error().text;
  EXPECT_NE(merged.error().text.find("column s.x"), std::string::npos);
}

TEST(Merge, ReadsColumnsOutOfFolderNames) {
  const Footer one = footer({column("v", TypeKind::int64)});
  const auto merged = merge_files({one, one}, {"day=2026-11-01/country=DE/zip=007/a.parquet",
                                               "day=2026-11-02/country=a%2Fb/zip=8/b.parquet"});
  ASSERT_TRUE(merged) << merged.error().text;
  EXPECT_EQ(merged->partitions, (std::vector<std::string>{"day", "country", "zip"}));
  const auto& columns = merged->schema.columns;
  ASSERT_EQ(columns.size(), 4u);
  EXPECT_EQ(columns[1].type.kind, TypeKind::date);
  EXPECT_EQ(columns[2].type.kind, TypeKind::string);
  EXPECT_EQ(columns[3].type.kind, TypeKind::string) << "a code that begins with zero is no number";
  EXPECT_EQ(partitions_of("country=a%2Fb/x").front().second, "a/b");
}

TEST(Merge, ANullFolderMakesTheColumnOptional) {
  const Footer one = footer({column("v", TypeKind::int64)});
  const auto merged = merge_files({one, one}, {"n=1/a", "n=__HIVE_DEFAULT_PARTITION__/b"});
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->schema.columns[1], column("n", TypeKind::int64, false));
}

TEST(Merge, RefusesFoldersThatDisagree) {
  const Footer one = footer({column("v", TypeKind::int64)});
  EXPECT_FALSE(merge_files({one, one}, {"day=1/a", "b"}));
  EXPECT_FALSE(merge_files({one, one}, {"day=1/a", "month=1/b"}));
}

}  // namespace
}  // namespace hansa::cli
