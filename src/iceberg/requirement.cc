// The requirements of update.h.
#include <fmt/format.h>

#include "iceberg/update.h"

namespace hansa::iceberg {
namespace {

std::unexpected<Error> failed(std::string_view why) {
  return conflict(fmt::format("Requirement failed: {}", why),
                  "load the table again and repeat the change");
}

Result<void> same(std::string_view what, std::int32_t expected, std::int32_t found) {
  if (expected == found) return {};
  return failed(fmt::format("{} changed: expected id {} != {}", what, expected, found));
}

Result<void> hold(const TableMetadata&, const AssertCreate&) {
  return failed("table already exists");
}

Result<void> hold(const TableMetadata& table, const AssertTableUuid& wanted) {
  if (table.uuid == wanted.uuid) return {};
  return failed(fmt::format("UUID does not match: expected {} != {}", table.uuid, wanted.uuid));
}

Result<void> hold(const TableMetadata& table, const AssertRefSnapshotId& wanted) {
  const auto found = table.refs.find(wanted.ref);
  if (found == table.refs.end()) {
    if (!wanted.snapshot_id) return {};
    return failed(
        fmt::format("branch or tag {} is missing, expected {}", wanted.ref, *wanted.snapshot_id));
  }
  const std::string_view kind = found->second.kind == RefKind::tag ? "tag" : "branch";
  if (!wanted.snapshot_id)
    return failed(fmt::format("{} {} was created concurrently", kind, wanted.ref));
  if (found->second.snapshot_id == *wanted.snapshot_id) return {};
  return failed(fmt::format("{} {} has changed: expected id {} != {}", kind, wanted.ref,
                            *wanted.snapshot_id, found->second.snapshot_id));
}

Result<void> hold(const TableMetadata& table, const AssertLastAssignedFieldId& wanted) {
  return same("last assigned field id", wanted.id, table.last_column_id);
}
Result<void> hold(const TableMetadata& table, const AssertCurrentSchemaId& wanted) {
  return same("current schema", wanted.id, table.current_schema_id);
}
Result<void> hold(const TableMetadata& table, const AssertLastAssignedPartitionId& wanted) {
  return same("last assigned partition id", wanted.id, table.last_partition_id);
}
Result<void> hold(const TableMetadata& table, const AssertDefaultSpecId& wanted) {
  return same("default partition spec", wanted.id, table.default_spec_id);
}
Result<void> hold(const TableMetadata& table, const AssertDefaultSortOrderId& wanted) {
  return same("default sort order", wanted.id, table.default_sort_order_id);
}

bool holds_without_table(const Requirement& requirement) {
  if (std::holds_alternative<AssertCreate>(requirement)) return true;
  const auto* ref = std::get_if<AssertRefSnapshotId>(&requirement);
  return ref != nullptr && !ref->snapshot_id;
}

}  // namespace

Result<void> check(const TableMetadata* table, std::span<const Requirement> requirements) {
  for (const Requirement& requirement : requirements) {
    if (table == nullptr) {
      if (!holds_without_table(requirement)) return failed("the table does not exist");
      continue;
    }
    HANSA_CHECK(std::visit([&](const auto& wanted) { return hold(*table, wanted); }, requirement));
  }
  return {};
}

}  // namespace hansa::iceberg
