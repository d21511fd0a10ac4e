// The reading half of manifest.h.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "iceberg/avro_row.h"
#include "iceberg/manifest.h"
#include "iceberg/manifest_schema.h"

namespace hansa::iceberg {
namespace {

using avro::Value;

constexpr FieldName kDataFile{field::data_file, "data_file"};
constexpr FieldName kPartition{field::partition, "partition"};
constexpr FieldName kSummaries{field::partitions, "partitions"};

Result<std::int32_t> whole32(std::int64_t number, std::string_view name) {
  if (!std::in_range<std::int32_t>(number)) return bad_field(name, "does not fit 32 bits");
  return static_cast<std::int32_t>(number);
}

// A map of column ids: pairs, each a record {key, value}, some writers' records nullable.
template <class V>
Result<std::vector<std::pair<std::int32_t, V>>> column_map(const Row& row, FieldName field) {
  std::vector<std::pair<std::int32_t, V>> out;
  HANSA_TRY(const Value::List* items, row.list_or_none(field));
  if (items == nullptr) return out;
  out.reserve(items->size());
  for (const Value& item : *items) {
    const Value::List* pair = item.as_list();
    if (pair == nullptr || pair->size() < 2) return bad_field(field.name, "not a map");
    const std::int64_t* key = (*pair)[0].as_int();
    const V* value = std::get_if<V>(&(*pair)[1].data);
    if (key == nullptr) return bad_field(field.name, "a key that is no column id");
    if ((*pair)[1].is_null()) continue;
    if (value == nullptr) return bad_field(field.name, "a value of another type");
    HANSA_TRY(const std::int32_t id, whole32(*key, field.name));
    out.emplace_back(id, *value);
  }
  return out;
}

template <class N>
Result<std::vector<N>> number_list(const Row& row, FieldName field) {
  std::vector<N> out;
  HANSA_TRY(const Value::List* items, row.list_or_none(field));
  if (items == nullptr) return out;
  for (const Value& item : *items) {
    const std::int64_t* number = item.as_int();
    if (number == nullptr || !std::in_range<N>(*number))
      return bad_field(field.name, "not a list of numbers");
    out.push_back(static_cast<N>(*number));
  }
  return out;
}

Result<void> read_statistics(const Row& row, DataFile& out) {
  HANSA_TRY(out.column_sizes, column_map<std::int64_t>(row, {field::column_sizes, "column_sizes"}));
  HANSA_TRY(out.value_counts, column_map<std::int64_t>(row, {field::value_counts, "value_counts"}));
  HANSA_TRY(out.null_counts,
            column_map<std::int64_t>(row, {field::null_counts, "null_value_counts"}));
  HANSA_TRY(out.nan_counts, column_map<std::int64_t>(row, {field::nan_counts, "nan_value_counts"}));
  HANSA_TRY(out.lower_bounds, column_map<std::string>(row, {field::lower_bounds, "lower_bounds"}));
  HANSA_TRY(out.upper_bounds, column_map<std::string>(row, {field::upper_bounds, "upper_bounds"}));
  HANSA_TRY(out.split_offsets,
            number_list<std::int64_t>(row, {field::split_offsets, "split_offsets"}));
  return {};
}

// The types of a manifest's records, found once.
struct Layouts {
  RowLayout entry;
  RowLayout file;
  RowLayout partition;
};

Result<void> read_partition(const Row& file, const RowLayout& layout, DataFile& out) {
  const Value* value = file.find(kPartition);
  if (value == nullptr)
    return {};  // Some writers leave out the empty partition of an unpartitioned table.
  HANSA_CHECK(Row::of(layout, *value));
  const auto& fields = layout.record().fields;
  for (std::size_t at = 0; at < fields.size(); ++at)
    out.partition.push_back({fields[at].id.value_or(0), fields[at].name, (*value->as_list())[at]});
  return {};
}

Result<DataFile> read_file(const Layouts& layouts, const Value& value, const ManifestFile& from,
                           Statistics statistics) {
  HANSA_TRY(const Row row, Row::of(layouts.file, value));
  HANSA_TRY(Location path, row.location({field::file_path, "file_path"}));
  DataFile out{
      .path = std::move(path), .spec_id = from.spec_id, .key_metadata = {}, .sort_order_id = {}};
  HANSA_TRY(const std::int64_t content, row.whole_or({field::content, "content"}, 0));
  if (content < 0 || content > 2) return bad_field("content", "neither data nor deletes");
  out.content = static_cast<FileContent>(content);
  HANSA_TRY(out.format, row.text({field::file_format, "file_format"}));
  // ASCII only: a format is "avro", "orc", "parquet" or "puffin", in any case.
  for (char& c : out.format) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  HANSA_CHECK(read_partition(row, layouts.partition, out));
  HANSA_TRY(out.record_count, row.count({field::record_count, "record_count"}));
  HANSA_TRY(out.file_size, row.count({field::file_size, "file_size_in_bytes"}));
  HANSA_TRY(out.key_metadata, row.bytes_if({field::key_metadata, "key_metadata"}));
  HANSA_TRY(out.equality_ids,
            number_list<std::int32_t>(row, {field::equality_ids, "equality_ids"}));
  HANSA_TRY(const auto order, row.whole_if({field::sort_order_id, "sort_order_id"}));
  if (order) {
    HANSA_TRY(out.sort_order_id, whole32(*order, "sort_order_id"));
  }
  if (statistics == Statistics::keep) HANSA_CHECK(read_statistics(row, out));
  return out;
}

// What an entry leaves out comes from the list: "Sequence Number Inheritance" in the specification.
Result<void> inherit(const ManifestFile& from, ManifestEntry& entry) {
  if (!entry.snapshot_id) entry.snapshot_id = from.added_snapshot_id;
  const bool inherits = entry.status == EntryStatus::added || from.sequence_number == 0;
  for (auto* number : {&entry.sequence_number, &entry.file_sequence_number}) {
    if (*number) continue;
    // Version 1 wrote none; then its rows are as old as the table.
    if (!inherits && number == &entry.sequence_number)
      return bad_field("sequence_number", "missing in an entry that is not new");
    if (inherits) *number = from.sequence_number;
  }
  return {};
}

Result<ManifestEntry> read_entry(const Layouts& layouts, const Value& value,
                                 const ManifestFile& from, Statistics statistics) {
  HANSA_TRY(const Row row, Row::of(layouts.entry, value));
  HANSA_TRY(const std::int64_t status, row.whole({field::status, "status"}));
  if (status < 0 || status > 2) return bad_field("status", "none of existing, added, deleted");
  const Value* data = row.find(kDataFile);
  if (data == nullptr) return bad_field("data_file", "missing");
  auto file = read_file(layouts, *data, from, statistics);
  if (!file) return std::unexpected(std::move(file).error());
  ManifestEntry out{.status = static_cast<EntryStatus>(status),
                    .snapshot_id = {},
                    .sequence_number = {},
                    .file_sequence_number = {},
                    .file = *std::move(file)};
  HANSA_TRY(out.snapshot_id, row.whole_if({field::snapshot_id, "snapshot_id"}));
  HANSA_TRY(out.sequence_number, row.count_if({field::sequence_number, "sequence_number"}));
  HANSA_TRY(out.file_sequence_number,
            row.count_if({field::file_sequence_number, "file_sequence_number"}));
  HANSA_CHECK(inherit(from, out));
  return out;
}

Result<void> read_counts(const Row& row, ManifestFile& out) {
  HANSA_TRY(out.added_files, row.count_if({field::added_files, "added_files_count"}));
  HANSA_TRY(out.existing_files, row.count_if({field::existing_files, "existing_files_count"}));
  HANSA_TRY(out.deleted_files, row.count_if({field::deleted_files, "deleted_files_count"}));
  HANSA_TRY(out.added_rows, row.count_if({field::added_rows, "added_rows_count"}));
  HANSA_TRY(out.existing_rows, row.count_if({field::existing_rows, "existing_rows_count"}));
  HANSA_TRY(out.deleted_rows, row.count_if({field::deleted_rows, "deleted_rows_count"}));
  return {};
}

Result<void> read_summaries(const Row& row, const RowLayout& layout, ManifestFile& out) {
  HANSA_TRY(const Value::List* items, row.list_or_none(kSummaries));
  if (items == nullptr) return {};
  out.partitions.emplace();
  for (const Value& item : *items) {
    HANSA_TRY(const Row summary, Row::of(layout, item));
    FieldSummary read;
    const Value* null = summary.find({field::contains_null, "contains_null"});
    if (null == nullptr || null->as_bool() == nullptr) return bad_field("contains_null", "missing");
    read.contains_null = *null->as_bool();
    if (const Value* nan = summary.find({field::contains_nan, "contains_nan"})) {
      if (nan->as_bool() == nullptr) return bad_field("contains_nan", "neither true nor false");
      read.contains_nan = *nan->as_bool();
    }
    HANSA_TRY(read.lower_bound, summary.bytes_if({field::lower_bound, "lower_bound"}));
    HANSA_TRY(read.upper_bound, summary.bytes_if({field::upper_bound, "upper_bound"}));
    out.partitions->push_back(std::move(read));
  }
  return {};
}

Result<ManifestFile> read_list_row(const RowLayout& layout, const RowLayout& summaries,
                                   const Value& value) {
  HANSA_TRY(const Row row, Row::of(layout, value));
  HANSA_TRY(Location path, row.location({field::manifest_path, "manifest_path"}));
  ManifestFile out{.path = std::move(path),
                   .added_files = {},
                   .existing_files = {},
                   .deleted_files = {},
                   .added_rows = {},
                   .existing_rows = {},
                   .deleted_rows = {},
                   .partitions = {},
                   .key_metadata = {}};
  HANSA_TRY(out.length, row.count({field::manifest_length, "manifest_length"}));
  HANSA_TRY(const std::int64_t spec, row.whole_or({field::list_spec_id, "partition_spec_id"}, 0));
  HANSA_TRY(out.spec_id, whole32(spec, "partition_spec_id"));
  HANSA_TRY(const std::int64_t content, row.whole_or({field::list_content, "content"}, 0));
  if (content < 0 || content > 1) return bad_field("content", "neither data nor deletes");
  out.content = static_cast<ManifestContent>(content);
  HANSA_TRY(out.sequence_number, row.whole_or({field::list_sequence, "sequence_number"}, 0));
  HANSA_TRY(out.sequence_number_min,
            row.whole_or({field::list_sequence_min, "min_sequence_number"}, 0));
  if (out.sequence_number < 0 || out.sequence_number_min < 0)
    return bad_field("sequence_number", "below 0");
  HANSA_TRY(out.added_snapshot_id, row.whole_or({field::added_snapshot, "added_snapshot_id"}, 0));
  HANSA_CHECK(read_counts(row, out));
  HANSA_CHECK(read_summaries(row, summaries, out));
  HANSA_TRY(out.key_metadata, row.bytes_if({field::list_key_metadata, "key_metadata"}));
  return out;
}

}  // namespace

Result<std::vector<ManifestEntry>> read_manifest(std::string_view bytes, const ManifestFile& from,
                                                 Statistics statistics) {
  HANSA_TRY(avro::Reader reader, avro::Reader::open(bytes));
  Layouts layouts{
      .entry = RowLayout(reader.schema(), reader.schema().root), .file = {}, .partition = {}};
  layouts.file = layouts.entry.below(kDataFile);
  layouts.partition = layouts.file.below(kPartition);
  std::vector<ManifestEntry> out;
  for (;;) {
    HANSA_TRY(const auto record, reader.next());
    if (!record) return out;
    HANSA_TRY(ManifestEntry entry, read_entry(layouts, *record, from, statistics));
    out.push_back(std::move(entry));
  }
}

Result<std::vector<ManifestFile>> read_manifest_list(std::string_view bytes) {
  HANSA_TRY(avro::Reader reader, avro::Reader::open(bytes));
  const RowLayout layout(reader.schema(), reader.schema().root);
  const RowLayout summaries = layout.below(kSummaries);
  std::vector<ManifestFile> out;
  for (;;) {
    HANSA_TRY(const auto record, reader.next());
    if (!record) return out;
    if (out.size() >= limits::manifests_per_snapshot_max)
      return exhausted(
          fmt::format("a snapshot of more than {} manifests", limits::manifests_per_snapshot_max));
    HANSA_TRY(ManifestFile manifest, read_list_row(layout, summaries, *record));
    out.push_back(std::move(manifest));
  }
}

}  // namespace hansa::iceberg
