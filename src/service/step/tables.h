// The files behind tables, read once: table metadata never changes under its location, so what was
// found there stays true, and a query of a known snapshot touches no manifest.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "iceberg/manifest.h"
#include "iceberg/metadata.h"
#include "model/product.h"
#include "world/object/object_store.h"

namespace hansa::service {

struct TableFile {
  Location location;
  std::string path;  // on this machine, for a worker's seat
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  std::int64_t added_ms = 0;  // when the snapshot that added it was made
  // Registered in place: others may write there, so each use looks whether it is still the same.
  bool registered = false;
  std::string tag;
  bool changed = false;  // not what it was when it was registered
};

// What identifies a registered file's content: SHA-256 over its length and its last 64 KiB, where
// Parquet keeps the footer. It survives a copy of the data directory, which no date does.
Result<std::string> fingerprint(object::ObjectStore& objects, const Location& at);
// Where the fingerprints of one in-place publish lie.
Result<Location> fingerprints_at(const Location& table, std::string_view publish);

struct TableFiles {
  std::vector<TableFile> files;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

// What a writer starts from: the metadata of a table and what its current snapshot lists, still as
// bytes.
struct TableBase {
  iceberg::TableMetadata metadata;
  std::string list;  // of manifests; empty: no snapshot
  struct Manifest {
    iceberg::ManifestFile row;
    std::string bytes;
  };
  std::vector<Manifest> manifests;  // read only on demand
};

// Errors of all: not_found, corrupt or unavailable, as the object store and the readers say;
// in_context of what was read.
Result<TableBase> read_base(object::ObjectStore& objects, const Location& metadata,
                            bool with_manifests);

class Tables {
 public:
  explicit Tables(std::size_t tables_max = 10'000) : tables_max_(tables_max) {}

  // The files of a table's state. Errors: corrupt: a registered file was changed since, by name.
  Result<std::shared_ptr<const TableFiles>> files(object::ObjectStore& objects,
                                                  const TableState& state);
  // The same without asking whether registered files have changed.
  Result<std::shared_ptr<const TableFiles>> listed(object::ObjectStore& objects,
                                                   const TableState& state);

 private:
  std::shared_ptr<const TableFiles> look(const std::string& key);
  struct Known {
    std::shared_ptr<const TableFiles> files;
    std::list<std::string>::iterator used;
  };
  std::mutex mutex_;
  std::list<std::string> order_;  // most recently used first
  std::unordered_map<std::string, Known> known_;
  std::size_t tables_max_;
};

}  // namespace hansa::service
