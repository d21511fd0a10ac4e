#include "iceberg/manifest_schema.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "iceberg/types.h"

namespace hansa::iceberg {
namespace {

Json required(std::string_view name, Json type, std::int32_t id) {
  return Json::Object{{"name", name}, {"type", std::move(type)}, {"field-id", id}};
}

Json optional(std::string_view name, Json type, std::int32_t id) {
  return Json::Object{{"name", name},
                      {"type", Json::Array{"null", std::move(type)}},
                      {"default", nullptr},
                      {"field-id", id}};
}

Json record(std::string_view name, Json::Array fields) {
  return Json::Object{{"type", "record"}, {"name", name}, {"fields", std::move(fields)}};
}

// A map whose keys are no strings: a list of pairs.
Json map_of(std::int32_t key_id, std::int32_t value_id, std::string_view value_type) {
  return Json::Object{
      {"type", "array"},
      {"logicalType", "map"},
      {"items", record(fmt::format("k{}_v{}", key_id, value_id),
                       {required("key", "int", key_id), required("value", value_type, value_id)})}};
}

Json list_of(std::string_view item, std::int32_t element_id) {
  return Json::Object{{"type", "array"}, {"items", item}, {"element-id", element_id}};
}

Json logical(std::string_view type, std::string_view meaning) {
  return Json::Object{{"type", type}, {"logicalType", meaning}};
}

Json timestamp(bool with_zone) {
  return Json::Object{
      {"type", "long"}, {"logicalType", "timestamp-micros"}, {"adjust-to-utc", with_zone}};
}

Json fixed(const std::string& name, std::size_t bytes) {
  return Json::Object{{"type", "fixed"}, {"name", name}, {"size", std::uint64_t{bytes}}};
}

// Bytes that hold any decimal of so many digits: the smallest n with 2^(8n-1) > 10^precision.
std::size_t decimal_bytes(std::uint32_t precision) {
  long double wanted = 1.0L;
  for (std::uint32_t digit = 0; digit < precision; ++digit) wanted *= 10.0L;
  std::size_t bytes = 1;
  for (long double reach = 128.0L; reach < wanted; reach *= 256.0L) ++bytes;
  return bytes;
}

Json decimal(const Type& type, std::int32_t id) {
  Json out = fixed(fmt::format("decimal_{}", id), decimal_bytes(type.precision));
  out.set("logicalType", "decimal");
  out.set("precision", std::uint64_t{type.precision});
  out.set("scale", std::uint64_t{type.scale});
  return out;
}

// `id` makes names of fixed types unique within the manifest.
Result<Json> avro_type(const Type& type, std::int32_t id) {
  switch (type.kind) {
    case TypeKind::boolean: return Json("boolean");
    case TypeKind::int32: return Json("int");
    case TypeKind::int64: return Json("long");
    case TypeKind::float32: return Json("float");
    case TypeKind::float64: return Json("double");
    case TypeKind::decimal: return decimal(type, id);
    case TypeKind::date: return logical("int", "date");
    case TypeKind::time: return logical("long", "time-micros");
    case TypeKind::timestamp: return timestamp(false);
    case TypeKind::timestamptz: return timestamp(true);
    case TypeKind::string: return Json("string");
    case TypeKind::uuid: {
      Json out = fixed(fmt::format("uuid_{}", id), 16);
      out.set("logicalType", "uuid");
      return out;
    }
    case TypeKind::fixed: return fixed(fmt::format("fixed_{}", id), type.precision);
    case TypeKind::binary: return Json("bytes");
    case TypeKind::structure:
    case TypeKind::list:
    case TypeKind::map: break;
  }
  return invalid("a table cannot be partitioned by a nested column");
}

// Avro's names are ASCII letters, digits and '_'; readers find partition fields by id, so an
// escaped name is enough, and it cannot collide with another thanks to the position.
std::string avro_name(const std::string& name, std::size_t position) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  std::string out;
  bool changed = name.empty();
  for (const char c : name) {
    const bool good = letter(c) || (!out.empty() && c >= '0' && c <= '9');
    out += good ? c : '_';
    changed = changed || !good;
  }
  return changed ? fmt::format("_{}_{}", out, position) : out;
}

Result<Json> partition_record(const Schema& schema, const PartitionSpec& spec) {
  Json::Array fields;
  for (const PartitionField& part : spec.fields) {
    const Column* source = find_column_by_id(schema, part.source_id);
    if (source == nullptr)
      return invalid(
          fmt::format("partition field '{}' has no source column in the schema", part.name));
    HANSA_TRY(const Type type, result_type(part.transform, source->type));
    HANSA_TRY(Json avro, avro_type(type, part.field_id));
    fields.push_back(optional(avro_name(part.name, fields.size()), std::move(avro), part.field_id));
  }
  return record("r102", std::move(fields));
}

}  // namespace

