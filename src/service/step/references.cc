#include "service/step/references.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "iceberg/manifest.h"
#include "iceberg/metadata_json.h"
#include "model/held.h"
#include "service/step/tables.h"

namespace hansa::service {
namespace {

// Nullopt: it is not there.
Result<std::optional<std::string>> bytes_of(object::ObjectStore& objects, const Location& at,
                                            std::size_t bytes_max, Gone gone) {
  auto bytes = object::read_all(objects, at, bytes_max);
  if (bytes) return *std::move(bytes);
  if (bytes.error().code != Code::not_found)
    return in_context(fmt::format("reading {}", at.text()), std::move(bytes).error());
  if (gone == Gone::pass_over) return std::nullopt;
  return corrupt(fmt::format("{} is not there", at.text()),
                 "bring it back from a backup: nothing of the table is removed until then");
}

std::uint64_t size_of(std::int64_t said) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(said, 0));
}

class Walk {
 public:
  Walk(object::ObjectStore& objects, const Table& table, Gone gone, const EachReference& each)
      : objects_(objects), table_(table), gone_(gone), each_(each) {}

  // The newest metadata names the snapshots of those before it, but for what was dropped since.
  Result<void> all(Time now) {
    for (auto state = table_.states.rbegin(); state != table_.states.rend(); ++state) {
      HANSA_TRY(const bool fresh, add({state->metadata}));
      if (fresh && !(state->snapshot != 0 && snapshots_.contains(state->snapshot)))
        HANSA_CHECK(metadata(state->metadata));
    }
    for (const Expiry& expiry : table_.expiries) {
      if (expiry.until <= now) continue;
      HANSA_CHECK(add({expiry.metadata}));
      HANSA_CHECK(metadata(expiry.metadata));
    }
    HANSA_CHECK(held(now));
    return rejects();
  }

 private:
  // False: it was handed over before.
  Result<bool> add(const Reference& reference) {
    if (!seen_.insert(reference.location).second) return false;
    HANSA_CHECK(each_(reference));
    return true;
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
    HANSA_TRY(const auto bytes, bytes_of(objects_, at, limits::table_metadata_bytes_max, gone_));
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
      HANSA_CHECK(each_of_snapshot(objects_, snapshot, gone_, seen_, each_));
    }
    return {};
  }

  // What waits for a word, as long as it may.
  Result<void> held(Time now) {
    for (const HeldBatch* batch : waiting(table_, now)) {
      publishes_.insert(batch->run.publish);
      for (std::uint32_t file = 0; file < batch->files; ++file) {
        HANSA_TRY(const Location at, upload_at(table_.location, batch->run.publish, file));
        HANSA_CHECK(add({at}));
      }
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

  object::ObjectStore& objects_;
  const Table& table_;
  const Gone gone_;
  const EachReference& each_;
  std::set<Location> seen_;
  std::set<std::int64_t> snapshots_;
  std::set<std::string> publishes_;
};

}  // namespace

Result<void> each_reference(object::ObjectStore& objects, const Table& table, Time now, Gone gone,
                            const EachReference& each) {
  return Walk(objects, table, gone, each).all(now);
}

Result<void> each_of_snapshot(object::ObjectStore& objects, const iceberg::Snapshot& snapshot,
                              Gone gone, std::set<Location>& seen, const EachReference& each) {
  if (!seen.insert(snapshot.manifest_list).second) return {};
  HANSA_CHECK(each({snapshot.manifest_list}));
  HANSA_TRY(const auto list,
            bytes_of(objects, snapshot.manifest_list, limits::manifest_bytes_max, gone));
  if (!list) return {};
  HANSA_TRY(const auto rows, iceberg::read_manifest_list(*list));
  for (const iceberg::ManifestFile& row : rows) {
    if (!seen.insert(row.path).second) continue;
    HANSA_CHECK(each({row.path, size_of(row.length)}));
    HANSA_TRY(const auto bytes, bytes_of(objects, row.path, limits::manifest_bytes_max, gone));
    if (!bytes) continue;
    HANSA_TRY(const auto entries, iceberg::read_manifest(*bytes, row, iceberg::Statistics::drop));
    for (const iceberg::ManifestEntry& entry : entries)
      if (entry.status != iceberg::EntryStatus::deleted && seen.insert(entry.file.path).second)
        HANSA_CHECK(
            each({entry.file.path, size_of(entry.file.file_size), entry.snapshot_id.value_or(0)}));
  }
  return {};
}

}  // namespace hansa::service
