#include "iceberg/append.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/limits.h"
#include "base/text.h"
#include "iceberg/metadata_json.h"
#include "iceberg/types.h"
#include "iceberg/update.h"

namespace hansa::iceberg {
namespace {

constexpr std::string_view kTotals[] = {"total-data-files", "total-records", "total-files-size"};

// 16 bytes for the files of this commit. A UUID's digits are as unlikely in data as any others.
avro::Sync sync_of(const Stamp& stamp, unsigned file) {
  avro::Sync out{};
  for (std::size_t at = 0; at < stamp.commit_uuid.size(); ++at)
    out[at % out.size()] ^=
        static_cast<char>(static_cast<std::size_t>(stamp.commit_uuid[at]) * 31 + at);
  out[0] ^= static_cast<char>(file);
  return out;
}

Result<void> check_stamp(const TableMetadata& table, const Stamp& stamp) {
  const auto digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
  };
  if (stamp.commit_uuid.size() != 36 || !std::ranges::all_of(stamp.commit_uuid, digit))
    return invalid("a commit is named by a UUID");
  if (stamp.snapshot_id <= 0) return invalid("a snapshot id is positive");
  if (find_snapshot(table, stamp.snapshot_id) != nullptr)
    return conflict("the snapshot id is taken");
  if (table.format_version < 2)
    return invalid("tables of Iceberg format version 1 are read, not written",
                   "upgrade the table to format version 2 first");
  if (table.last_sequence_number == INT64_MAX)
    return corrupt("table metadata: last-sequence-number: no next one");
  return {};
}

Result<void> check_files(const TableMetadata& table, std::span<const DataFile> files) {
  if (files.size() > limits::files_per_publish_max)
    return exhausted(
        fmt::format("more than {} files in one commit", limits::files_per_publish_max));
  std::set<Location> paths;
  for (const DataFile& file : files) {
    if (file.content != FileContent::data)
      return invalid(fmt::format("{} is no data file", file.path.text()));
    if (!paths.insert(file.path).second)
      return invalid(fmt::format("{} stands twice in one commit", file.path.text()));
    if (file.record_count < 0 || file.file_size < 0)
      return invalid(fmt::format("{} has a count below 0", file.path.text()));
    if (file.spec_id != table.default_spec_id)
      return invalid(fmt::format("{} is partitioned by spec {}, the table by {}", file.path.text(),
                                 file.spec_id, table.default_spec_id));
  }
  return {};
}

Snapshot next_snapshot(const TableMetadata& table, const Stamp& stamp, Location list) {
  return {.id = stamp.snapshot_id,
          .parent_id = table.current_snapshot_id,
          .sequence_number = table.last_sequence_number + 1,
          // A clock that went back must not make the new snapshot the older one.
          .timestamp_ms = std::max(stamp.now.us / 1000, table.last_updated_ms),
          .manifest_list = std::move(list),
          .summary = {},
          .schema_id = table.current_schema_id};
}

struct Totals {
  std::int64_t files = 0, rows = 0, bytes = 0;
  std::set<std::string> partitions;
  void add(const DataFile& file) {
    ++files;
    // Strangers' counts may overflow; a summary is a hint, so it saturates.
    rows = file.record_count > INT64_MAX - rows ? INT64_MAX : rows + file.record_count;
    bytes = file.file_size > INT64_MAX - bytes ? INT64_MAX : bytes + file.file_size;
    std::string partition = fmt::format("{}", file.spec_id);
    for (const PartitionValue& part : file.partition)
      std::visit([&](const auto& value) { append_to(partition, value); }, part.value.data);
    partitions.insert(std::move(partition));
  }

