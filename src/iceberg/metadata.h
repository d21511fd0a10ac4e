// An Iceberg table as plain values, versions 1 and 2 of the format
// (https://iceberg.apache.org/spec/). Names follow the specification; encodings stand beside:
// metadata_json, manifest.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "iceberg/avro.h"
#include "model/location.h"
#include "model/schema.h"

namespace hansa::iceberg {

using Properties = std::map<std::string, std::string>;

struct PartitionField {
  std::int32_t source_id = 0;
  std::int32_t field_id = 0;  // from 1000
  std::string name;
  std::string transform;  // "identity", "bucket[16]", "day", ...; kept as written
  friend bool operator==(const PartitionField&, const PartitionField&) = default;
};

struct PartitionSpec {
  std::int32_t id = 0;
  std::vector<PartitionField> fields;  // empty: unpartitioned
  friend bool operator==(const PartitionSpec&, const PartitionSpec&) = default;
};

struct SortField {
  std::int32_t source_id = 0;
  std::string transform;
  std::string direction;   // "asc", "desc"
  std::string null_order;  // "nulls-first", "nulls-last"
  friend bool operator==(const SortField&, const SortField&) = default;
};

struct SortOrder {
  std::int32_t id = 0;
  std::vector<SortField> fields;  // empty: unsorted, and then the id is 0
  friend bool operator==(const SortOrder&, const SortOrder&) = default;
};

struct Snapshot {
  std::int64_t id = 0;
  std::optional<std::int64_t> parent_id;
  std::int64_t sequence_number = 0;
  std::int64_t timestamp_ms = 0;
  Location manifest_list;
  Properties summary;  // "operation" and counts; absent in some version 1 tables
  std::optional<std::int32_t> schema_id;
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

struct SnapshotLogEntry {
  std::int64_t timestamp_ms = 0;
  std::int64_t snapshot_id = 0;
  friend bool operator==(const SnapshotLogEntry&, const SnapshotLogEntry&) = default;
};

struct MetadataLogEntry {
  std::int64_t timestamp_ms = 0;
  Location file;
  friend bool operator==(const MetadataLogEntry&, const MetadataLogEntry&) = default;
};

enum class RefKind { branch, tag };

struct Ref {
  std::int64_t snapshot_id = 0;
  RefKind kind = RefKind::branch;
  std::optional<std::int64_t> snapshots_to_keep_min;  // branches only
  std::optional<std::int64_t> snapshot_age_ms_max;    // branches only
  std::optional<std::int64_t> ref_age_ms_max;
  friend bool operator==(const Ref&, const Ref&) = default;
};

// A statistics file, table-wide or of partitions. We read none; what was written is kept whole.
struct StatisticsFile {
  std::int64_t snapshot_id = 0;
  Location path;
  Json whole;
  friend bool operator==(const StatisticsFile&, const StatisticsFile&) = default;
};

inline constexpr std::string_view kMainBranch = "main";

struct TableMetadata {
  std::int32_t format_version = 2;
  std::string uuid;  // may be empty in version 1
  Location location;
  std::int64_t last_sequence_number = 0;
  std::int64_t last_updated_ms = 0;
  std::int32_t last_column_id = 0;
  std::vector<Schema> schemas;
  std::map<std::int32_t, std::vector<std::int32_t>> identifier_fields;  // field ids by schema id
  std::int32_t current_schema_id = 0;
  std::vector<PartitionSpec> partition_specs;
  std::int32_t default_spec_id = 0;
  std::int32_t last_partition_id = 999;
  Properties properties;
  std::optional<std::int64_t> current_snapshot_id;  // where `main` points; none: the table is empty
  std::vector<Snapshot> snapshots;
  std::vector<SnapshotLogEntry> snapshot_log;
  std::vector<MetadataLogEntry> metadata_log;
  std::vector<SortOrder> sort_orders;
  std::int32_t default_sort_order_id = 0;
  std::map<std::string, Ref> refs;
  std::vector<StatisticsFile> statistics;
  std::vector<StatisticsFile> partition_statistics;
  friend bool operator==(const TableMetadata&, const TableMetadata&) = default;
};

const Schema* find_schema(const TableMetadata& table, std::int32_t id);
const PartitionSpec* find_spec(const TableMetadata& table, std::int32_t id);
const Snapshot* find_snapshot(const TableMetadata& table, std::int64_t id);
const Snapshot* current_snapshot(const TableMetadata& table);
// Metadata that was read or applied always has one.
const Schema& current_schema(const TableMetadata& table);

enum class FileContent { data = 0, position_deletes = 1, equality_deletes = 2 };

// One field of a file's partition; null where the partition is.
struct PartitionValue {
  std::int32_t field_id = 0;
  std::string name;
  avro::Value value;
  friend bool operator==(const PartitionValue&, const PartitionValue&) = default;
};

// Per column, by field id, in the order of the file.
using ColumnCounts = std::vector<std::pair<std::int32_t, std::int64_t>>;
using ColumnBounds = std::vector<std::pair<std::int32_t, std::string>>;  // single-value binary form

struct DataFile {
  FileContent content = FileContent::data;
  Location path;
  std::string format = "PARQUET";  // upper case
  std::int32_t spec_id = 0;        // of the manifest that lists it
  std::vector<PartitionValue> partition;
  std::int64_t record_count = 0;
  std::int64_t file_size = 0;
  ColumnCounts column_sizes;
  ColumnCounts value_counts;
  ColumnCounts null_counts;
  ColumnCounts nan_counts;
  ColumnBounds lower_bounds;
  ColumnBounds upper_bounds;
  std::optional<std::string> key_metadata;  // encrypted, if present
  std::vector<std::int64_t> split_offsets;
  std::vector<std::int32_t> equality_ids;  // equality deletes only
  std::optional<std::int32_t> sort_order_id;
  friend bool operator==(const DataFile&, const DataFile&) = default;
};

enum class EntryStatus { existing = 0, added = 1, deleted = 2 };

// A file in a manifest, with what it inherits from the manifest list filled in.
struct ManifestEntry {
  EntryStatus status = EntryStatus::added;
  std::optional<std::int64_t> snapshot_id;           // that added or deleted it
  std::optional<std::int64_t> sequence_number;       // of its data
  std::optional<std::int64_t> file_sequence_number;  // of its addition
  DataFile file;
  friend bool operator==(const ManifestEntry&, const ManifestEntry&) = default;
};

enum class ManifestContent { data = 0, deletes = 1 };

struct FieldSummary {
  bool contains_null = false;
  std::optional<bool> contains_nan;
  std::optional<std::string> lower_bound;
  std::optional<std::string> upper_bound;
  friend bool operator==(const FieldSummary&, const FieldSummary&) = default;
};

// A row of a manifest list.
struct ManifestFile {
  Location path;
  std::int64_t length = 0;
  std::int32_t spec_id = 0;
  ManifestContent content = ManifestContent::data;
  std::int64_t sequence_number = 0;
  std::int64_t sequence_number_min = 0;
  std::int64_t added_snapshot_id = 0;
  // Version 1 may leave counts out.
  std::optional<std::int64_t> added_files, existing_files, deleted_files;
  std::optional<std::int64_t> added_rows, existing_rows, deleted_rows;
  std::optional<std::vector<FieldSummary>> partitions;
  std::optional<std::string> key_metadata;
  friend bool operator==(const ManifestFile&, const ManifestFile&) = default;
};

}  // namespace hansa::iceberg
