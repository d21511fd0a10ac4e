// The Avro schemas of manifests and manifest lists, version 2, with the field ids of the
// specification (https://iceberg.apache.org/spec/#manifests, "Manifest Lists", "Avro" in appendix
// A).
#pragma once

#include <string>

#include "base/result.h"
#include "iceberg/metadata.h"

namespace hansa::iceberg {

// Fields of version 2 (and what version 1 shares), by what the specification numbers them.
namespace field {
inline constexpr std::int32_t status = 0, snapshot_id = 1, data_file = 2, sequence_number = 3,
                              file_sequence_number = 4;
inline constexpr std::int32_t file_path = 100, file_format = 101, partition = 102,
                              record_count = 103, file_size = 104, column_sizes = 108,
                              value_counts = 109, null_counts = 110, lower_bounds = 125,
                              upper_bounds = 128, key_metadata = 131, split_offsets = 132,
                              content = 134, equality_ids = 135, nan_counts = 137,
                              sort_order_id = 140;
inline constexpr std::int32_t manifest_path = 500, manifest_length = 501, list_spec_id = 502,
                              added_snapshot = 503, added_files = 504, existing_files = 505,
                              deleted_files = 506, partitions = 507, contains_null = 509,
                              lower_bound = 510, upper_bound = 511, added_rows = 512,
                              existing_rows = 513, deleted_rows = 514, list_sequence = 515,
                              list_sequence_min = 516, list_content = 517, contains_nan = 518,
                              list_key_metadata = 519;
}  // namespace field

// Errors: invalid if a partition field has no source column or a transform that cannot be written.
Result<std::string> manifest_entry_schema(const Schema& schema, const PartitionSpec& spec);
std::string manifest_file_schema();

}  // namespace hansa::iceberg
