#include "service/step/tables.h"

#include <fmt/format.h>

#include <map>

#include "base/digest.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
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
    const auto publish = snapshot.summary.find("hansa.publish");
    if (publish == snapshot.summary.end())
      return corrupt("a snapshot does not say which publish made it");
    HANSA_TRY(const Location at, fingerprints_at(metadata_.location, publish->second));
    HANSA_TRY(const std::string bytes, fetch(objects_, at, limits::manifest_bytes_max));
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

Result<TableFiles> scan(object::ObjectStore& objects, const TableState& state) {
  HANSA_TRY(const TableBase base, read_base(objects, state.metadata, true));
  TableFiles out;
  Fingerprints fingerprints(objects, base.metadata);
  for (const TableBase::Manifest& manifest : base.manifests) {
    // Scan::add refuses what is not applied here: delete files, other formats, encryption.
    iceberg::Scan refuse;
    HANSA_CHECK(refuse.add(manifest.row, manifest.bytes));
    HANSA_TRY(const auto entries,
              iceberg::read_manifest(manifest.bytes, manifest.row, iceberg::Statistics::drop));
    for (const iceberg::ManifestEntry& entry : entries) {
      if (entry.status == iceberg::EntryStatus::deleted) continue;
      const auto* snapshot =
          entry.snapshot_id ? iceberg::find_snapshot(base.metadata, *entry.snapshot_id) : nullptr;
      HANSA_TRY(TableFile file, look_at(objects, fingerprints, entry, snapshot));
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

Result<TableBase> read_base(object::ObjectStore& objects, const Location& metadata,
                            bool with_manifests) {
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

Result<std::shared_ptr<const TableFiles>> Tables::files(object::ObjectStore& objects,
                                                        const TableState& state) {
  HANSA_TRY(auto files, listed(objects, state));
  HANSA_CHECK(still_the_same(objects, *files));
  return files;
}

Result<std::shared_ptr<const TableFiles>> Tables::listed(object::ObjectStore& objects,
                                                         const TableState& state) {
  const std::string key = fmt::format("{} {}", state.metadata.text(), state.snapshot);
  if (auto known = look(key)) return known;
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
