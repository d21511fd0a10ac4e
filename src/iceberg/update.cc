#include "iceberg/update.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "iceberg/metadata_json.h"
#include "iceberg/types.h"

namespace hansa::iceberg {
namespace {

constexpr std::int32_t kFormatVersionMax = 2;
constexpr std::int64_t kPreviousFilesDefault = 100;

// One overload a kind of update; what later updates of the same commit refer to is remembered
// between.
class Apply {
 public:
  Apply(TableMetadata& table, Time now)
      : table_(table), now_ms_(now.us / 1000), log_before_(table.snapshot_log.size()) {}

  Result<void> on(const AssignUuid& update) {
    if (!table_.uuid.empty() && table_.uuid != update.uuid) return invalid("Cannot reassign uuid");
    table_.uuid = update.uuid;
    return {};
  }

  Result<void> on(const UpgradeFormatVersion& update) {
    if (update.version > kFormatVersionMax)
      return invalid(
          fmt::format("Cannot upgrade table to unsupported format version: v{} (supported: v{})",
                      update.version, kFormatVersionMax));
    if (update.version < table_.format_version)
      return invalid(
          fmt::format("Cannot downgrade v{} table to v{}", table_.format_version, update.version));
    table_.format_version = update.version;
    return {};
  }

  Result<void> on(const AddSchema& update) {
    const std::int32_t highest = last_id(update.schema);
    const auto same = std::ranges::find_if(table_.schemas, [&](const Schema& schema) {
      const auto identifiers = table_.identifier_fields.find(schema.id);
      const bool none = identifiers == table_.identifier_fields.end();
      return schema.columns == update.schema.columns &&
             (none ? update.identifier_fields.empty()
                   : identifiers->second == update.identifier_fields);
    });
    table_.last_column_id = std::max(table_.last_column_id, highest);
    if (same != table_.schemas.end()) {
      last_schema_ = same->id;
      return {};
    }
    Schema schema = update.schema;
    schema.id = free_id(table_.schemas, schema.id);
    last_schema_ = schema.id;
    if (!update.identifier_fields.empty())
      table_.identifier_fields[schema.id] = update.identifier_fields;
    table_.schemas.push_back(std::move(schema));
    return {};
  }

  Result<void> on(const SetCurrentSchema& update) {
    HANSA_TRY(const std::int32_t id, meant(update.id, last_schema_, "schema"));
    if (find_schema(table_, id) == nullptr)
      return invalid(fmt::format("Cannot set current schema to schema with unknown id: {}", id));
    table_.current_schema_id = id;
    return {};
  }

  Result<void> on(const AddPartitionSpec& update) {
    const auto same =
        std::ranges::find(table_.partition_specs, update.spec.fields, &PartitionSpec::fields);
    if (same != table_.partition_specs.end()) {
      last_spec_ = same->id;
      return {};
    }
    PartitionSpec spec = update.spec;
    spec.id = free_id(table_.partition_specs, spec.id);
    for (const PartitionField& field : spec.fields)
      table_.last_partition_id = std::max(table_.last_partition_id, field.field_id);
    last_spec_ = spec.id;
    table_.partition_specs.push_back(std::move(spec));
    return {};
  }

  Result<void> on(const SetDefaultSpec& update) {
    HANSA_TRY(const std::int32_t id, meant(update.id, last_spec_, "partition spec"));
    if (find_spec(table_, id) == nullptr)
      return invalid(fmt::format("Cannot set default partition spec to unknown id: {}", id));
    table_.default_spec_id = id;
    return {};
  }

  Result<void> on(const AddSortOrder& update) {
    const auto same =
        std::ranges::find(table_.sort_orders, update.order.fields, &SortOrder::fields);
    if (same != table_.sort_orders.end()) {
      last_order_ = same->id;
      return {};
    }
    SortOrder order = update.order;
    // 0 is the unsorted order's alone.
    order.id = order.fields.empty() ? 0 : free_id(table_.sort_orders, std::max(order.id, 1));
    last_order_ = order.id;
    table_.sort_orders.push_back(std::move(order));
    return {};
  }

  Result<void> on(const SetDefaultSortOrder& update) {
    HANSA_TRY(const std::int32_t id, meant(update.id, last_order_, "sort order"));
    if (std::ranges::find(table_.sort_orders, id, &SortOrder::id) == table_.sort_orders.end())
      return invalid(fmt::format("Cannot set default sort order to unknown id: {}", id));
    table_.default_sort_order_id = id;
    return {};
  }

