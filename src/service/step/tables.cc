#include "service/step/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/digest.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "iceberg/metadata_json.h"
#include "iceberg/scan.h"

namespace hansa::service {
namespace {

std::unexpected<Error> changed(const Location& at) {
  return corrupt(fmt::format("{} was changed after it was registered", at.text()),
                 "the producer has to publish it anew under another name");
}

// Below a table everything is written once; elsewhere in the bucket a team's own tools write.
bool is_registered(const Location& at) { return !at.key().starts_with("tables/"); }

// Fingerprints by the snapshot that registered the files, read once a scan.
class Fingerprints {
 public:
  Fingerprints(object::ObjectStore& objects, const iceberg::TableMetadata& metadata)
      : objects_(objects), metadata_(metadata) {}

  // Whether the file is what it was. Errors: corrupt: there is no fingerprint of it.
  Result<bool> matches(const iceberg::Snapshot* snapshot, const Location& file) {
    if (snapshot == nullptr)
      return corrupt(fmt::format("nothing says when {} was registered", file.text()));
    if (!known_.contains(snapshot->id)) HANSA_CHECK(load(*snapshot));
    const Json* wanted = known_[snapshot->id].find(file.text());
    if (wanted == nullptr || !wanted->is_string())
      return corrupt(fmt::format("there is no fingerprint of {}", file.text()));
    HANSA_TRY(const std::string found, fingerprint(objects_, file));
    return found == *wanted->as_string();
  }

 private:
  Result<void> load(const iceberg::Snapshot& snapshot) {
    const auto publish = snapshot.summary.find(std::string(kPublishNote));
    if (publish == snapshot.summary.end())
      return corrupt("a snapshot does not say which publish made it");
    HANSA_TRY(const Location at, fingerprints_at(metadata_.location, publish->second));
    HANSA_TRY(const std::string bytes, object::read_all(objects_, at, limits::manifest_bytes_max));
    HANSA_TRY(known_[snapshot.id], parse_json(bytes));
    return {};
  }

