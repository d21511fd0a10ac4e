#include "iceberg/avro_row.h"

#include <fmt/format.h>

namespace hansa::iceberg {

std::unexpected<Error> bad_field(std::string_view name, std::string_view why) {
  return corrupt(fmt::format("manifest: {}: {}", name, why));
}

RowLayout::RowLayout(const avro::Schema& schema, std::uint32_t type) : schema_(&schema) {
  const avro::Node* node = schema.without_null(type);
  if (node == nullptr || node->kind != avro::Kind::record) return;
  record_ = node;
  for (std::size_t at = 0; at < node->fields.size(); ++at) {
    if (node->fields[at].id) by_id_.emplace(*node->fields[at].id, at);
    by_name_.emplace(node->fields[at].name, at);
  }
}

std::optional<std::size_t> RowLayout::position(FieldName field) const {
  if (const auto found = by_id_.find(field.id); found != by_id_.end()) return found->second;
  const auto found = by_name_.find(field.name);
  // A field of that name but of another id is another field.
  if (found == by_name_.end() || record_->fields[found->second].id) return std::nullopt;
  return found->second;
}

RowLayout RowLayout::below(FieldName field) const {
  if (record_ == nullptr) return {};
  const auto at = position(field);
  if (!at) return {};
  const std::uint32_t type = record_->fields[*at].type;
  const avro::Node* node = schema_->without_null(type);
  if (node != nullptr && node->kind == avro::Kind::array)
    return RowLayout(*schema_, node->parts[0]);
  return RowLayout(*schema_, type);
}

Result<Row> Row::of(const RowLayout& layout, const avro::Value& value) {
  const avro::Value::List* values = value.as_list();
  if (!layout.is_record() || values == nullptr || values->size() != layout.record().fields.size())
    return corrupt("manifest: a record is missing or null");
  return Row(layout, *values);
}

const avro::Value* Row::find(FieldName field) const {
  const auto at = layout_->position(field);
  if (!at || (*values_)[*at].is_null()) return nullptr;
  return &(*values_)[*at];
}

Result<std::int64_t> Row::whole(FieldName field) const {
  HANSA_TRY(const auto found, whole_if(field));
  if (!found) return bad_field(field.name, "missing");
  return *found;
}

Result<std::int64_t> Row::count(FieldName field) const {
  HANSA_TRY(const auto found, count_if(field));
  if (!found) return bad_field(field.name, "missing");
  return *found;
}

Result<std::int64_t> Row::whole_or(FieldName field, std::int64_t otherwise) const {
  HANSA_TRY(const auto found, whole_if(field));
  return found.value_or(otherwise);
}

Result<std::optional<std::int64_t>> Row::whole_if(FieldName field) const {
  const avro::Value* value = find(field);
  if (value == nullptr) return std::nullopt;
  if (value->as_int() == nullptr) return bad_field(field.name, "not a whole number");
  return *value->as_int();
}

Result<std::optional<std::int64_t>> Row::count_if(FieldName field) const {
  HANSA_TRY(const auto found, whole_if(field));
  if (found && *found < 0) return bad_field(field.name, "a count below 0");
  return found;
}

Result<std::optional<std::string>> Row::bytes_if(FieldName field) const {
  const avro::Value* value = find(field);
  if (value == nullptr) return std::nullopt;
  if (value->as_string() == nullptr) return bad_field(field.name, "neither text nor bytes");
  return *value->as_string();
}

Result<std::string> Row::text(FieldName field) const {
  HANSA_TRY(auto found, bytes_if(field));
  if (!found) return bad_field(field.name, "missing");
  return *std::move(found);
}

Result<Location> Row::location(FieldName field) const {
  HANSA_TRY(const std::string spelled, text(field));
  auto parsed = Location::parse(spelled);
  if (!parsed) return bad_field(field.name, parsed.error().text);
  return *std::move(parsed);
}

Result<const avro::Value::List*> Row::list_or_none(FieldName field) const {
  const avro::Value* value = find(field);
  if (value == nullptr) return nullptr;
  if (value->as_list() == nullptr) return bad_field(field.name, "not a list");
  return value->as_list();
}

}  // namespace hansa::iceberg
