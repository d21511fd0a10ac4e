// The files behind tables, read once: what a table consists of never changes under its location, so
// what was found there stays true. A query of a known snapshot reads nothing, and one of a new
// snapshot only what that brought.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "iceberg/manifest.h"
#include "iceberg/metadata.h"
#include "model/product.h"
#include "query/plan.h"
#include "service/step/lru.h"
#include "service/step/readers.h"
#include "service/step/turns.h"
#include "world/object/object_store.h"

namespace hansa::service {

// In a snapshot's summary: the id of the publish that made it.
inline constexpr std::string_view kPublishNote = "hansa.publish";

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
// Where an uploaded file lies until, and after, it is published.
Result<Location> upload_at(const Location& table, std::string_view publish, std::uint32_t file);

struct TableFiles {
  std::vector<TableFile> files;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

// As a worker is given them.
std::vector<query::PlanFile> plan_files(const TableFiles& files);

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

struct TablesOptions {
  std::size_t bytes_max = 16 << 20;      // of metadata and lists as they lie there
  std::size_t manifests_max = 64 << 20;  // of what manifests list, in memory
  std::size_t states_max = 128 << 20;    // of what states list, in memory
};

// Errors of all: not_found, corrupt or unavailable, as the object store and the readers say;
// in_context of what was read.
class Tables {
 public:
  explicit Tables(const TablesOptions& options = {})
      : recent_(options.bytes_max),
        manifests_(options.manifests_max),
        states_(options.states_max),
        publishes_(options.bytes_max) {}

  // The files of a table's state. Errors: corrupt: a registered file was changed since, by name.
  Result<std::shared_ptr<const TableFiles>> files(object::ObjectStore& objects,
                                                  const TableState& state);
  // The same without asking whether registered files have changed.
  Result<std::shared_ptr<const TableFiles>> listed(object::ObjectStore& objects,
                                                   const TableState& state);

  // Without manifests; of the current snapshot, or of another one that the metadata names.
  Result<TableBase> base(object::ObjectStore& objects, const Location& metadata,
                         std::optional<std::int64_t> snapshot = {});
  Result<void> add_manifests(object::ObjectStore& objects, TableBase& base);
  // The ids of all publishes that a snapshot of this metadata holds.
  Result<std::shared_ptr<const std::set<std::string>>> publishes(object::ObjectStore& objects,
                                                                 const Location& metadata);
  // Held alone by whoever removes files, shared by those who publish or move a table's pointer.
  std::shared_mutex& sweeping() { return sweeping_; }
  // Those who look up what they read, and have not opened it yet.
  Readers& readers() { return readers_; }
  // For conversions: one of a publish at a time.
  Turns& conversions() { return conversions_; }
  // Writes an object of a table, which is then not read again.
  Result<void> write(object::ObjectStore& objects, const Location& at, std::string_view bytes);

 private:
  using Files = std::vector<TableFile>;
  Result<std::shared_ptr<const std::string>> fetch(object::ObjectStore& objects, const Location& at,
                                                   std::size_t bytes_max);
  Result<TableFiles> scan(object::ObjectStore& objects, const TableState& state);
  Result<std::shared_ptr<const Files>> manifest(object::ObjectStore& objects,
                                                const iceberg::TableMetadata& metadata,
                                                const iceberg::ManifestFile& row);

  Lru<std::string> recent_;
  Lru<Files> manifests_;
  Lru<TableFiles> states_;
  Lru<std::set<std::string>> publishes_;
  std::shared_mutex sweeping_;
  Readers readers_;
  Turns conversions_;
};

}  // namespace hansa::service
