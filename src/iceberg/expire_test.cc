#include "iceberg/expire.h"

#include <gtest/gtest.h>

#include "iceberg/append.h"
#include "iceberg/metadata_json.h"

namespace hansa::iceberg {
namespace {

Time at(std::int64_t ms) { return {ms * 1000}; }

// A snapshot each second, 1 to `count`.
TableMetadata table_of(std::int64_t count) {
  NewTable wanted{.location = *Location::parse("s3://bucket/tables/t"),
                  .uuid = "00000000-0000-4000-a000-000000000000",
                  .schema = {},
                  .identifier_fields = {},
                  .spec = {},
                  .order = {},
                  .properties = {},
                  .now = at(1)};
  wanted.schema.columns = {Column{.id = 1,
                                  .name = "a",
                                  .type = {.kind = TypeKind::int64, .fields = {}},
                                  .required = false,
                                  .description = {}}};
  TableMetadata table = *create_table(wanted);
  std::string list;
  for (std::int64_t id = 1; id <= count; ++id) {
    const Stamp stamp{.snapshot_id = id,
                      .commit_uuid = "00000000-0000-4000-a000-00000000000" + std::to_string(id),
                      .now = at(id * 1000)};
    DataFile file;
    file.path = *Location::parse("s3://bucket/tables/t/data/" + std::to_string(id));
    const auto staged = append(table, std::span(&file, 1), list, stamp);
    EXPECT_TRUE(staged) << staged.error().text;
    table = staged->metadata;
    list = staged->writes.back().bytes;
    table.metadata_log.push_back(
        {id * 1000, *Location::parse("s3://bucket/m" + std::to_string(id))});
  }
  return table;
}

using Ids = std::set<std::int64_t>;

TEST(Expire, GoesByWhenASnapshotCeasedToBeCurrent) {
  const TableMetadata table = table_of(4);
  EXPECT_EQ(replaced_before(table, 2000), Ids{});
  EXPECT_EQ(replaced_before(table, 2001), Ids{1});
  EXPECT_EQ(replaced_before(table, 1'000'000), (Ids{1, 2, 3}));
}

TEST(Expire, ARollbackMakesASnapshotYoungAgain) {
  const TableMetadata back = *rollback_to(table_of(3), 1, at(10'000));
  EXPECT_EQ(replaced_before(back, 1'000'000), (Ids{2, 3}));
  EXPECT_EQ(replaced_before(back, 10'000), Ids{2});
  EXPECT_EQ(replaced_before(back, 10'001), (Ids{2, 3}));
  const TableMetadata forth = *rollback_to(back, 3, at(20'000));
  EXPECT_EQ(replaced_before(forth, 20'000), Ids{2});
  EXPECT_EQ(replaced_before(forth, 20'001), (Ids{1, 2}));
}

TEST(Expire, KeepsWhatATagOrABranchNames) {
  TableMetadata table = table_of(3);
  table.refs["audit"] = {.snapshot_id = 2, .kind = RefKind::tag};
  EXPECT_TRUE(is_named(table, 2));
  EXPECT_EQ(replaced_before(table, 1'000'000), Ids{1});
}

TEST(Expire, LeavesATableThatHoldsTogetherAndTakesItBack) {
  const TableMetadata table = table_of(4);
  const auto less = expire(table, {1, 2}, 3000, at(9000));
  ASSERT_TRUE(less) << less.error().text;
  EXPECT_EQ(less->snapshots.size(), 2U);
  EXPECT_EQ(less->current_snapshot_id, 4);
  EXPECT_EQ(less->metadata_log.size(), 2U);
  EXPECT_EQ(*parse_metadata(write_metadata(*less)), *less);
  // Of what the log does not tell any more, the later snapshots do.
  EXPECT_EQ(replaced_before(*less, 4001), Ids{3});
  EXPECT_FALSE(expire(table, {4}, 0, at(9000)));

  const auto again = bring_back(*less, table, at(9500));
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ(again->snapshots, table.snapshots);
  EXPECT_EQ(again->last_sequence_number, table.last_sequence_number);
  EXPECT_EQ(*parse_metadata(write_metadata(*again)), *again);
  EXPECT_EQ(replaced_before(*again, 1'000'000), (Ids{1, 2, 3}));
  EXPECT_EQ(bring_back(*again, table, at(9500))->snapshots, table.snapshots);
}

}  // namespace
}  // namespace hansa::iceberg
