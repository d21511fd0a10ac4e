// Manifests and manifest lists (https://iceberg.apache.org/spec/#manifests): Avro files in the form
// of version 2 when written, of 1 and 2 when read. Fields are found by their field id, else by
// name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/avro.h"
#include "iceberg/metadata.h"

namespace hansa::iceberg {

// What stands in a manifest's header. The parts must outlive the call.
struct ManifestOptions {
  const Schema& schema;
  const PartitionSpec& spec;
  ManifestContent content = ManifestContent::data;
  avro::Sync sync{};
  Codec codec = Codec::deflate;
};

// Entries are written in their order. Those that were added by the snapshot being written leave
// `sequence_number` empty: readers inherit it from the list, so a retry need not rewrite the
// manifest. Errors: invalid (the partition of a file does not fit the spec; a transform that cannot
// be written).
Result<std::string> write_manifest(const ManifestOptions& options,
                                   std::span<const ManifestEntry> entries);

enum class Statistics { keep, drop };

// `from` is the manifest's row in its list: entries inherit from it what they leave out. With
// Statistics::drop counts and bounds per column are left behind; they are most of a manifest, and a
// stranger decides how many there are.
// Errors: corrupt, naming the field; exhausted; invalid (an Avro codec that is not read).
Result<std::vector<ManifestEntry>> read_manifest(std::string_view bytes, const ManifestFile& from,
                                                 Statistics statistics);

struct ManifestListOptions {
  std::int64_t snapshot_id = 0;
  std::optional<std::int64_t> parent_id;
  std::int64_t sequence_number = 0;
  avro::Sync sync{};
  Codec codec = Codec::deflate;
};

// Errors: invalid if a manifest of version 1 came without the counts that version 2 demands.
Result<std::string> write_manifest_list(const ManifestListOptions& options,
                                        std::span<const ManifestFile> manifests);
// Errors: corrupt, naming the field; exhausted; invalid, as above.
Result<std::vector<ManifestFile>> read_manifest_list(std::string_view bytes);

// The row of a list for a manifest that was just written.
ManifestFile describe_manifest(Location path, std::int64_t length,
                               std::span<const ManifestEntry> entries, const Snapshot& snapshot,
                               std::int32_t spec_id, ManifestContent content);

}  // namespace hansa::iceberg