 private:
  static void append_to(std::string& out, std::monostate) { out += ",-"; }
  static void append_to(std::string& out, const std::string& text) {
    out += fmt::format(",{}:{}", text.size(), text);
  }
  static void append_to(std::string& out, const avro::Value::List& list) {
    out += fmt::format(",[{}]", list.size());
  }
  static void append_to(std::string& out, auto scalar) { out += fmt::format(",{}", scalar); }
};

void summarize(Properties& summary, std::string_view verb, const Totals& totals) {
  if (totals.files == 0) return;
  summary[fmt::format("{}-data-files", verb)] = fmt::format("{}", totals.files);
  summary[verb == "added" ? "added-records" : "deleted-records"] = fmt::format("{}", totals.rows);
  summary[verb == "added" ? "added-files-size" : "removed-files-size"] =
      fmt::format("{}", totals.bytes);
}

void set_totals(Properties& summary, std::int64_t files, std::int64_t rows, std::int64_t bytes) {
  summary["total-data-files"] = fmt::format("{}", files);
  summary["total-records"] = fmt::format("{}", rows);
  summary["total-files-size"] = fmt::format("{}", bytes);
}

// Of a commit after which all files of the table are known.
void sum_up(Properties& summary, std::string_view operation, const Totals& added,
            const Totals& removed, const Totals& all) {
  summary["operation"] = operation;
  summarize(summary, "added", added);
  summarize(summary, "deleted", removed);
  std::set<std::string> changed = added.partitions;
  changed.insert(removed.partitions.begin(), removed.partitions.end());
  summary["changed-partition-count"] = fmt::format("{}", changed.size());
  set_totals(summary, all.files, all.rows, all.bytes);
  for (const char* name :
       {"total-delete-files", "total-position-deletes", "total-equality-deletes"})
    summary[name] = "0";
}

// Totals continue those of the parent; where a writer left them out they stay unknown.
void continue_totals(const Snapshot* parent, const Totals& added, Properties& summary) {
  std::int64_t before[std::size(kTotals)] = {};
  for (std::size_t at = 0; parent != nullptr && at < std::size(kTotals); ++at) {
    const auto found = parent->summary.find(std::string(kTotals[at]));
    const auto number = found == parent->summary.end() ? invalid("") : parse_int(found->second);
    if (!number || *number < 0) return;
    before[at] = *number;
  }
  const std::int64_t more[] = {added.files, added.rows, added.bytes};
  for (std::size_t at = 0; at < std::size(kTotals); ++at)
    if (before[at] > INT64_MAX - more[at]) return;
  set_totals(summary, before[0] + more[0], before[1] + more[1], before[2] + more[2]);
  for (const std::string_view name :
       {"total-delete-files", "total-position-deletes", "total-equality-deletes"}) {
    const auto found =
        parent == nullptr ? Properties::const_iterator{} : parent->summary.find(std::string(name));
    if (parent == nullptr) summary[std::string(name)] = "0";
    else if (found != parent->summary.end()) summary[std::string(name)] = found->second;
  }
}

std::vector<ManifestEntry> added_entries(std::span<const DataFile> files,
                                         std::int64_t snapshot_id) {
  std::vector<ManifestEntry> out;
  out.reserve(files.size());
  for (const DataFile& file : files)
    out.push_back({.status = EntryStatus::added,
                   .snapshot_id = snapshot_id,
                   .sequence_number = {},
                   .file_sequence_number = {},
                   .file = file});
  return out;
}

// Collects the files of one commit.
class Commit {
 public:
  static Result<Commit> begin(const TableMetadata& table, std::span<const DataFile> files,
                              const Stamp& stamp) {
    HANSA_CHECK(check_stamp(table, stamp));
    HANSA_CHECK(check_files(table, files));
    HANSA_TRY(Location folder, table.location.below("metadata"));
    HANSA_TRY(Location list,
              folder.below(fmt::format("snap-{}-1-{}.avro", stamp.snapshot_id, stamp.commit_uuid)));
    return Commit(table, stamp, std::move(folder), next_snapshot(table, stamp, std::move(list)));
  }

  Result<void> add_manifest(std::int32_t spec_id, ManifestContent content,
                            std::span<const ManifestEntry> entries) {
    if (entries.empty()) return {};
    const PartitionSpec* spec = find_spec(*table_, spec_id);
    if (spec == nullptr)
      return corrupt(
          fmt::format("a manifest names partition spec {}, which the table has not", spec_id));
    const auto number = static_cast<unsigned>(writes_.size());
    HANSA_TRY(std::string bytes, write_manifest({.schema = current_schema(*table_),
                                                 .spec = *spec,
                                                 .content = content,
                                                 .sync = sync_of(*stamp_, number)},
                                                entries));
    HANSA_TRY(Location at, folder_.below(fmt::format("{}-m{}.avro", stamp_->commit_uuid, number)));
    manifests.push_back(describe_manifest(at, static_cast<std::int64_t>(bytes.size()), entries,
                                          snapshot, spec_id, content));
    writes_.push_back({std::move(at), std::move(bytes)});
    return {};
  }

