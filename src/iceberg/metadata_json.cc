#include "iceberg/metadata_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "iceberg/types.h"

namespace hansa::iceberg {
namespace {

constexpr std::int32_t kFormatVersionMax = 2;

Result<void> read_schemas(const Member& member, TableMetadata& out) {
  const auto add = [&](const Member& item) -> Result<std::int32_t> {
    HANSA_TRY(auto read, schema_from_json(item));
    const std::int32_t id = read.schema.id;
    if (!read.identifier_fields.empty())
      out.identifier_fields[id] = std::move(read.identifier_fields);
    out.schemas.push_back(std::move(read.schema));
    return id;
  };
  const bool alone = out.format_version == 1 && !member.find("schemas");
  if (alone) {
    HANSA_TRY(const Member single, member.at("schema"));
    HANSA_TRY(out.current_schema_id, add(single));
    return {};
  }
  HANSA_TRY(const Member list, member.at("schemas"));
  HANSA_TRY(const auto items, list.items());
  for (const Member& item : items) HANSA_CHECK(add(item));
  HANSA_TRY(out.current_schema_id, member.whole32("current-schema-id"));
  return {};
}

Result<void> read_specs(const Member& member, TableMetadata& out) {
  std::int32_t highest = 999;
  if (out.format_version == 1 && !member.find("partition-specs")) {
    HANSA_TRY(const Member fields, member.at("partition-spec"));
    const Json wrapped = Json::Object{{"spec-id", 0}, {"fields", fields.json()}};
    HANSA_TRY(PartitionSpec spec, spec_from_json(Member(wrapped, "partition-spec", Code::corrupt)));
    out.partition_specs.push_back(std::move(spec));
  } else {
    HANSA_TRY(const Member list, member.at("partition-specs"));
    HANSA_TRY(const auto items, list.items());
    for (const Member& item : items) {
      HANSA_TRY(PartitionSpec spec, spec_from_json(item));
      out.partition_specs.push_back(std::move(spec));
    }
    HANSA_TRY(out.default_spec_id, member.whole32("default-spec-id"));
  }
  for (const PartitionSpec& spec : out.partition_specs)
    for (const PartitionField& field : spec.fields) highest = std::max(highest, field.field_id);
  if (out.format_version > 1 || member.find("last-partition-id")) {
    HANSA_TRY(out.last_partition_id, member.whole32("last-partition-id"));
  }
  out.last_partition_id = std::max(out.last_partition_id, highest);
  return {};
}

Result<void> read_sort_orders(const Member& member, TableMetadata& out) {
  if (out.format_version == 1 && !member.find("sort-orders")) {
    out.sort_orders.push_back({});
    return {};
  }
  HANSA_TRY(const Member list, member.at("sort-orders"));
  HANSA_TRY(const auto items, list.items());
  for (const Member& item : items) {
    HANSA_TRY(SortOrder order, sort_order_from_json(item));
    out.sort_orders.push_back(std::move(order));
  }
  HANSA_TRY(out.default_sort_order_id, member.whole32("default-sort-order-id"));
  return {};
}

Result<void> read_snapshots(const Member& member, TableMetadata& out) {
  HANSA_TRY(const auto items, member.items_or_none("snapshots"));
  out.snapshots.reserve(items.size());
  for (const Member& item : items) {
    HANSA_TRY(Snapshot snapshot, snapshot_from_json(item));
    if (out.format_version == 1)
      snapshot.sequence_number = 0;  // It has none; what stands there is not one.
    out.snapshots.push_back(std::move(snapshot));
  }
  HANSA_TRY(out.current_snapshot_id, member.whole_if("current-snapshot-id"));
  if (out.current_snapshot_id == -1)
    out.current_snapshot_id.reset();  // How some writers spell "none".
  if (const auto refs = member.find("refs")) {
    HANSA_CHECK(refs->object());
    for (const auto& [name, json] : *refs->json().as_object()) {
      HANSA_TRY(out.refs[name],
                ref_from_json(Member(json, fmt::format("refs.{}", name), Code::corrupt)));
    }
  }
  if (const std::string main(kMainBranch); out.current_snapshot_id && !out.refs.contains(main))
    out.refs[main] = {.snapshot_id = *out.current_snapshot_id};
  return {};
}

Result<void> read_logs(const Member& member, TableMetadata& out) {
  HANSA_TRY(const auto snapshots, member.items_or_none("snapshot-log"));
  for (const Member& item : snapshots) {
    SnapshotLogEntry entry;
    HANSA_TRY(entry.timestamp_ms, item.whole("timestamp-ms"));
    HANSA_TRY(entry.snapshot_id, item.whole("snapshot-id"));
    out.snapshot_log.push_back(entry);
  }
  HANSA_TRY(const auto files, member.items_or_none("metadata-log"));
  for (const Member& item : files) {
    HANSA_TRY(const std::int64_t at, item.whole("timestamp-ms"));
    HANSA_TRY(Location file, item.location("metadata-file"));
    out.metadata_log.push_back({at, std::move(file)});
  }
  return {};
}

Result<std::vector<StatisticsFile>> read_statistics(const Member& member, std::string_view name) {
  std::vector<StatisticsFile> out;
  HANSA_TRY(const auto items, member.items_or_none(name));
  for (const Member& item : items) {
    HANSA_TRY(StatisticsFile file, statistics_from_json(item));
    out.push_back(std::move(file));
  }
  return out;
}

template <class Items>
Result<void> check_ids(const Items& items, std::string_view what) {
  std::set<decltype(items.front().id)> ids;
  for (const auto& item : items)
    if (!ids.insert(item.id).second)
      return corrupt(fmt::format("table metadata: {}: id {} stands twice", what, item.id));
  return {};
}

template <class Items, class Write>
Json list_of(const Items& items, Write write) {
  Json::Array out;
  for (const auto& item : items) out.emplace_back(write(item));
  return out;
}

Json schema_json(const TableMetadata& table, const Schema& schema) {
  const auto identifiers = table.identifier_fields.find(schema.id);
  return identifiers == table.identifier_fields.end() ? schema_to_json(schema)
                                                      : schema_to_json(schema, identifiers->second);
}

void write_history(const TableMetadata& table, Json::Object& out) {
  Json::Object refs;
  for (const auto& [name, ref] : table.refs) refs.emplace_back(name, ref_to_json(ref));
  out.emplace_back("refs", std::move(refs));
  out.emplace_back("snapshots", list_of(table.snapshots, [&](const Snapshot& snapshot) {
                     return snapshot_to_json(snapshot, table.format_version);
                   }));
  const auto whole = [](const StatisticsFile& file) { return file.whole; };
  out.emplace_back("statistics", list_of(table.statistics, whole));
  out.emplace_back("partition-statistics", list_of(table.partition_statistics, whole));
  out.emplace_back("snapshot-log", list_of(table.snapshot_log, [](const SnapshotLogEntry& entry) {
                     return Json(Json::Object{{"timestamp-ms", entry.timestamp_ms},
                                              {"snapshot-id", entry.snapshot_id}});
                   }));
  out.emplace_back("metadata-log", list_of(table.metadata_log, [](const MetadataLogEntry& entry) {
                     return Json(Json::Object{{"timestamp-ms", entry.timestamp_ms},
                                              {"metadata-file", entry.file.text()}});
                   }));
}

// A list of empty lists is short to write and long to hold.
bool too_many_members(std::string_view bytes) {
  const auto opens = [](char c) { return c == ',' || c == '[' || c == '{'; };
  return std::cmp_greater(std::ranges::count_if(bytes, opens), limits::table_metadata_members_max);
}

}  // namespace

Result<TableMetadata> parse_metadata(std::string_view bytes) {
  if (bytes.size() > limits::table_metadata_bytes_max)
    return exhausted(
        fmt::format("table metadata of more than {} bytes", limits::table_metadata_bytes_max));
  if (too_many_members(bytes))
    return exhausted(
        fmt::format("table metadata of more than {} members", limits::table_metadata_members_max));
  const auto json = parse_json(bytes);
  if (!json) return corrupt(fmt::format("table metadata: {}", json.error().text));
  auto table = metadata_from_json(Member(*json, "", Code::corrupt));
  if (!table && table.error().code == Code::corrupt &&
      !table.error().text.starts_with("table metadata"))
    return in_context("table metadata", table.error());
  return table;
}

Result<TableMetadata> metadata_from_json(const Member& member) {
  HANSA_TRY(const std::int32_t version, member.whole32("format-version"));
  if (version < 1 || version > kFormatVersionMax)
    return invalid(fmt::format("tables of Iceberg format version {} are not read here", version),
                   "write the table in format version 2");
  HANSA_TRY(Location location, member.location("location"));
  TableMetadata out{.format_version = version, .uuid = {}, .location = std::move(location)};
  if (version > 1) {
    HANSA_TRY(out.uuid, member.text("table-uuid"));
    HANSA_TRY(out.last_sequence_number, member.whole("last-sequence-number"));
  } else {
    HANSA_TRY(out.uuid, member.text_or("table-uuid", ""));
  }
  HANSA_TRY(out.last_updated_ms, member.whole("last-updated-ms"));
  HANSA_TRY(out.last_column_id, member.whole32("last-column-id"));
  HANSA_CHECK(read_schemas(member, out));
  HANSA_CHECK(read_specs(member, out));
  HANSA_CHECK(read_sort_orders(member, out));
  HANSA_TRY(out.properties, member.texts_or_none("properties"));
  HANSA_CHECK(read_snapshots(member, out));
  HANSA_CHECK(read_logs(member, out));
  HANSA_TRY(out.statistics, read_statistics(member, "statistics"));
  HANSA_TRY(out.partition_statistics, read_statistics(member, "partition-statistics"));
  for (const Schema& schema : out.schemas)
    out.last_column_id = std::max(out.last_column_id, last_id(schema));
  HANSA_CHECK(check_metadata(out));
  return out;
}

Result<void> check_metadata(const TableMetadata& table) {
  HANSA_CHECK(check_ids(table.schemas, "schemas"));
  HANSA_CHECK(check_ids(table.partition_specs, "partition-specs"));
  HANSA_CHECK(check_ids(table.sort_orders, "sort-orders"));
  HANSA_CHECK(check_ids(table.snapshots, "snapshots"));
  const auto dangling = [](std::string_view member, auto id) {
    return corrupt(fmt::format("table metadata: {}: {} is not there", member, id));
  };
  if (find_schema(table, table.current_schema_id) == nullptr)
    return dangling("current-schema-id", table.current_schema_id);
  if (find_spec(table, table.default_spec_id) == nullptr)
    return dangling("default-spec-id", table.default_spec_id);
  if (std::ranges::find(table.sort_orders, table.default_sort_order_id, &SortOrder::id) ==
      table.sort_orders.end())
    return dangling("default-sort-order-id", table.default_sort_order_id);
  std::set<std::int64_t> snapshots;
  for (const Snapshot& snapshot : table.snapshots) snapshots.insert(snapshot.id);
  if (table.current_snapshot_id && !snapshots.contains(*table.current_snapshot_id))
    return dangling("current-snapshot-id", *table.current_snapshot_id);
  for (const auto& [name, ref] : table.refs) {
    if (!snapshots.contains(ref.snapshot_id))
      return dangling(fmt::format("refs.{}", name), ref.snapshot_id);
    if (name == kMainBranch &&
        (table.current_snapshot_id != ref.snapshot_id || ref.kind != RefKind::branch))
      return corrupt("table metadata: refs.main: is not the current snapshot");
  }
  if (table.last_sequence_number < 0)
    return corrupt("table metadata: last-sequence-number: below 0");
  return {};
}

std::string write_metadata(const TableMetadata& table) { return to_text(metadata_to_json(table)); }

Json metadata_to_json(const TableMetadata& table) {
  Json::Object out{{"format-version", table.format_version}};
  if (!table.uuid.empty()) out.emplace_back("table-uuid", table.uuid);
  out.emplace_back("location", table.location.text());
  if (table.format_version > 1)
    out.emplace_back("last-sequence-number", table.last_sequence_number);
  out.emplace_back("last-updated-ms", table.last_updated_ms);
  out.emplace_back("last-column-id", table.last_column_id);
  out.emplace_back("current-schema-id", table.current_schema_id);
  if (table.format_version == 1) {
    out.emplace_back("schema", schema_json(table, current_schema(table)));
    if (const PartitionSpec* spec = find_spec(table, table.default_spec_id))
      out.emplace_back("partition-spec", spec_fields_to_json(*spec));
  }
  out.emplace_back("schemas", list_of(table.schemas, [&](const Schema& schema) {
                     return schema_json(table, schema);
                   }));
  out.emplace_back("default-spec-id", table.default_spec_id);
  out.emplace_back("partition-specs", list_of(table.partition_specs, spec_to_json));
  out.emplace_back("last-partition-id", table.last_partition_id);
  out.emplace_back("default-sort-order-id", table.default_sort_order_id);
  out.emplace_back("sort-orders", list_of(table.sort_orders, sort_order_to_json));
  Json::Object properties;
  for (const auto& [name, text] : table.properties) properties.emplace_back(name, text);
  out.emplace_back("properties", std::move(properties));
  if (table.current_snapshot_id)
    out.emplace_back("current-snapshot-id", *table.current_snapshot_id);
  write_history(table, out);
  return out;
}

}  // namespace hansa::iceberg
