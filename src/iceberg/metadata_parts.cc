// The parts of metadata_json.h that also travel alone.
#include <fmt/format.h>

#include "iceberg/metadata_json.h"

namespace hansa::iceberg {
namespace {

constexpr std::int32_t kFirstPartitionFieldId = 1000;

Json texts_to_json(const Properties& texts) {
  Json::Object out;
  for (const auto& [name, text] : texts) out.emplace_back(name, text);
  return out;
}

Result<std::vector<PartitionField>> fields_from_json(const Member& list) {
  std::vector<PartitionField> out;
  HANSA_TRY(const auto items, list.items());
  for (const Member& item : items) {
    PartitionField field;
    HANSA_TRY(field.source_id, item.whole32("source-id"));
    // Version 1 may leave ids out; they then count up from 1000.
    const auto next = kFirstPartitionFieldId + static_cast<std::int32_t>(out.size());
    HANSA_TRY(field.field_id, item.whole32_or("field-id", next));
    HANSA_TRY(field.name, item.text("name"));
    HANSA_TRY(field.transform, item.text("transform"));
    out.push_back(std::move(field));
  }
  return out;
}

}  // namespace

Json snapshot_to_json(const Snapshot& snapshot, std::int32_t format_version) {
  Json::Object out{{"snapshot-id", snapshot.id}};
  if (snapshot.parent_id) out.emplace_back("parent-snapshot-id", *snapshot.parent_id);
  if (format_version > 1) out.emplace_back("sequence-number", snapshot.sequence_number);
  out.emplace_back("timestamp-ms", snapshot.timestamp_ms);
  out.emplace_back("manifest-list", snapshot.manifest_list.text());
  if (!snapshot.summary.empty()) out.emplace_back("summary", texts_to_json(snapshot.summary));
  if (snapshot.schema_id) out.emplace_back("schema-id", *snapshot.schema_id);
  return out;
}

Result<Snapshot> snapshot_from_json(const Member& member) {
  HANSA_TRY(const std::int64_t id, member.whole("snapshot-id"));
  if (!member.find("manifest-list") && member.find("manifests"))
    return invalid(
        fmt::format("{}: lists its manifests in the metadata, as version 1 allowed", member.path()),
        "let the engine that wrote the table expire this snapshot, or rewrite the table");
  HANSA_TRY(Location list, member.location("manifest-list"));
  Snapshot out{.id = id,
               .parent_id = std::nullopt,
               .manifest_list = std::move(list),
               .summary = {},
               .schema_id = {}};
  HANSA_TRY(out.parent_id, member.whole_if("parent-snapshot-id"));
  HANSA_TRY(out.sequence_number, member.whole_or("sequence-number", 0));
  HANSA_TRY(out.timestamp_ms, member.whole("timestamp-ms"));
  HANSA_TRY(out.summary, member.texts_or_none("summary"));
  HANSA_TRY(out.schema_id, member.whole32_if("schema-id"));
  if (out.sequence_number < 0) return member.refuse("a sequence number below 0");
  return out;
}

Json spec_fields_to_json(const PartitionSpec& spec) {
  Json::Array out;
  for (const PartitionField& field : spec.fields)
    out.emplace_back(Json::Object{{"name", field.name},
                                  {"transform", field.transform},
                                  {"source-id", field.source_id},
                                  {"field-id", field.field_id}});
  return out;
}

Json spec_to_json(const PartitionSpec& spec) {
  return Json::Object{{"spec-id", spec.id}, {"fields", spec_fields_to_json(spec)}};
}

Result<PartitionSpec> spec_from_json(const Member& member) {
  PartitionSpec out;
  HANSA_TRY(out.id, member.whole32_or("spec-id", 0));
  HANSA_TRY(const Member fields, member.at("fields"));
  HANSA_TRY(out.fields, fields_from_json(fields));
  return out;
}

Json sort_order_to_json(const SortOrder& order) {
  Json::Array fields;
  for (const SortField& field : order.fields)
    fields.emplace_back(Json::Object{{"transform", field.transform},
                                     {"source-id", field.source_id},
                                     {"direction", field.direction},
                                     {"null-order", field.null_order}});
  return Json::Object{{"order-id", order.id}, {"fields", std::move(fields)}};
}

Result<SortOrder> sort_order_from_json(const Member& member) {
  SortOrder out;
  HANSA_TRY(out.id, member.whole32("order-id"));
  HANSA_TRY(const Member list, member.at("fields"));
  HANSA_TRY(const auto items, list.items());
  for (const Member& item : items) {
    SortField field;
    HANSA_TRY(field.source_id, item.whole32("source-id"));
    HANSA_TRY(field.transform, item.text("transform"));
    HANSA_TRY(field.direction, item.text("direction"));
    HANSA_TRY(field.null_order, item.text("null-order"));
    out.fields.push_back(std::move(field));
  }
  return out;
}

Json ref_to_json(const Ref& ref) {
  Json::Object out{{"snapshot-id", ref.snapshot_id},
                   {"type", ref.kind == RefKind::tag ? "tag" : "branch"}};
  if (ref.snapshots_to_keep_min)
    out.emplace_back("min-snapshots-to-keep", *ref.snapshots_to_keep_min);
  if (ref.snapshot_age_ms_max) out.emplace_back("max-snapshot-age-ms", *ref.snapshot_age_ms_max);
  if (ref.ref_age_ms_max) out.emplace_back("max-ref-age-ms", *ref.ref_age_ms_max);
  return out;
}

Result<Ref> ref_from_json(const Member& member) {
  Ref out;
  HANSA_TRY(out.snapshot_id, member.whole("snapshot-id"));
  HANSA_TRY(const std::string kind, member.text("type"));
  if (kind != "branch" && kind != "tag") return member.refuse("a reference is a branch or a tag");
  out.kind = kind == "tag" ? RefKind::tag : RefKind::branch;
  HANSA_TRY(out.snapshots_to_keep_min, member.whole_if("min-snapshots-to-keep"));
  HANSA_TRY(out.snapshot_age_ms_max, member.whole_if("max-snapshot-age-ms"));
  HANSA_TRY(out.ref_age_ms_max, member.whole_if("max-ref-age-ms"));
  return out;
}

Result<StatisticsFile> statistics_from_json(const Member& member) {
  HANSA_TRY(const std::int64_t id, member.whole("snapshot-id"));
  HANSA_TRY(Location path, member.location("statistics-path"));
  return StatisticsFile{id, std::move(path), member.json()};
}

}  // namespace hansa::iceberg