  Result<Staged> finish() {
    if (manifests.size() > limits::manifests_per_snapshot_max)
      return exhausted(fmt::format("the table would have more than {} manifests",
                                   limits::manifests_per_snapshot_max),
                       "compact the table (rewrite_manifests)");
    HANSA_TRY(std::string bytes,
              write_manifest_list({.snapshot_id = snapshot.id,
                                   .parent_id = snapshot.parent_id,
                                   .sequence_number = snapshot.sequence_number,
                                   .sync = sync_of(*stamp_, static_cast<unsigned>(writes_.size()))},
                                  manifests));
    writes_.push_back({snapshot.manifest_list, std::move(bytes)});
    Ref main{.snapshot_id = snapshot.id};
    if (const auto before = table_->refs.find(std::string(kMainBranch));
        before != table_->refs.end()) {
      main = before->second;
      main.snapshot_id = snapshot.id;
    }
    const Update updates[] = {AddSnapshot{snapshot},
                              SetSnapshotRef{std::string(kMainBranch), main}};
    HANSA_TRY(TableMetadata metadata, apply(*table_, updates, stamp_->now));
    return Staged{std::move(metadata), snapshot, std::move(writes_)};
  }

  Snapshot snapshot;
  std::vector<ManifestFile> manifests;

 private:
  Commit(const TableMetadata& table, const Stamp& stamp, Location folder, Snapshot next)
      : snapshot(std::move(next)), table_(&table), stamp_(&stamp), folder_(std::move(folder)) {}

  const TableMetadata* table_;
  const Stamp* stamp_;
  Location folder_;
  std::vector<Written> writes_;
};

Result<std::int32_t> moved(const std::map<std::int32_t, std::int32_t>& ids, std::int32_t id,
                           std::string_view what) {
  const auto found = ids.find(id);
  if (found == ids.end()) return invalid(fmt::format("{}: no column has the id {}", what, id));
  return found->second;
}

}  // namespace

Result<TableMetadata> create_table(NewTable wanted) {
  HANSA_TRY(const auto ids, renumber(wanted.schema));
  if (const auto last = last_id(wanted.schema); std::cmp_greater(last, limits::columns_max))
    return invalid(fmt::format("more than {} columns", limits::columns_max));
  for (std::int32_t& id : wanted.identifier_fields) {
    HANSA_TRY(id, moved(ids, id, "identifier-field-ids"));
  }
  std::int32_t next_field = 1000;
  for (PartitionField& field : wanted.spec.fields) {
    HANSA_TRY(field.source_id, moved(ids, field.source_id, "partition spec"));
    field.field_id = next_field++;
  }
  for (SortField& field : wanted.order.fields) {
    HANSA_TRY(field.source_id, moved(ids, field.source_id, "sort order"));
  }
  wanted.schema.id = 0;
  wanted.spec.id = 0;
  wanted.order.id = wanted.order.fields.empty() ? 0 : 1;
  // As every other writer has it, the unsorted order is always there.
  std::vector<Update> updates{AssignUuid{std::move(wanted.uuid)}, AddSortOrder{},
                              AddSortOrder{wanted.order},         SetDefaultSortOrder{},
                              AddPartitionSpec{wanted.spec},      SetDefaultSpec{}};
  wanted.properties.emplace(kNameMapping, name_mapping(wanted.schema));
  updates.push_back(AddSchema{std::move(wanted.schema), std::move(wanted.identifier_fields)});
  updates.push_back(SetCurrentSchema{});
  updates.push_back(SetProperties{std::move(wanted.properties)});
  return apply(bare_table(std::move(wanted.location)), updates, wanted.now);
}

Result<Staged> append(const TableMetadata& table, std::span<const DataFile> files,
                      std::string_view current_list, const Stamp& stamp) {
  HANSA_TRY(Commit commit, Commit::begin(table, files, stamp));
  HANSA_CHECK(commit.add_manifest(table.default_spec_id, ManifestContent::data,
                                  added_entries(files, stamp.snapshot_id)));
  const Snapshot* parent = current_snapshot(table);
  if ((parent == nullptr) != current_list.empty())
    return invalid("the manifest list given is not the current snapshot's");
  if (parent != nullptr) {
    HANSA_TRY(auto before, read_manifest_list(current_list));
    for (ManifestFile& manifest : before) {
      // A manifest of deleted entries only says what an earlier snapshot did.
      if (manifest.added_files == 0 && manifest.existing_files == 0) continue;
      commit.manifests.push_back(std::move(manifest));
    }
  }
  Totals added;
  for (const DataFile& file : files) added.add(file);
  Properties& summary = commit.snapshot.summary;
  summary["operation"] = "append";
  summarize(summary, "added", added);
  summary["changed-partition-count"] = fmt::format("{}", added.partitions.size());
  continue_totals(parent, added, summary);
  return commit.finish();
}