  object::ObjectStore& objects_;
  const iceberg::TableMetadata& metadata_;
  std::map<std::int64_t, Json> known_;
};

// A file as it lies there now; `changed` if it is not what the table says.
Result<TableFile> look_at(object::ObjectStore& objects, Fingerprints& fingerprints,
                          const iceberg::ManifestEntry& entry, const iceberg::Snapshot* added_by) {
  const iceberg::DataFile& file = entry.file;
  HANSA_TRY(const object::ObjectInfo info, objects.info(file.path));
  TableFile out{.location = file.path,
                .path = {},
                .bytes = info.bytes,
                .rows = static_cast<std::uint64_t>(file.record_count),
                .added_ms = added_by ? added_by->timestamp_ms : 0,
                .registered = is_registered(file.path),
                .tag = info.tag,
                .changed = false};
  out.changed = info.bytes != static_cast<std::uint64_t>(file.file_size);
  if (!out.changed && out.registered) {
    HANSA_TRY(const bool same, fingerprints.matches(added_by, file.path));
    out.changed = !same;
  }
  HANSA_TRY(out.path, objects.local(file.path));
  return out;
}

Result<void> still_the_same(object::ObjectStore& objects, const TableFiles& files) {
  for (const TableFile& file : files.files) {
    if (file.changed) return changed(file.location);
    if (!file.registered) continue;
    HANSA_TRY(const object::ObjectInfo info, objects.info(file.location));
    if (info.tag != file.tag) return changed(file.location);
  }
  return {};
}

// Whether all registered files are what they were when they were last looked at. One that was
// written again may still hold the same, which only a closer look tells.
bool untouched(object::ObjectStore& objects, const std::vector<TableFile>& files) {
  return std::ranges::all_of(files, [&](const TableFile& file) {
    if (!file.registered) return true;
    const auto info = objects.info(file.location);
    return info && info->tag == file.tag;
  });
}

std::size_t bytes_of(const std::vector<TableFile>& files) {
  std::size_t bytes = sizeof files;
  for (const TableFile& file : files)
    bytes += sizeof file + file.location.bucket().size() + file.location.key().size() +
             file.path.size() + file.tag.size();
  return bytes;
}

}  // namespace

std::vector<query::PlanFile> plan_files(const TableFiles& files) {
  std::vector<query::PlanFile> out;
  for (const TableFile& file : files.files)
    out.push_back({file.path, file.location.text(), file.bytes, file.rows});
  return out;
}

Result<std::string> fingerprint(object::ObjectStore& objects, const Location& at) {
  constexpr std::uint64_t kTail = 64 * 1024;
  HANSA_TRY(const object::ObjectInfo info, objects.info(at));
  const std::uint64_t from = info.bytes > kTail ? info.bytes - kTail : 0;
  HANSA_TRY(const auto source, objects.read(at, from, 0));
  HANSA_TRY(const std::string tail, drain(*source, kTail));
  return to_hex(sha256(fmt::format("{} ", info.bytes) + tail));
}

Result<Location> fingerprints_at(const Location& table, std::string_view publish) {
  return table.below(fmt::format("metadata/{}.fingerprints.json", publish));
}

Result<Location> upload_at(const Location& table, std::string_view publish, std::uint32_t file) {
  return table.below(fmt::format("data/{}-{:05}.parquet", publish, file));
}

Result<std::shared_ptr<const std::string>> Tables::fetch(object::ObjectStore& objects,
                                                         const Location& at,
                                                         std::size_t bytes_max) {
  if (auto known = recent_.find(at.text())) return known;
  auto read = object::read_all(objects, at, bytes_max);
  if (!read) return in_context(fmt::format("reading {}", at.text()), read.error());
  auto bytes = std::make_shared<const std::string>(*std::move(read));
  recent_.put(at.text(), bytes, bytes->size());
  return bytes;
}

Result<void> Tables::write(object::ObjectStore& objects, const Location& at,
                           std::string_view bytes) {
  HANSA_CHECK(object::write_all(objects, at, bytes, object::Taken::refuse));
  recent_.put(at.text(), std::make_shared<const std::string>(bytes), bytes.size());
  return {};
}

Result<TableBase> Tables::base(object::ObjectStore& objects, const Location& metadata,
                               std::optional<std::int64_t> snapshot) {
  TableBase base;
  HANSA_TRY(const auto bytes, fetch(objects, metadata, limits::table_metadata_bytes_max));
  HANSA_TRY(base.metadata, iceberg::parse_metadata(*bytes));
  HANSA_TRY(const auto list, iceberg::manifest_list_of(base.metadata, snapshot));
  if (!list) return base;
  HANSA_TRY(const auto rows, fetch(objects, *list, limits::manifest_bytes_max));
  base.list = *rows;
  return base;
}

Result<std::shared_ptr<const std::set<std::string>>> Tables::publishes(object::ObjectStore& objects,
                                                                       const Location& metadata) {
  if (auto known = publishes_.find(metadata.text())) return known;
  HANSA_TRY(const TableBase base, this->base(objects, metadata));
  auto found = std::make_shared<std::set<std::string>>();
  for (const iceberg::Snapshot& snapshot : base.metadata.snapshots)
    if (const auto note = snapshot.summary.find(std::string(kPublishNote));
        note != snapshot.summary.end())
      found->insert(note->second);
  publishes_.put(metadata.text(), found, 1 + found->size() * 100);
  return found;
}

Result<void> Tables::add_manifests(object::ObjectStore& objects, TableBase& base) {
  if (base.list.empty()) return {};
  HANSA_TRY(const auto rows, iceberg::manifests_of(base.list));
  for (const iceberg::ManifestFile& row : rows) {
    HANSA_TRY(const auto bytes, fetch(objects, row.path, limits::manifest_bytes_max));
    base.manifests.push_back({row, *bytes});
  }
  return {};
}

Result<std::shared_ptr<const Tables::Files>> Tables::manifest(
    object::ObjectStore& objects, const iceberg::TableMetadata& metadata,
    const iceberg::ManifestFile& row) {
  if (auto known = manifests_.find(row.path.text()); known && untouched(objects, *known))
    return known;
  HANSA_TRY(const auto bytes, fetch(objects, row.path, limits::manifest_bytes_max));
  // Scan::add refuses what is not applied here: delete files, other formats, encryption.
  iceberg::Scan refuse;
  HANSA_CHECK(refuse.add(row, *bytes));
  HANSA_TRY(const auto entries, iceberg::read_manifest(*bytes, row, iceberg::Statistics::drop));
  Fingerprints fingerprints(objects, metadata);
  Files files;
  bool all_same = true;
  for (const iceberg::ManifestEntry& entry : entries) {
    if (entry.status == iceberg::EntryStatus::deleted) continue;
    const auto* snapshot =
        entry.snapshot_id ? iceberg::find_snapshot(metadata, *entry.snapshot_id) : nullptr;
    HANSA_TRY(TableFile file, look_at(objects, fingerprints, entry, snapshot));
    all_same = all_same && !file.changed;
    files.push_back(std::move(file));
  }
  auto shared = std::make_shared<const Files>(std::move(files));
  // A file that is not what it was may be put right: then the next snapshot finds it so.
  if (all_same) manifests_.put(row.path.text(), shared, bytes_of(*shared));
  return shared;
}

Result<TableFiles> Tables::scan(object::ObjectStore& objects, const TableState& state) {
  HANSA_TRY(const TableBase base, this->base(objects, state.metadata, state.snapshot));
  TableFiles out;
  if (base.list.empty()) return out;
  HANSA_TRY(const auto rows, iceberg::manifests_of(base.list));
  for (const iceberg::ManifestFile& row : rows) {
    HANSA_TRY(const auto files, manifest(objects, base.metadata, row));
    for (const TableFile& file : *files) {
      out.rows += file.rows;
      out.bytes += file.bytes;
    }
    out.files.insert(out.files.end(), files->begin(), files->end());
    if (out.files.size() > limits::files_per_query_max)
      return exhausted(fmt::format("the table has more than {} files", limits::files_per_query_max),
                       "ask its owner to compact it");
  }
  return out;
}

Result<std::shared_ptr<const TableFiles>> Tables::files(object::ObjectStore& objects,
                                                        const TableState& state) {
  HANSA_TRY(auto files, listed(objects, state));
  HANSA_CHECK(still_the_same(objects, *files));
  return files;
}

Result<std::shared_ptr<const TableFiles>> Tables::listed(object::ObjectStore& objects,
                                                         const TableState& state) {
  const std::string key = fmt::format("{} {}", state.metadata.text(), state.snapshot);
  if (auto known = states_.find(key)) return known;
  HANSA_TRY(TableFiles scanned, scan(objects, state));
  auto files = std::make_shared<const TableFiles>(std::move(scanned));
  states_.put(key, files, bytes_of(files->files));
  return files;
}

}  // namespace hansa::service
