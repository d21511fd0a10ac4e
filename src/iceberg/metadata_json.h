// Table metadata files: bytes and values (https://iceberg.apache.org/spec/#table-metadata-fields).
//
// What clients may add freely (properties, summaries, statistics) is kept. Members that the
// specification does not name are passed over and not written again, as it asks of readers.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "iceberg/member.h"
#include "iceberg/metadata.h"

namespace hansa::iceberg {

// Reads versions 1 and 2. Errors: corrupt, naming the member (a location that is none included);
// exhausted (too large); invalid (another version of the format; version 1 without manifest lists).
Result<TableMetadata> parse_metadata(std::string_view bytes);
// Of JSON that was parsed already, as a REST client may send it. Errors: those of `member`;
// invalid.
Result<TableMetadata> metadata_from_json(const Member& member);

std::string write_metadata(const TableMetadata& table);
Json metadata_to_json(const TableMetadata& table);

// The parts that also travel alone in REST requests. Errors: the code of `member`, naming the part.
Json snapshot_to_json(const Snapshot& snapshot, std::int32_t format_version);
Result<Snapshot> snapshot_from_json(const Member& member);
Json spec_to_json(const PartitionSpec& spec);
// A list of fields, as manifests carry it.
Json spec_fields_to_json(const PartitionSpec& spec);
Result<PartitionSpec> spec_from_json(const Member& member);
Json sort_order_to_json(const SortOrder& order);
Result<SortOrder> sort_order_from_json(const Member& member);
Json ref_to_json(const Ref& ref);
Result<Ref> ref_from_json(const Member& member);
Result<StatisticsFile> statistics_from_json(const Member& member);

// What must hold between the parts of any table: ids refer to something and stand once.
// Errors: corrupt, naming the member.
Result<void> check_metadata(const TableMetadata& table);

}  // namespace hansa::iceberg