Result<Staged> overwrite(const TableMetadata& table, std::span<const DataFile> files,
                         std::span<const OldManifest> old, const Stamp& stamp) {
  HANSA_TRY(Commit commit, Commit::begin(table, files, stamp));
  HANSA_CHECK(commit.add_manifest(table.default_spec_id, ManifestContent::data,
                                  added_entries(files, stamp.snapshot_id)));
  Totals added;
  Totals removed;
  for (const DataFile& file : files) added.add(file);
  // A manifest has one spec and one content, so what is removed is gathered by them.
  std::map<std::pair<std::int32_t, ManifestContent>, std::vector<ManifestEntry>> gone;
  for (const OldManifest& manifest : old) {
    HANSA_TRY(auto entries, read_manifest(manifest.bytes, manifest.row, Statistics::drop));
    auto& list = gone[{manifest.row.spec_id, manifest.row.content}];
    for (ManifestEntry& entry : entries) {
      if (entry.status == EntryStatus::deleted) continue;
      entry.status = EntryStatus::deleted;
      entry.snapshot_id = stamp.snapshot_id;
      if (entry.file.content == FileContent::data) removed.add(entry.file);
      list.push_back(std::move(entry));
    }
  }
  for (const auto& [key, entries] : gone)
    HANSA_CHECK(commit.add_manifest(key.first, key.second, entries));
  sum_up(commit.snapshot.summary, "overwrite", added, removed, added);
  return commit.finish();
}

Result<Staged> replace(const TableMetadata& table, std::span<const DataFile> files,
                       const std::set<Location>& gone, std::span<const OldManifest> old,
                       const Stamp& stamp) {
  HANSA_TRY(Commit commit, Commit::begin(table, files, stamp));
  HANSA_CHECK(commit.add_manifest(table.default_spec_id, ManifestContent::data,
                                  added_entries(files, stamp.snapshot_id)));
  Totals added, removed, all;
  for (const DataFile& file : files) added.add(file), all.add(file);
  for (const OldManifest& manifest : old) {
    HANSA_TRY(auto entries, read_manifest(manifest.bytes, manifest.row, Statistics::keep));
    std::erase_if(entries, [](const auto& entry) { return entry.status == EntryStatus::deleted; });
    bool touched = false;
    for (ManifestEntry& entry : entries) {
      const bool goes = gone.contains(entry.file.path);
      (goes ? removed : all).add(entry.file);
      touched = touched || goes;
      entry.status = goes ? EntryStatus::deleted : EntryStatus::existing;
      if (goes) entry.snapshot_id = stamp.snapshot_id;
    }
    if (!touched) commit.manifests.push_back(manifest.row);
    else HANSA_CHECK(commit.add_manifest(manifest.row.spec_id, manifest.row.content, entries));
  }
  if (static_cast<std::size_t>(removed.files) != gone.size())
    return conflict("a file that would be replaced is not in the table any more");
  sum_up(commit.snapshot.summary, "replace", added, removed, all);
  return commit.finish();
}

Result<TableMetadata> rollback_to(const TableMetadata& table, std::int64_t snapshot_id, Time now) {
  if (find_snapshot(table, snapshot_id) == nullptr)
    return not_found(fmt::format("the table has no snapshot {}", snapshot_id));
  const std::string name(kMainBranch);
  Ref main{.snapshot_id = snapshot_id};
  if (const auto before = table.refs.find(name); before != table.refs.end()) main = before->second;
  main.snapshot_id = snapshot_id;
  const Update updates[] = {SetSnapshotRef{name, main}};
  return apply(table, updates, now);
}

Result<Location> metadata_file(const TableMetadata& table, std::uint32_t version,
                               std::string_view uuid) {
  return table.location.below(fmt::format("metadata/{:05}-{}.metadata.json", version, uuid));
}

}  // namespace hansa::iceberg
