#include "service/step/references.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "iceberg/manifest.h"
#include "iceberg/metadata_json.h"
#include "service/step/tables.h"

namespace hansa::service {
namespace {

class Walk {
 public:
  Walk(object::ObjectStore& objects, const Table& table,
       const std::function<Result<void>(const Reference&)>& each)
      : objects_(objects), table_(table), each_(each) {}

  // The newest metadata names the snapshots of those before it, but for what was dropped since.
  Result<void> all() {
    for (auto state = table_.states.rbegin(); state != table_.states.rend(); ++state) {
      HANSA_TRY(const bool fresh, add({state->metadata}));
      if (fresh && !(state->snapshot != 0 && snapshots_.contains(state->snapshot)))
        HANSA_CHECK(metadata(state->metadata));
    }
    return rejects();
  }

 private:
  // False: it was handed over before.
  Result<bool> add(const Reference& reference) {
    if (!seen_.insert(reference.location).second) return false;
    HANSA_CHECK(each_(reference));
    return true;
  }
  // Nullopt: it is not there.
  Result<std::optional<std::string>> bytes_of(const Location& at, std::size_t bytes_max) {
    auto bytes = object::read_all(objects_, at, bytes_max);
    if (bytes) return *std::move(bytes);
    if (bytes.error().code == Code::not_found) return std::nullopt;
    return in_context(fmt::format("reading {}", at.text()), std::move(bytes).error());
  }
  // What not every table or publish has.
  Result<void> add_if_there(const Location& at) {
    const auto info = objects_.info(at);
    if (!info && info.error().code == Code::not_found) return {};
    HANSA_CHECK(info);
    HANSA_CHECK(add({at}));
    return {};
  }

  Result<void> metadata(const Location& at) {
    HANSA_TRY(const auto bytes, bytes_of(at, limits::table_metadata_bytes_max));
    if (!bytes) return {};
    HANSA_TRY(const iceberg::TableMetadata metadata, iceberg::parse_metadata(*bytes));
    for (const iceberg::MetadataLogEntry& older : metadata.metadata_log)
      if (!seen_.contains(older.file) && !is_state(older.file))
        HANSA_CHECK(add_if_there(older.file));
    for (const iceberg::Snapshot& snapshot : metadata.snapshots) {
      if (!snapshots_.insert(snapshot.id).second) continue;
      if (const auto note = snapshot.summary.find(std::string(kPublishNote));
          note != snapshot.summary.end()) {
        publishes_.insert(note->second);
        HANSA_TRY(const Location prints, fingerprints_at(metadata.location, note->second));
        HANSA_CHECK(add_if_there(prints));
      }
      HANSA_TRY(const bool fresh, add({snapshot.manifest_list}));
      if (fresh) HANSA_CHECK(list(snapshot.manifest_list));
    }
    return {};
  }

  // What the conversions of published files refused.
  Result<void> rejects() {
    constexpr std::size_t kAtOnce = 1'000;
    constexpr std::size_t kUlidBytes = 26;
    const std::string folder = table_.location.key() + "/rejects/";
    for (std::string after; !publishes_.empty();) {
      HANSA_TRY(const auto listing,
                objects_.list(table_.location.bucket(), folder, after, kAtOnce));
      for (const object::ObjectInfo& file : listing.objects) {
        after = file.location.key();
        if (publishes_.contains(after.substr(folder.size(), kUlidBytes)))
          HANSA_CHECK(add({file.location, file.bytes}));
      }
      if (!listing.more || listing.objects.empty()) break;
    }
    return {};
  }

  bool is_state(const Location& at) const {
    for (const TableState& state : table_.states)
      if (state.metadata == at) return true;
    return false;
  }

  Result<void> list(const Location& at) {
    HANSA_TRY(const auto bytes, bytes_of(at, limits::manifest_bytes_max));
    if (!bytes) return {};
    HANSA_TRY(const auto rows, iceberg::read_manifest_list(*bytes));
    for (const iceberg::ManifestFile& row : rows) {
      HANSA_TRY(const bool fresh,
                add({row.path, static_cast<std::uint64_t>(std::max<std::int64_t>(row.length, 0))}));
      if (fresh) HANSA_CHECK(manifest(row));
    }
    return {};
  }

  Result<void> manifest(const iceberg::ManifestFile& row) {
    HANSA_TRY(const auto bytes, bytes_of(row.path, limits::manifest_bytes_max));
    if (!bytes) return {};
    HANSA_TRY(const auto entries, iceberg::read_manifest(*bytes, row, iceberg::Statistics::drop));
    for (const iceberg::ManifestEntry& entry : entries)
      if (entry.status != iceberg::EntryStatus::deleted)
        HANSA_CHECK(add({entry.file.path, static_cast<std::uint64_t>(
                                              std::max<std::int64_t>(entry.file.file_size, 0))}));
    return {};
  }

  object::ObjectStore& objects_;
  const Table& table_;
  const std::function<Result<void>(const Reference&)>& each_;
  std::set<Location> seen_;
  std::set<std::int64_t> snapshots_;
  std::set<std::string> publishes_;
};

}  // namespace

Result<void> each_reference(object::ObjectStore& objects, const Table& table,
                            const std::function<Result<void>(const Reference&)>& each) {
  return Walk(objects, table, each).all();
}

}  // namespace hansa::service
