// What a commit demands of a table and does to it, as the REST catalog has it
// (https://iceberg.apache.org/rest-catalog-spec/, "TableRequirement", "TableUpdate"). Requirements
// are checked and updates applied again whenever the table moved on; both are pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "iceberg/metadata.h"

namespace hansa::iceberg {

struct AssertCreate {};
struct AssertTableUuid {
  std::string uuid;
};
struct AssertRefSnapshotId {
  std::string ref;
  std::optional<std::int64_t> snapshot_id;
};  // none: no such ref
struct AssertLastAssignedFieldId {
  std::int32_t id = 0;
};
struct AssertCurrentSchemaId {
  std::int32_t id = 0;
};
struct AssertLastAssignedPartitionId {
  std::int32_t id = 0;
};
struct AssertDefaultSpecId {
  std::int32_t id = 0;
};
struct AssertDefaultSortOrderId {
  std::int32_t id = 0;
};

using Requirement =
    std::variant<AssertCreate, AssertTableUuid, AssertRefSnapshotId, AssertLastAssignedFieldId,
                 AssertCurrentSchemaId, AssertLastAssignedPartitionId, AssertDefaultSpecId,
                 AssertDefaultSortOrderId>;

// Where an id is -1, the schema, spec or order meant is the one last added by the same commit.
inline constexpr std::int32_t kLastAdded = -1;

struct AssignUuid {
  std::string uuid;
};
struct UpgradeFormatVersion {
  std::int32_t version = 2;
};
struct AddSchema {
  Schema schema;
  std::vector<std::int32_t> identifier_fields;
};
struct SetCurrentSchema {
  std::int32_t id = kLastAdded;
};
struct AddPartitionSpec {
  PartitionSpec spec;
};
struct SetDefaultSpec {
  std::int32_t id = kLastAdded;
};
struct AddSortOrder {
  SortOrder order;
};
struct SetDefaultSortOrder {
  std::int32_t id = kLastAdded;
};
struct AddSnapshot {
  Snapshot snapshot;
};
struct SetSnapshotRef {
  std::string name;
  Ref ref;
};
struct RemoveSnapshots {
  std::vector<std::int64_t> ids;
};
struct RemoveSnapshotRef {
  std::string name;
};
struct SetLocation {
  Location location;
};
struct SetProperties {
  Properties properties;
};
struct RemoveProperties {
  std::vector<std::string> names;
};
struct SetStatistics {
  StatisticsFile file;
};
struct RemoveStatistics {
  std::int64_t snapshot_id = 0;
};
struct SetPartitionStatistics {
  StatisticsFile file;
};
struct RemovePartitionStatistics {
  std::int64_t snapshot_id = 0;
};
struct RemovePartitionSpecs {
  std::vector<std::int32_t> ids;
};
struct RemoveSchemas {
  std::vector<std::int32_t> ids;
};

using Update =
    std::variant<AssignUuid, UpgradeFormatVersion, AddSchema, SetCurrentSchema, AddPartitionSpec,
                 SetDefaultSpec, AddSortOrder, SetDefaultSortOrder, AddSnapshot, SetSnapshotRef,
                 RemoveSnapshots, RemoveSnapshotRef, SetLocation, SetProperties, RemoveProperties,
                 SetStatistics, RemoveStatistics, SetPartitionStatistics, RemovePartitionStatistics,
                 RemovePartitionSpecs, RemoveSchemas>;

// `table` is nullptr where no table exists. Errors: conflict, "Requirement failed: ..." in the
// words that clients' suites expect.
Result<void> check(const TableMetadata* table, std::span<const Requirement> requirements);

// The table after all updates, or an error and nothing. It need not be whole before, so that a
// commit that creates a table can start from `bare_table`; it is afterwards. Errors: invalid,
// naming the update; conflict (a snapshot that is older than the table).
Result<TableMetadata> apply(TableMetadata table, std::span<const Update> updates, Time now);

// A table without schema, for commits that bring everything themselves.
TableMetadata bare_table(Location location);

// Notes where the metadata before this lay, and forgets the oldest beyond what the property
// `write.metadata.previous-versions-max` keeps (100 unless told).
void remember_previous(TableMetadata& table, Location file, std::int64_t last_updated_ms);

}  // namespace hansa::iceberg
