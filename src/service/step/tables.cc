#include "service/step/tables.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "iceberg/metadata_json.h"
#include "iceberg/scan.h"

namespace hansa::service {
namespace {

Result<std::string> fetch(object::ObjectStore& objects, const Location& at, std::size_t bytes_max) {
  auto bytes = object::read_all(objects, at, bytes_max);
  if (!bytes) return in_context(fmt::format("reading {}", at.text()), bytes.error());
  return bytes;
}

Result<iceberg::TableMetadata> read_metadata(object::ObjectStore& objects, const Location& at) {
  HANSA_TRY(const std::string bytes, fetch(objects, at, limits::table_metadata_bytes_max));
  return iceberg::parse_metadata(bytes);
}

std::unexpected<Error> changed(const Location& at) {
  return corrupt(fmt::format("{} was changed after it was registered", at.text()),
                 "the producer has to publish it anew under another name");
}

// Below a table everything is written once; elsewhere in the bucket a team's own tools write.
bool is_registered(const Location& at) { return !at.key().starts_with("tables/"); }

// A file whose size is not what the table says was changed behind the table's back.
Result<TableFile> checked(object::ObjectStore& objects, const iceberg::ManifestEntry& entry, std::int64_t added_ms) {
  const iceberg::DataFile& file = entry.file;
  HANSA_TRY(const object::ObjectInfo info, objects.info(file.path));
  const bool registered = is_registered(file.path);
  const bool touched = registered && info.modified.us / 1000 > added_ms;
  if (touched || info.bytes != static_cast<std::uint64_t>(file.file_size)) return changed(file.path);
  HANSA_TRY(std::string path, objects.local(file.path));
  return TableFile{file.path, std::move(path), info.bytes, static_cast<std::uint64_t>(file.record_count), added_ms, registered, info.tag};
}

Result<void> still_the_same(object::ObjectStore& objects, const TableFiles& files) {
  for (const TableFile& file : files.files) {
    if (!file.registered) continue;
    HANSA_TRY(const object::ObjectInfo info, objects.info(file.location));
    if (info.tag != file.tag) return changed(file.location);
  }
  return {};
}

Result<TableFiles> scan(object::ObjectStore& objects, const TableState& state) {
  HANSA_TRY(const TableBase base, read_base(objects, state.metadata, true));
  TableFiles out;
  for (const TableBase::Manifest& manifest : base.manifests) {
    // Scan::add refuses what is not applied here: delete files, other formats, encryption.
    iceberg::Scan refuse;
    HANSA_CHECK(refuse.add(manifest.row, manifest.bytes));
    HANSA_TRY(const auto entries, iceberg::read_manifest(manifest.bytes, manifest.row, iceberg::Statistics::drop));
    for (const iceberg::ManifestEntry& entry : entries) {
      if (entry.status == iceberg::EntryStatus::deleted) continue;
      const auto* snapshot = entry.snapshot_id ? iceberg::find_snapshot(base.metadata, *entry.snapshot_id) : nullptr;
      HANSA_TRY(TableFile file, checked(objects, entry, snapshot ? snapshot->timestamp_ms : 0));
      out.rows += file.rows;
      out.bytes += file.bytes;
      out.files.push_back(std::move(file));
    }
    if (out.files.size() > limits::files_per_query_max)
      return exhausted(fmt::format("the table has more than {} files", limits::files_per_query_max),
                       "ask its owner to compact it");
  }
  return out;
}

}  // namespace

Result<TableBase> read_base(object::ObjectStore& objects, const Location& metadata, bool with_manifests) {
  TableBase base;
  HANSA_TRY(base.metadata, read_metadata(objects, metadata));
  HANSA_TRY(const auto list, iceberg::manifest_list_of(base.metadata));
  if (!list) return base;
  HANSA_TRY(base.list, fetch(objects, *list, limits::manifest_bytes_max));
  if (!with_manifests) return base;
  HANSA_TRY(const auto rows, iceberg::manifests_of(base.list));
  for (const iceberg::ManifestFile& row : rows) {
    HANSA_TRY(std::string bytes, fetch(objects, row.path, limits::manifest_bytes_max));
    base.manifests.push_back({row, std::move(bytes)});
  }
  return base;
}

std::shared_ptr<const TableFiles> Tables::look(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key);
  if (found == known_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second.used);
  return found->second.files;
}

Result<std::shared_ptr<const TableFiles>> Tables::files(object::ObjectStore& objects, const TableState& state) {
  const std::string key = fmt::format("{} {}", state.metadata.text(), state.snapshot);
  if (auto known = look(key)) {
    HANSA_CHECK(still_the_same(objects, *known));
    return known;
  }
  HANSA_TRY(TableFiles scanned, scan(objects, state));
  auto files = std::make_shared<const TableFiles>(std::move(scanned));
  const std::lock_guard lock(mutex_);
  if (!known_.contains(key)) {
    order_.push_front(key);
    known_.emplace(key, Known{files, order_.begin()});
    while (known_.size() > tables_max_) {
      known_.erase(order_.back());
      order_.pop_back();
    }
  }
  return files;
}

}  // namespace hansa::service
