#include "iceberg/update.h"

#include "iceberg/shared_test.h"

namespace hansa::iceberg {
namespace {

Snapshot snapshot(std::int64_t id, std::int64_t sequence, std::optional<std::int64_t> parent = {}) {
  return {.id = id,
          .parent_id = parent,
          .sequence_number = sequence,
          .timestamp_ms = kNow.us / 1000 + sequence,
          .manifest_list = at("s3://lake/audience/plays/metadata/list.avro"),
          .summary = {{"operation", "append"}},
          .schema_id = 0};
}

TableMetadata applied(const TableMetadata& table, std::vector<Update> updates) {
  auto out = apply(table, updates, kNow);
  EXPECT_TRUE(out.has_value()) << (out ? "" : out.error().text);
  return out.value_or(table);
}

TEST(Check, FailsInTheWordsThatClientsExpect) {
  TableMetadata table = applied(
      small_table(), {AddSnapshot{snapshot(7, 1)}, SetSnapshotRef{"main", {.snapshot_id = 7}},
                      SetSnapshotRef{"gold", {.snapshot_id = 7, .kind = RefKind::tag}}});
  const std::pair<Requirement, std::string_view> failures[] = {
      {AssertCreate{}, "Requirement failed: table already exists"},
      {AssertTableUuid{"other"}, "Requirement failed: UUID does not match"},
      {AssertRefSnapshotId{"main", 8}, "Requirement failed: branch main has changed"},
      {AssertRefSnapshotId{"gold", 8}, "Requirement failed: tag gold has changed"},
      {AssertRefSnapshotId{"main", {}}, "Requirement failed: branch main was created concurrently"},
      {AssertRefSnapshotId{"none", 8}, "Requirement failed: branch or tag none is missing"},
      {AssertLastAssignedFieldId{99}, "Requirement failed: last assigned field id changed"},
      {AssertCurrentSchemaId{99}, "Requirement failed: current schema changed"},
      {AssertLastAssignedPartitionId{99}, "Requirement failed: last assigned partition id changed"},
      {AssertDefaultSpecId{99}, "Requirement failed: default partition spec changed"},
      {AssertDefaultSortOrderId{99}, "Requirement failed: default sort order changed"},
  };
  for (const auto& [requirement, words] : failures) {
    const auto result = check(&table, std::span(&requirement, 1));
    ASSERT_FALSE(result.has_value()) << words;
    EXPECT_EQ(result.error().code, Code::conflict);
    EXPECT_TRUE(result.error().text.starts_with(words)) << result.error().text;
  }
}

TEST(Check, HoldsForTheTableAsItIs) {
  const TableMetadata table = small_table();
  const Requirement all[] = {AssertTableUuid{table.uuid},        AssertRefSnapshotId{"main", {}},
                             AssertLastAssignedFieldId{3},       AssertCurrentSchemaId{0},
                             AssertLastAssignedPartitionId{999}, AssertDefaultSpecId{0},
                             AssertDefaultSortOrderId{0}};
  EXPECT_TRUE(check(&table, all).has_value());
  const Requirement create[] = {AssertCreate{}, AssertRefSnapshotId{"main", {}}};
  EXPECT_TRUE(check(nullptr, create).has_value());
  EXPECT_EQ(check(nullptr, all).error().code, Code::conflict);
}

TEST(Apply, RefusesWhatRefersToNothing) {
  const TableMetadata table = small_table();
  const Update bad[] = {AssignUuid{"other"},
                        UpgradeFormatVersion{3},
                        UpgradeFormatVersion{1},
                        SetCurrentSchema{9},
                        SetCurrentSchema{kLastAdded},
                        SetDefaultSpec{9},
                        SetDefaultSpec{kLastAdded},
                        SetDefaultSortOrder{9},
                        SetDefaultSortOrder{kLastAdded},
                        SetSnapshotRef{"main", {.snapshot_id = 5}},
                        RemoveSchemas{{0}},
                        RemovePartitionSpecs{{0}}};
  for (const Update& update : bad)
    EXPECT_EQ(apply(table, std::span(&update, 1), kNow).error().code, Code::invalid)
        << update.index();
}

TEST(Apply, RefusesASnapshotThatIsThereOrOlderThanTheTable) {
  const TableMetadata table = applied(
      small_table(), {AddSnapshot{snapshot(7, 1)}, SetSnapshotRef{"main", {.snapshot_id = 7}}});
  const Update again[] = {AddSnapshot{snapshot(7, 2)}};
  EXPECT_EQ(apply(table, again, kNow).error().code, Code::invalid);
  const Update stale[] = {AddSnapshot{snapshot(8, 1, 7)}};
  EXPECT_EQ(apply(table, stale, kNow).error().code, Code::conflict);
  const Update current[] = {RemoveSnapshots{{7}}};
  EXPECT_EQ(apply(table, current, kNow).error().code, Code::invalid);
}

TEST(Apply, LastAddedMeansThisCommits) {
  Schema wider = current_schema(small_table());
  wider.columns.push_back(column("country", plain(TypeKind::string)));
  wider.columns.back().id = 4;
  const TableMetadata table = applied(small_table(), {AddSchema{wider, {}}, SetCurrentSchema{}});
  EXPECT_EQ(table.current_schema_id, 1);
  EXPECT_EQ(table.last_column_id, 4);
  EXPECT_EQ(table.schemas.size(), 2u);
  // The same schema again is not added a second time.
  EXPECT_EQ(applied(table, {AddSchema{wider, {}}, SetCurrentSchema{}}), table);
}

TEST(Apply, KeepsALogOfWhatWasCurrent) {
  TableMetadata table = applied(
      small_table(), {AddSnapshot{snapshot(1, 1)}, SetSnapshotRef{"main", {.snapshot_id = 1}},
                      AddSnapshot{snapshot(2, 2, 1)}, SetSnapshotRef{"main", {.snapshot_id = 2}}});
  ASSERT_EQ(table.snapshot_log.size(), 1u);  // 1 was never current for anybody else.
  table =
      applied(table, {AddSnapshot{snapshot(3, 3, 2)}, SetSnapshotRef{"main", {.snapshot_id = 3}}});
  EXPECT_EQ(table.snapshot_log.size(), 2u);
  table = applied(table, {RemoveSnapshots{{2}}});
  ASSERT_EQ(table.snapshot_log.size(), 1u);
  EXPECT_EQ(table.snapshot_log[0].snapshot_id, 3);
  table = applied(table, {RemoveSnapshotRef{"main"}});
  EXPECT_FALSE(table.current_snapshot_id.has_value());
}

TEST(Apply, MakesATableOfNothingOrRefusesTheParts) {
  const TableMetadata bare = bare_table(at("s3://lake/t"));
  EXPECT_EQ(apply(bare, {}, kNow).error().code, Code::invalid);
  const std::vector<Update> whole{AssignUuid{uuid_of(3)}, AddSchema{small_schema(), {}},
                                  SetCurrentSchema{},     AddPartitionSpec{},
                                  SetDefaultSpec{},       AddSortOrder{},
                                  SetDefaultSortOrder{}};
  EXPECT_TRUE(apply(bare, whole, kNow).has_value());
}

TEST(Apply, PropertiesComeAndGo) {
  TableMetadata table = applied(
      small_table(), {SetProperties{{{"a", "1"}, {"b", "2"}}}, RemoveProperties{{"a", "never"}}});
  EXPECT_FALSE(table.properties.contains("a"));
  EXPECT_EQ(table.properties.at("b"), "2");
}

TEST(RememberPrevious, KeepsAsManyAsThePropertySays) {
  TableMetadata table = small_table();
  table.properties["write.metadata.previous-versions-max"] = "2";
  for (int n = 0; n < 5; ++n) remember_previous(table, at("s3://lake/t/v" + std::to_string(n)), n);
  ASSERT_EQ(table.metadata_log.size(), 2u);
  EXPECT_EQ(table.metadata_log[1].timestamp_ms, 4);
  table.properties["write.metadata.previous-versions-max"] = "many";
  remember_previous(table, at("s3://lake/t/v5"), 5);
  EXPECT_EQ(table.metadata_log.size(), 3u);
}

}  // namespace
}  // namespace hansa::iceberg