Result<std::string> manifest_entry_schema(const Schema& schema, const PartitionSpec& spec) {
  HANSA_TRY(Json partition, partition_record(schema, spec));
  Json file =
      record("r2", {
                       required("content", "int", field::content),
                       required("file_path", "string", field::file_path),
                       required("file_format", "string", field::file_format),
                       required("partition", std::move(partition), field::partition),
                       required("record_count", "long", field::record_count),
                       required("file_size_in_bytes", "long", field::file_size),
                       optional("column_sizes", map_of(117, 118, "long"), field::column_sizes),
                       optional("value_counts", map_of(119, 120, "long"), field::value_counts),
                       optional("null_value_counts", map_of(121, 122, "long"), field::null_counts),
                       optional("nan_value_counts", map_of(138, 139, "long"), field::nan_counts),
                       optional("lower_bounds", map_of(126, 127, "bytes"), field::lower_bounds),
                       optional("upper_bounds", map_of(129, 130, "bytes"), field::upper_bounds),
                       optional("key_metadata", "bytes", field::key_metadata),
                       optional("split_offsets", list_of("long", 133), field::split_offsets),
                       optional("equality_ids", list_of("int", 136), field::equality_ids),
                       optional("sort_order_id", "int", field::sort_order_id),
                   });
  return to_text(record("manifest_entry",
                        {
                            required("status", "int", field::status),
                            optional("snapshot_id", "long", field::snapshot_id),
                            optional("sequence_number", "long", field::sequence_number),
                            optional("file_sequence_number", "long", field::file_sequence_number),
                            required("data_file", std::move(file), field::data_file),
                        }));
}

std::string manifest_file_schema() {
  Json summary = record("r508", {
                                    required("contains_null", "boolean", field::contains_null),
                                    optional("contains_nan", "boolean", field::contains_nan),
                                    optional("lower_bound", "bytes", field::lower_bound),
                                    optional("upper_bound", "bytes", field::upper_bound),
                                });
  Json summaries =
      Json::Object{{"type", "array"}, {"items", std::move(summary)}, {"element-id", 508}};
  return to_text(
      record("manifest_file", {
                                  required("manifest_path", "string", field::manifest_path),
                                  required("manifest_length", "long", field::manifest_length),
                                  required("partition_spec_id", "int", field::list_spec_id),
                                  required("content", "int", field::list_content),
                                  required("sequence_number", "long", field::list_sequence),
                                  required("min_sequence_number", "long", field::list_sequence_min),
                                  required("added_snapshot_id", "long", field::added_snapshot),
                                  required("added_files_count", "int", field::added_files),
                                  required("existing_files_count", "int", field::existing_files),
                                  required("deleted_files_count", "int", field::deleted_files),
                                  required("added_rows_count", "long", field::added_rows),
                                  required("existing_rows_count", "long", field::existing_rows),
                                  required("deleted_rows_count", "long", field::deleted_rows),
                                  optional("partitions", std::move(summaries), field::partitions),
                                  optional("key_metadata", "bytes", field::list_key_metadata),
                              }));
}

}  // namespace hansa::iceberg
