// From a snapshot to its files, in steps between which the caller fetches bytes:
//
//   manifest_list_of(table) -> Location -> (fetch) -> manifests_of(bytes) -> their paths -> (fetch)
//   -> Scan::add
//
// Nothing here decides who may read what: every Location came from the table's owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/manifest.h"
#include "iceberg/metadata.h"

namespace hansa::iceberg {

// Where the files of a snapshot are listed; nothing if the table has no snapshot and none was
// named. Errors: not_found if there is no such snapshot.
Result<std::optional<Location>> manifest_list_of(
    const TableMetadata& table, std::optional<std::int64_t> snapshot_id = std::nullopt);
// The snapshot that was current at a time, for reads in the past. Errors: not_found.
Result<std::int64_t> snapshot_at(const TableMetadata& table, std::int64_t timestamp_ms);

// The manifests that list live files. Errors: those of read_manifest_list; invalid if the snapshot
// has delete files, which are not applied here, or encrypted manifests.
Result<std::vector<ManifestFile>> manifests_of(std::string_view list_bytes);

struct Files {
  std::vector<DataFile> files;  // statistics per column left behind
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
};

// The live files of one snapshot, manifest by manifest.
class Scan {
 public:
  // `bytes` are those of the manifest `from` describes. Errors: those of read_manifest; invalid (a
  // delete file; a format other than Parquet; an encrypted file); exhausted past
  // limits::files_per_query_max.
  Result<void> add(const ManifestFile& from, std::string_view bytes);
  Files take() && { return std::move(files_); }

 private:
  Files files_;
};

}  // namespace hansa::iceberg
