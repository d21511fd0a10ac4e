#include "iceberg/expire.h"

#include <algorithm>
#include <map>

#include "iceberg/update.h"

namespace hansa::iceberg {
namespace {

// When each snapshot was current last. What the log does not tell any more, later snapshots do.
std::map<std::int64_t, std::int64_t> ends(const TableMetadata& table) {
  std::map<std::int64_t, std::int64_t> out;
  for (std::size_t at = 0; at + 1 < table.snapshots.size(); ++at)
    out[table.snapshots[at].id] = table.snapshots[at + 1].timestamp_ms;
  for (std::size_t at = 0; at + 1 < table.snapshot_log.size(); ++at) {
    std::int64_t& end = out[table.snapshot_log[at].snapshot_id];
    end = std::max(end, table.snapshot_log[at + 1].timestamp_ms);
  }
  return out;
}

}  // namespace

bool is_named(const TableMetadata& table, std::int64_t snapshot_id) {
  return std::ranges::any_of(
      table.refs, [&](const auto& ref) { return ref.second.snapshot_id == snapshot_id; });
}

std::set<std::int64_t> replaced_before(const TableMetadata& table, std::int64_t timestamp_ms) {
  const auto ended = ends(table);
  std::set<std::int64_t> out;
  for (const Snapshot& snapshot : table.snapshots) {
    if (snapshot.id == table.current_snapshot_id || is_named(table, snapshot.id)) continue;
    const auto end = ended.find(snapshot.id);
    // The last one of all without an end was left by a rollback that the log does not know.
    const std::int64_t last = end == ended.end() ? table.last_updated_ms : end->second;
    if (last < timestamp_ms) out.insert(snapshot.id);
  }
  return out;
}

Result<TableMetadata> expire(const TableMetadata& table, const std::set<std::int64_t>& snapshots,
                             std::int64_t metadata_before_ms, Time now) {
  const Update updates[] = {RemoveSnapshots{{snapshots.begin(), snapshots.end()}}};
  HANSA_TRY(TableMetadata out, apply(table, updates, now));
  std::erase_if(out.metadata_log, [&](const MetadataLogEntry& entry) {
    return entry.timestamp_ms < metadata_before_ms;
  });
  return out;
}

Result<TableMetadata> bring_back(TableMetadata table, const TableMetadata& before, Time now) {
  const auto missing = [&](std::int64_t id) { return find_snapshot(table, id) == nullptr; };
  std::vector<Snapshot> back;
  for (const Snapshot& snapshot : before.snapshots)
    if (missing(snapshot.id)) back.push_back(snapshot);
  const auto add_files = [&](const std::vector<StatisticsFile>& from,
                             std::vector<StatisticsFile>& to) {
    for (const StatisticsFile& file : from)
      if (missing(file.snapshot_id)) to.push_back(file);
  };
  add_files(before.statistics, table.statistics);
  add_files(before.partition_statistics, table.partition_statistics);
  std::ranges::move(back, std::back_inserter(table.snapshots));
  std::ranges::stable_sort(table.snapshots, {}, &Snapshot::sequence_number);
  return apply(std::move(table), {}, now);
}

}  // namespace hansa::iceberg
