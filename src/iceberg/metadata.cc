#include "iceberg/metadata.h"

#include <algorithm>

namespace hansa::iceberg {
namespace {

template <class Items>
auto find_by_id(const Items& items, auto id) -> const typename Items::value_type* {
  const auto found = std::ranges::find(items, id, &Items::value_type::id);
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

const Schema* find_schema(const TableMetadata& table, std::int32_t id) {
  return find_by_id(table.schemas, id);
}

const PartitionSpec* find_spec(const TableMetadata& table, std::int32_t id) {
  return find_by_id(table.partition_specs, id);
}

const Snapshot* find_snapshot(const TableMetadata& table, std::int64_t id) {
  return find_by_id(table.snapshots, id);
}

const Snapshot* current_snapshot(const TableMetadata& table) {
  return table.current_snapshot_id ? find_snapshot(table, *table.current_snapshot_id) : nullptr;
}

const Schema& current_schema(const TableMetadata& table) {
  const Schema* schema = find_schema(table, table.current_schema_id);
  HANSA_ASSERT(schema != nullptr);
  return *schema;
}

}  // namespace hansa::iceberg