  Result<void> on(const AddSnapshot& update) {
    const Snapshot& snapshot = update.snapshot;
    if (find_snapshot(table_, snapshot.id) != nullptr)
      return invalid(fmt::format("Snapshot already exists for id: {}", snapshot.id));
    if (table_.format_version > 1 && snapshot.parent_id &&
        snapshot.sequence_number <= table_.last_sequence_number)
      return conflict(fmt::format(
          "Cannot add snapshot with sequence number {} older than last sequence number {}",
          snapshot.sequence_number, table_.last_sequence_number));
    table_.last_sequence_number = std::max(table_.last_sequence_number, snapshot.sequence_number);
    table_.last_updated_ms = snapshot.timestamp_ms;
    touched_ = true;
    table_.snapshots.push_back(snapshot);
    added_.push_back(snapshot.id);
    return {};
  }

  Result<void> on(const SetSnapshotRef& update) {
    const Snapshot* snapshot = find_snapshot(table_, update.ref.snapshot_id);
    if (snapshot == nullptr)
      return invalid(fmt::format("Cannot set {} to unknown snapshot: {}", update.name,
                                 update.ref.snapshot_id));
    const bool main = update.name == kMainBranch;
    if (main && update.ref.kind != RefKind::branch) return invalid("Cannot make main a tag");
    table_.refs[update.name] = update.ref;
    if (!main || table_.current_snapshot_id == snapshot->id) return {};
    table_.current_snapshot_id = snapshot->id;
    const bool is_new = std::ranges::find(added_, snapshot->id) != added_.end();
    // What was current only between two updates of this commit never was, for anybody else.
    table_.snapshot_log.resize(std::min(table_.snapshot_log.size(), log_before_));
    table_.snapshot_log.push_back({is_new ? snapshot->timestamp_ms : later_ms(), snapshot->id});
    return {};
  }

  Result<void> on(const RemoveSnapshotRef& update) {
    table_.refs.erase(update.name);
    if (update.name == kMainBranch) {
      table_.current_snapshot_id.reset();
      forget_log(table_.snapshot_log.size());
    }
    return {};
  }

  Result<void> on(const RemoveSnapshots& update) {
    const auto gone = [&](std::int64_t id) {
      return std::ranges::find(update.ids, id) != update.ids.end();
    };
    if (table_.current_snapshot_id && gone(*table_.current_snapshot_id))
      return invalid(
          fmt::format("Cannot remove the current snapshot: {}", *table_.current_snapshot_id));
    std::erase_if(table_.snapshots, [&](const Snapshot& snapshot) { return gone(snapshot.id); });
    std::erase_if(table_.refs, [&](const auto& ref) { return gone(ref.second.snapshot_id); });
    std::erase_if(table_.statistics,
                  [&](const StatisticsFile& file) { return gone(file.snapshot_id); });
    std::erase_if(table_.partition_statistics,
                  [&](const StatisticsFile& file) { return gone(file.snapshot_id); });
    // A log with a gap would name a wrong snapshot for a time inside it: what lies before goes too.
    const auto last = std::ranges::find_if(
        table_.snapshot_log.rbegin(), table_.snapshot_log.rend(),
        [&](const SnapshotLogEntry& entry) { return gone(entry.snapshot_id); });
    forget_log(static_cast<std::size_t>(table_.snapshot_log.rend() - last));
    return {};
  }

  Result<void> on(const SetLocation& update) {
    table_.location = update.location;
    return {};
  }

  Result<void> on(const SetProperties& update) {
    for (const auto& [name, text] : update.properties) table_.properties[name] = text;
    return {};
  }

  Result<void> on(const RemoveProperties& update) {
    for (const std::string& name : update.names) table_.properties.erase(name);
    return {};
  }

  Result<void> on(const SetStatistics& update) { return set(table_.statistics, update.file); }
  Result<void> on(const RemoveStatistics& update) {
    return remove(table_.statistics, update.snapshot_id);
  }
  Result<void> on(const SetPartitionStatistics& update) {
    return set(table_.partition_statistics, update.file);
  }
  Result<void> on(const RemovePartitionStatistics& update) {
    return remove(table_.partition_statistics, update.snapshot_id);
  }

