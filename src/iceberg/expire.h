// Snapshots that leave a table's metadata, and the way back. Pure: nothing is removed here.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "iceberg/metadata.h"

namespace hansa::iceberg {

// Snapshots that ceased to be current before then; never the current one, nor one that a branch or
// a tag names.
std::set<std::int64_t> replaced_before(const TableMetadata& table, std::int64_t timestamp_ms);
// Whether a branch or a tag names it.
bool is_named(const TableMetadata& table, std::int64_t snapshot_id);

// The table without these snapshots, and without the log of metadata files older than that. Errors:
// invalid: one of them is current.
Result<TableMetadata> expire(const TableMetadata& table, const std::set<std::int64_t>& snapshots,
                             std::int64_t metadata_before_ms, Time now);

// The table with those snapshots of `before`, an earlier metadata of it, that it has not any more.
Result<TableMetadata> bring_back(TableMetadata table, const TableMetadata& before, Time now);

}  // namespace hansa::iceberg
