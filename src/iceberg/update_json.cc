#include "iceberg/update_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "iceberg/member.h"
#include "iceberg/metadata_json.h"
#include "iceberg/types.h"

namespace hansa::iceberg {
namespace {

template <class T>
using Read = Result<T> (*)(const Member&);
template <class T>
struct Reader {
  std::string_view name;
  Read<T> read;
};

template <class R>
Result<Requirement> id_requirement(const Member& member, std::string_view name) {
  HANSA_TRY(const std::int32_t id, member.whole32(name));
  return R{id};
}

Result<Requirement> ref_requirement(const Member& member) {
  AssertRefSnapshotId out;
  HANSA_TRY(out.ref, member.text("ref"));
  HANSA_TRY(out.snapshot_id, member.whole_if("snapshot-id"));
  return out;
}

constexpr std::array kRequirements{
    Reader<Requirement>{"assert-create",
                        [](const Member&) -> Result<Requirement> { return AssertCreate{}; }},
    Reader<Requirement>{"assert-table-uuid",
                        [](const Member& m) -> Result<Requirement> {
                          HANSA_TRY(std::string uuid, m.text("uuid"));
                          return AssertTableUuid{std::move(uuid)};
                        }},
    Reader<Requirement>{"assert-ref-snapshot-id", ref_requirement},
    Reader<Requirement>{"assert-last-assigned-field-id",
                        [](const Member& m) {
                          return id_requirement<AssertLastAssignedFieldId>(
                              m, "last-assigned-field-id");
                        }},
    Reader<Requirement>{"assert-current-schema-id",
                        [](const Member& m) {
                          return id_requirement<AssertCurrentSchemaId>(m, "current-schema-id");
                        }},
    Reader<Requirement>{"assert-last-assigned-partition-id",
                        [](const Member& m) {
                          return id_requirement<AssertLastAssignedPartitionId>(
                              m, "last-assigned-partition-id");
                        }},
    Reader<Requirement>{
        "assert-default-spec-id",
        [](const Member& m) { return id_requirement<AssertDefaultSpecId>(m, "default-spec-id"); }},
    Reader<Requirement>{"assert-default-sort-order-id",
                        [](const Member& m) {
                          return id_requirement<AssertDefaultSortOrderId>(m,
                                                                          "default-sort-order-id");
                        }},
};

template <class U>
Result<Update> id_update(const Member& member, std::string_view name) {
  HANSA_TRY(const std::int32_t id, member.whole32(name));
  return U{id};
}

template <class U>
Result<Update> snapshot_update(const Member& member) {
  HANSA_TRY(const std::int64_t id, member.whole("snapshot-id"));
  return U{id};
}

template <class U>
Result<Update> statistics_update(const Member& member, std::string_view name) {
  HANSA_TRY(const Member file, member.at(name));
  HANSA_TRY(StatisticsFile read, statistics_from_json(file));
  return U{std::move(read)};
}

template <class U>
Result<Update> ids_update(const Member& member, std::string_view name) {
  HANSA_TRY(const Member list, member.at(name));
  HANSA_TRY(const auto items, list.items());
  U out;
  for (const Member& item : items) {
    if constexpr (std::is_same_v<U, RemoveSnapshots>) {
      HANSA_TRY(const std::int64_t id, item.whole());
      out.ids.push_back(id);
    } else {
      HANSA_TRY(const std::int32_t id, item.whole32());
      out.ids.push_back(id);
    }
  }
  return out;
}

Result<Update> assign_uuid(const Member& member) {
  HANSA_TRY(std::string uuid, member.text("uuid"));
  return AssignUuid{std::move(uuid)};
}

Result<Update> add_schema(const Member& member) {
  HANSA_TRY(const Member schema, member.at("schema"));
  HANSA_TRY(auto read, schema_from_json(schema));
  return AddSchema{std::move(read.schema), std::move(read.identifier_fields)};
}

Result<Update> add_spec(const Member& member) {
  HANSA_TRY(const Member spec, member.at("spec"));
  HANSA_TRY(PartitionSpec read, spec_from_json(spec));
  return AddPartitionSpec{std::move(read)};
}

Result<Update> add_sort_order(const Member& member) {
  HANSA_TRY(const Member order, member.at("sort-order"));
  HANSA_TRY(SortOrder read, sort_order_from_json(order));
  return AddSortOrder{std::move(read)};
}

Result<Update> add_snapshot(const Member& member) {
  HANSA_TRY(const Member snapshot, member.at("snapshot"));
  HANSA_TRY(Snapshot read, snapshot_from_json(snapshot));
  return AddSnapshot{std::move(read)};
}

Result<Update> set_ref(const Member& member) {
  SetSnapshotRef out;
  HANSA_TRY(out.name, member.text("ref-name"));
  HANSA_TRY(out.ref, ref_from_json(member));
  return out;
}

Result<Update> remove_ref(const Member& member) {
  HANSA_TRY(std::string name, member.text("ref-name"));
  return RemoveSnapshotRef{std::move(name)};
}

Result<Update> set_location(const Member& member) {
  HANSA_TRY(Location location, member.location("location"));
  return SetLocation{std::move(location)};
}

Result<Update> set_properties(const Member& member) {
  HANSA_TRY(const Member updates, member.at("updates"));
  HANSA_TRY(Properties read, updates.texts());
  return SetProperties{std::move(read)};
}

Result<Update> remove_properties(const Member& member) {
  HANSA_TRY(const Member removals, member.at("removals"));
  HANSA_TRY(const auto items, removals.items());
  RemoveProperties out;
  for (const Member& item : items) {
    HANSA_TRY(std::string name, item.text());
    out.names.push_back(std::move(name));
  }
  return out;
}

constexpr std::array kUpdates{
    Reader<Update>{"assign-uuid", assign_uuid},
    Reader<Update>{
        "upgrade-format-version",
        [](const Member& m) { return id_update<UpgradeFormatVersion>(m, "format-version"); }},
    Reader<Update>{"add-schema", add_schema},
    Reader<Update>{"set-current-schema",
                   [](const Member& m) { return id_update<SetCurrentSchema>(m, "schema-id"); }},
    Reader<Update>{"add-spec", add_spec},
    Reader<Update>{"set-default-spec",
                   [](const Member& m) { return id_update<SetDefaultSpec>(m, "spec-id"); }},
    Reader<Update>{"add-sort-order", add_sort_order},
    Reader<Update>{
        "set-default-sort-order",
        [](const Member& m) { return id_update<SetDefaultSortOrder>(m, "sort-order-id"); }},
    Reader<Update>{"add-snapshot", add_snapshot},
    Reader<Update>{"set-snapshot-ref", set_ref},
    Reader<Update>{"remove-snapshots",
                   [](const Member& m) { return ids_update<RemoveSnapshots>(m, "snapshot-ids"); }},
    Reader<Update>{"remove-snapshot-ref", remove_ref},
    Reader<Update>{"set-location", set_location},
    Reader<Update>{"set-properties", set_properties},
    Reader<Update>{"remove-properties", remove_properties},
    Reader<Update>{
        "set-statistics",
        [](const Member& m) { return statistics_update<SetStatistics>(m, "statistics"); }},
    Reader<Update>{"remove-statistics", snapshot_update<RemoveStatistics>},
    Reader<Update>{"set-partition-statistics",
                   [](const Member& m) {
                     return statistics_update<SetPartitionStatistics>(m, "partition-statistics");
                   }},
    Reader<Update>{"remove-partition-statistics", snapshot_update<RemovePartitionStatistics>},
    Reader<Update>{"remove-partition-specs",
                   [](const Member& m) { return ids_update<RemovePartitionSpecs>(m, "spec-ids"); }},
    Reader<Update>{"remove-schemas",
                   [](const Member& m) { return ids_update<RemoveSchemas>(m, "schema-ids"); }},
};
static_assert(kRequirements.size() == std::variant_size_v<Requirement>);
static_assert(kUpdates.size() == std::variant_size_v<Update>);

// `tag` is the member that says which kind an item is.
template <class T, class Readers>
Result<std::vector<T>> list_from_json(const Json* list, std::string_view name, std::string_view tag,
                                      const Readers& readers) {
  std::vector<T> out;
  if (list == nullptr || list->is_null()) return out;
  HANSA_TRY(const auto items, Member(*list, std::string(name), Code::invalid).items());
  if (items.size() > limits::changes_per_commit_max)
    return invalid(
        fmt::format("{}: more than {} in one commit", name, limits::changes_per_commit_max));
  for (const Member& item : items) {
    HANSA_TRY(const std::string kind, item.text(tag));
    const auto found = std::ranges::find(readers, kind, &Reader<T>::name);
    if (found == readers.end())
      return item.refuse(fmt::format("'{}' is not known here", kind.substr(0, 80)));
    HANSA_TRY(T read, found->read(item));
    out.push_back(std::move(read));
  }
  return out;
}

}  // namespace

Result<std::vector<Requirement>> requirements_from_json(const Json* list) {
  return list_from_json<Requirement>(list, "requirements", "type", kRequirements);
}

Result<std::vector<Update>> updates_from_json(const Json* list) {
  return list_from_json<Update>(list, "updates", "action", kUpdates);
}

}  // namespace hansa::iceberg