  Result<void> on(const RemovePartitionSpecs& update) {
    if (std::ranges::find(update.ids, table_.default_spec_id) != update.ids.end())
      return invalid("Cannot remove the default partition spec");
    std::erase_if(table_.partition_specs, [&](const PartitionSpec& spec) {
      return std::ranges::find(update.ids, spec.id) != update.ids.end();
    });
    return {};
  }

  Result<void> on(const RemoveSchemas& update) {
    if (std::ranges::find(update.ids, table_.current_schema_id) != update.ids.end())
      return invalid("Cannot remove the current schema");
    std::erase_if(table_.schemas, [&](const Schema& schema) {
      return std::ranges::find(update.ids, schema.id) != update.ids.end();
    });
    for (const std::int32_t id : update.ids) table_.identifier_fields.erase(id);
    return {};
  }

  void finish() {
    if (!touched_) table_.last_updated_ms = later_ms();
  }

 private:
  // Times in a table never run backwards, whatever clocks wrote it.
  std::int64_t later_ms() const { return std::max(now_ms_, table_.last_updated_ms); }

  void forget_log(std::size_t entries) {
    table_.snapshot_log.erase(table_.snapshot_log.begin(),
                              table_.snapshot_log.begin() + static_cast<std::ptrdiff_t>(entries));
    log_before_ = std::min(log_before_, table_.snapshot_log.size());
  }

  // `wanted` if nothing has it, else the lowest that lies above all.
  template <class Items>
  static std::int32_t free_id(const Items& items, std::int32_t wanted) {
    std::int32_t highest = -1;
    bool taken = wanted < 0;
    for (const auto& item : items) {
      highest = std::max(highest, item.id);
      taken = taken || item.id == wanted;
    }
    if (!taken) return wanted;
    return highest < INT32_MAX ? highest + 1 : 0;  // check_metadata refuses the duplicate 0.
  }

  static Result<std::int32_t> meant(std::int32_t id, std::optional<std::int32_t> last,
                                    std::string_view what) {
    if (id != kLastAdded) return id;
    if (last) return *last;
    return invalid(fmt::format("Cannot set last added {}: no {} has been added", what, what));
  }

  Result<void> set(std::vector<StatisticsFile>& files, const StatisticsFile& file) {
    HANSA_CHECK(remove(files, file.snapshot_id));
    files.push_back(file);
    return {};
  }
  static Result<void> remove(std::vector<StatisticsFile>& files, std::int64_t snapshot_id) {
    std::erase_if(files,
                  [&](const StatisticsFile& file) { return file.snapshot_id == snapshot_id; });
    return {};
  }

  TableMetadata& table_;
  std::int64_t now_ms_;
  std::size_t log_before_;
  bool touched_ = false;
  std::optional<std::int32_t> last_schema_, last_spec_, last_order_;
  std::vector<std::int64_t> added_;
};

}  // namespace

Result<TableMetadata> apply(TableMetadata table, std::span<const Update> updates, Time now) {
  Apply step(table, now);
  for (const Update& update : updates)
    HANSA_CHECK(std::visit([&](const auto& each) { return step.on(each); }, update));
  step.finish();
  // The updates made it so: what does not hold together is the client's doing.
  if (const auto whole = check_metadata(table); !whole) return invalid(whole.error().text);
  if (table.uuid.empty() && table.format_version > 1)
    return invalid("table metadata: table-uuid: missing");
  return table;
}

TableMetadata bare_table(Location location) {
  return {.uuid = {}, .location = std::move(location)};
}

void remember_previous(TableMetadata& table, Location file, std::int64_t last_updated_ms) {
  table.metadata_log.push_back({last_updated_ms, std::move(file)});
  std::int64_t kept = kPreviousFilesDefault;
  if (const auto set = table.properties.find("write.metadata.previous-versions-max");
      set != table.properties.end())
    kept = parse_int(set->second).value_or(kPreviousFilesDefault);
  const auto size = static_cast<std::int64_t>(table.metadata_log.size());
  if (size > std::max<std::int64_t>(kept, 1))
    table.metadata_log.erase(table.metadata_log.begin(),
                             table.metadata_log.end() - std::max<std::int64_t>(kept, 1));
}

}  // namespace hansa::iceberg
