// The writing half of manifest.h.
#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "iceberg/manifest.h"
#include "iceberg/manifest_schema.h"
#include "iceberg/metadata_json.h"
#include "iceberg/types.h"

namespace hansa::iceberg {
namespace {

using avro::Value;

// Empty statistics are written as absent, which is what readers make of them.
template <class Pairs>
Value pairs_value(const Pairs& pairs) {
  if (pairs.empty()) return {};
  Value::List out;
  for (const auto& [key, value] : pairs) out.push_back(Value::List{Value(key), Value(value)});
  return out;
}

template <class Number>
Value numbers_value(const std::vector<Number>& numbers) {
  if (numbers.empty()) return {};
  Value::List out;
  for (const Number number : numbers) out.emplace_back(number);
  return out;
}

Value partition_value(const PartitionSpec& spec, const DataFile& file) {
  Value::List out;
  for (const PartitionField& part : spec.fields) {
    const auto found = std::ranges::find(file.partition, part.field_id, &PartitionValue::field_id);
    out.push_back(found == file.partition.end() ? Value() : found->value);
  }
  return out;
}

// In the order of manifest_entry_schema.
Value entry_value(const PartitionSpec& spec, const ManifestEntry& entry) {
  const DataFile& file = entry.file;
  Value::List data{static_cast<std::int32_t>(file.content),
                   file.path.text(),
                   file.format,
                   partition_value(spec, file),
                   file.record_count,
                   file.file_size,
                   pairs_value(file.column_sizes),
                   pairs_value(file.value_counts),
                   pairs_value(file.null_counts),
                   pairs_value(file.nan_counts),
                   pairs_value(file.lower_bounds),
                   pairs_value(file.upper_bounds),
                   file.key_metadata,
                   numbers_value(file.split_offsets),
                   numbers_value(file.equality_ids),
                   file.sort_order_id};
  return Value::List{static_cast<std::int32_t>(entry.status), entry.snapshot_id,
                     entry.sequence_number, entry.file_sequence_number, std::move(data)};
}

Value summaries_value(const std::optional<std::vector<FieldSummary>>& summaries) {
  if (!summaries) return {};
  Value::List out;
  for (const FieldSummary& summary : *summaries)
    out.push_back(Value::List{summary.contains_null, summary.contains_nan, summary.lower_bound,
                              summary.upper_bound});
  return out;
}

// In the order of manifest_file_schema.
Value list_value(const ManifestFile& manifest) {
  return Value::List{manifest.path.text(),       manifest.length,
                     manifest.spec_id,           static_cast<std::int32_t>(manifest.content),
                     manifest.sequence_number,   manifest.sequence_number_min,
                     manifest.added_snapshot_id, manifest.added_files,
                     manifest.existing_files,    manifest.deleted_files,
                     manifest.added_rows,        manifest.existing_rows,
                     manifest.deleted_rows,      summaries_value(manifest.partitions),
                     manifest.key_metadata};
}

}  // namespace

Result<std::string> write_manifest(const ManifestOptions& options,
                                   std::span<const ManifestEntry> entries) {
  avro::WriterOptions file{
      .schema = {}, .header = {}, .codec = options.codec, .sync = options.sync};
  HANSA_TRY(file.schema, manifest_entry_schema(options.schema, options.spec));
  file.header = {{"schema", to_text(schema_to_json(options.schema))},
                 {"schema-id", fmt::format("{}", options.schema.id)},
                 {"partition-spec", to_text(spec_fields_to_json(options.spec))},
                 {"partition-spec-id", fmt::format("{}", options.spec.id)},
                 {"format-version", "2"},
                 {"content", options.content == ManifestContent::data ? "data" : "deletes"}};
  HANSA_TRY(avro::Writer writer, avro::Writer::open(std::move(file)));
  for (const ManifestEntry& entry : entries)
    if (!writer.append(entry_value(options.spec, entry)))
      return invalid(fmt::format("the partition of {} does not fit the table's partition spec {}",
                                 entry.file.path.text(), options.spec.id));
  return std::move(writer).finish();
}

Result<std::string> write_manifest_list(const ManifestListOptions& options,
                                        std::span<const ManifestFile> manifests) {
  avro::WriterOptions file{
      .schema = manifest_file_schema(), .header = {}, .codec = options.codec, .sync = options.sync};
  file.header = {
      {"snapshot-id", fmt::format("{}", options.snapshot_id)},
      {"parent-snapshot-id", options.parent_id ? fmt::format("{}", *options.parent_id) : "null"},
      {"sequence-number", fmt::format("{}", options.sequence_number)},
      {"format-version", "2"}};
  HANSA_TRY(avro::Writer writer, avro::Writer::open(std::move(file)));
  for (const ManifestFile& manifest : manifests)
    if (!writer.append(list_value(manifest)))
      return invalid(
          fmt::format("manifest {} came without the counts that format version 2 demands",
                      manifest.path.text()),
          "let the engine that wrote it rewrite the table's manifests");
  return std::move(writer).finish();
}

ManifestFile describe_manifest(Location path, std::int64_t length,
                               std::span<const ManifestEntry> entries, const Snapshot& snapshot,
                               std::int32_t spec_id, ManifestContent content) {
  ManifestFile out{.path = std::move(path),
                   .length = length,
                   .spec_id = spec_id,
                   .content = content,
                   .sequence_number = snapshot.sequence_number,
                   .sequence_number_min = snapshot.sequence_number,
                   .added_snapshot_id = snapshot.id,
                   .added_files = 0,
                   .existing_files = 0,
                   .deleted_files = 0,
                   .added_rows = 0,
                   .existing_rows = 0,
                   .deleted_rows = 0,
                   .partitions = {},
                   .key_metadata = {}};
  for (const ManifestEntry& entry : entries) {
    const auto count = [&](std::optional<std::int64_t>& files, std::optional<std::int64_t>& rows) {
      ++*files;
      // What strangers counted may overflow; the sum is a hint to planners.
      *rows =
          entry.file.record_count > INT64_MAX - *rows ? INT64_MAX : *rows + entry.file.record_count;
    };
    switch (entry.status) {
      case EntryStatus::added: count(out.added_files, out.added_rows); break;
      case EntryStatus::existing: count(out.existing_files, out.existing_rows); break;
      case EntryStatus::deleted: count(out.deleted_files, out.deleted_rows); continue;
    }
    out.sequence_number_min =
        std::min(out.sequence_number_min, entry.sequence_number.value_or(snapshot.sequence_number));
  }
  return out;
}

}  // namespace hansa::iceberg
