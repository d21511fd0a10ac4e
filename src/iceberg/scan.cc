#include "iceberg/scan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"

namespace hansa::iceberg {
namespace {

std::unexpected<Error> has_deletes() {
  return invalid(
      "the table has delete files (Iceberg row-level deletes, merge-on-read), which are not "
      "applied here",
      "let the engine that wrote the table compact it (rewrite_data_files with "
      "delete-file-threshold 1), "
      "or set write.delete.mode, write.update.mode and write.merge.mode to copy-on-write");
}

bool may_be_live(const ManifestFile& manifest) {
  return manifest.added_files.value_or(1) > 0 || manifest.existing_files.value_or(1) > 0;
}

Result<void> check_file(const DataFile& file) {
  if (file.content != FileContent::data) return has_deletes();
  if (file.format != "PARQUET")
    return invalid(fmt::format("{} is a file of format {}: only Parquet is read", file.path.text(),
                               file.format.substr(0, 40)),
                   "rewrite the table with write.format.default=parquet");
  if (file.key_metadata) return invalid(fmt::format("{} is encrypted", file.path.text()));
  return {};
}

// Totals are what a stranger says: they may not overflow.
Result<void> add_to(std::int64_t& total, std::int64_t more) {
  if (more > INT64_MAX - total) return corrupt("manifest: counts that cannot be true");
  total += more;
  return {};
}

}  // namespace

Result<std::optional<Location>> manifest_list_of(const TableMetadata& table,
                                                 std::optional<std::int64_t> snapshot_id) {
  if (!snapshot_id) snapshot_id = table.current_snapshot_id;
  if (!snapshot_id) return std::nullopt;
  const Snapshot* snapshot = find_snapshot(table, *snapshot_id);
  if (snapshot == nullptr)
    return not_found(fmt::format("the table has no snapshot {}", *snapshot_id));
  return snapshot->manifest_list;
}

Result<std::int64_t> snapshot_at(const TableMetadata& table, std::int64_t timestamp_ms) {
  for (auto entry = table.snapshot_log.rbegin(); entry != table.snapshot_log.rend(); ++entry) {
    if (entry->timestamp_ms > timestamp_ms) continue;
    if (find_snapshot(table, entry->snapshot_id) == nullptr) break;
    return entry->snapshot_id;
  }
  return not_found("the table keeps no snapshot from that time");
}

Result<std::vector<ManifestFile>> manifests_of(std::string_view list_bytes) {
  HANSA_TRY(std::vector<ManifestFile> manifests, read_manifest_list(list_bytes));
  std::erase_if(manifests, [](const ManifestFile& manifest) { return !may_be_live(manifest); });
  for (const ManifestFile& manifest : manifests) {
    if (manifest.content == ManifestContent::deletes) return has_deletes();
    if (manifest.key_metadata)
      return invalid(fmt::format("manifest {} is encrypted", manifest.path.text()));
  }
  return manifests;
}

Result<void> Scan::add(const ManifestFile& from, std::string_view bytes) {
  auto entries = read_manifest(bytes, from, Statistics::drop);
  if (!entries) return in_context(from.path.text(), std::move(entries).error());
  for (ManifestEntry& entry : *entries) {
    if (entry.status == EntryStatus::deleted) continue;
    HANSA_CHECK(check_file(entry.file));
    if (files_.files.size() >= limits::files_per_query_max)
      return exhausted(
          fmt::format("the snapshot has more than {} files", limits::files_per_query_max),
          "compact the table (rewrite_data_files)");
    HANSA_CHECK(add_to(files_.rows, entry.file.record_count));
    HANSA_CHECK(add_to(files_.bytes, entry.file.file_size));
    files_.files.push_back(std::move(entry.file));
  }
  return {};
}

}  // namespace hansa::iceberg
