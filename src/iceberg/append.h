// What writing to a table makes of it: new metadata, and the files that must exist before it does.
// Pure: the caller fetches what is read, writes what is returned, and brings time and ids. When
// another commit came first, the same call is made again with the newer metadata; only the manifest
// list differs.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "iceberg/manifest.h"
#include "iceberg/metadata.h"

namespace hansa::iceberg {

struct NewTable {
  Location location;
  std::string uuid;                             // of the table, RFC 4122's text form
  Schema schema;                                // gets fresh ids from 1, whatever it came with
  std::vector<std::int32_t> identifier_fields;  // ids as in `schema` before
  PartitionSpec spec;                           // source ids likewise
  SortOrder order;                              // source ids likewise
  Properties properties;
  Time now;
};
// Sets `schema.name-mapping.default` unless the properties do, so that Parquet files without field
// ids are read by column name. Errors: invalid.
Result<TableMetadata> create_table(NewTable table);

// What is random or comes from the clock, given by the caller.
struct Stamp {
  std::int64_t snapshot_id = 0;  // positive, random
  std::string commit_uuid;       // RFC 4122's text form; names the new files
  Time now;
};

struct Written {
  Location at;
  std::string bytes;
  friend bool operator==(const Written&, const Written&) = default;
};

struct Staged {
  TableMetadata metadata;
  Snapshot snapshot;
  std::vector<Written> writes;  // to be written, each under a new name, before the metadata
};

// Adds files to those of the current snapshot. `current_list` are the bytes of its manifest list;
// empty if there is none. Manifests of before are listed again as they are. Errors: invalid (files
// that are not data, stand twice, or do not fit the partition spec; a table of format version 1);
// conflict (the snapshot id is taken: draw another); those of read_manifest_list.
Result<Staged> append(const TableMetadata& table, std::span<const DataFile> files,
                      std::string_view current_list, const Stamp& stamp);

// A manifest of the current snapshot and its bytes.
struct OldManifest {
  ManifestFile row;
  std::string_view bytes;
};
// Replaces all files of the current snapshot: its entries become deleted, delete files included.
// `old` are the manifests that read_manifest_list names for it. Errors: those of append and
// read_manifest.
Result<Staged> overwrite(const TableMetadata& table, std::span<const DataFile> files,
                         std::span<const OldManifest> old, const Stamp& stamp);

// Puts `files` into the place of those in `gone`, which the current snapshot lists: the same rows
// in other files. All others stay. Errors: those of overwrite; conflict: one of `gone` is not
// listed.
Result<Staged> replace(const TableMetadata& table, std::span<const DataFile> files,
                       const std::set<Location>& gone, std::span<const OldManifest> old,
                       const Stamp& stamp);

// Makes an earlier (or, after a rollback, later) snapshot current again. Errors: not_found.
Result<TableMetadata> rollback_to(const TableMetadata& table, std::int64_t snapshot_id, Time now);

// LOCATION/metadata/00003-UUID.metadata.json. Errors: invalid if the location leaves no room for
// it.
Result<Location> metadata_file(const TableMetadata& table, std::uint32_t version,
                               std::string_view uuid);

}  // namespace hansa::iceberg
