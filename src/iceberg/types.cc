#include "iceberg/types.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "base/limits.h"

namespace hansa::iceberg {
namespace {

Json type_to_json(const Type& type);

Json fields_to_json(const std::vector<Column>& columns) {
  Json::Array out;
  for (const Column& column : columns) {
    Json::Object field{{"id", column.id},
                       {"name", column.name},
                       {"required", column.required},
                       {"type", type_to_json(column.type)}};
    if (!column.description.empty()) field.emplace_back("doc", column.description);
    out.emplace_back(std::move(field));
  }
  return out;
}

Json type_to_json(const Type& type) {
  if (!is_nested(type.kind)) return to_text(type);
  if (type.kind == TypeKind::structure)
    return Json::Object{{"type", "struct"}, {"fields", fields_to_json(type.fields)}};
  if (type.kind == TypeKind::list) {
    HANSA_ASSERT(type.fields.size() == 1);
    const Column& element = type.fields[0];
    return Json::Object{{"type", "list"},
                        {"element-id", element.id},
                        {"element", type_to_json(element.type)},
                        {"element-required", element.required}};
  }
  HANSA_ASSERT(type.fields.size() == 2);
  const Column& key = type.fields[0];
  const Column& value = type.fields[1];
  return Json::Object{{"type", "map"},
                      {"key-id", key.id},
                      {"key", type_to_json(key.type)},
                      {"value-id", value.id},
                      {"value", type_to_json(value.type)},
                      {"value-required", value.required}};
}

// The JSON reader bounds the depth of the recursion.
class Parser {
 public:
  Result<std::vector<Column>> fields(const Member& member) {
    HANSA_TRY(const Member list, member.at("fields"));
    HANSA_TRY(const auto items, list.items());
    std::vector<Column> out;
    std::set<std::string, std::less<>> names;
    for (const Member& item : items) {
      HANSA_TRY(const Member type, item.at("type"));
      Column column;
      HANSA_TRY(column.id, id(item, "id"));
      HANSA_TRY(column.name, item.text("name"));
      HANSA_TRY(column.required, item.truth("required"));
      HANSA_TRY(column.description, item.text_or("doc", ""));
      HANSA_TRY(column.type, parse(type));
      if (!names.insert(column.name).second)
        return item.refuse(fmt::format("'{}' is a column twice", column.name));
      out.push_back(std::move(column));
    }
    return out;
  }

 private:
  Result<Type> parse(const Member& member) {
    if (const std::string* name = member.json().as_string()) {
      auto type = parse_primitive(*name);
      if (!type) return member.refuse(type.error().text);
      return *std::move(type);
    }
    HANSA_TRY(const std::string kind, member.text("type"));
    Type type;
    if (kind == "struct") {
      type.kind = TypeKind::structure;
      HANSA_TRY(type.fields, fields(member));
    } else if (kind == "list") {
      type.kind = TypeKind::list;
      HANSA_TRY(const bool required, member.truth("element-required"));
      HANSA_TRY(Column element, part(member, "element", required));
      type.fields.push_back(std::move(element));
    } else if (kind == "map") {
      type.kind = TypeKind::map;
      HANSA_TRY(const bool required, member.truth("value-required"));
      HANSA_TRY(Column key, part(member, "key", true));
      HANSA_TRY(Column value, part(member, "value", required));
      type.fields.push_back(std::move(key));
      type.fields.push_back(std::move(value));
    } else {
      return member.refuse(fmt::format("'{}' is not a type", kind.substr(0, 80)));
    }
    return type;
  }

  Result<Column> part(const Member& member, const std::string& name, bool required) {
    Column column{.name = name, .type = {}, .required = required, .description = {}};
    HANSA_TRY(column.id, id(member, name + "-id"));
    HANSA_TRY(const Member type, member.at(name));
    HANSA_TRY(column.type, parse(type));
    return column;
  }

  Result<std::int32_t> id(const Member& member, std::string_view name) {
    HANSA_TRY(const std::int32_t found, member.whole32(name));
    if (found < 0) return member.refuse("a field id below 0");
    if (!ids_.insert(found).second)
      return member.refuse(fmt::format("field id {} stands twice", found));
    if (ids_.size() > limits::columns_max)
      return member.refuse(fmt::format("more than {} columns", limits::columns_max));
    return found;
  }

  std::set<std::int32_t> ids_;
};

void collect_ids(const std::vector<Column>& columns, std::vector<std::int32_t>& out) {
  // As assign_ids numbers them: all of one level, then what lies below each.
  for (const Column& column : columns) out.push_back(column.id);
  for (const Column& column : columns) collect_ids(column.type.fields, out);
}

Json mapping_of(const std::vector<Column>& columns) {
  Json::Array out;
  for (const Column& column : columns) {
    Json::Object entry{{"field-id", column.id}, {"names", Json::Array{column.name}}};
    if (!column.type.fields.empty()) entry.emplace_back("fields", mapping_of(column.type.fields));
    out.emplace_back(std::move(entry));
  }
  return out;
}

const Column* find_by_id(const std::vector<Column>& columns, std::int32_t id) {
  for (const Column& column : columns) {
    if (column.id == id) return &column;
    if (const Column* found = find_by_id(column.type.fields, id)) return found;
  }
  return nullptr;
}

}  // namespace

Json schema_to_json(const Schema& schema, std::span<const std::int32_t> identifier_fields) {
  Json::Object out{{"type", "struct"}, {"schema-id", schema.id}};
  if (!identifier_fields.empty()) {
    Json::Array ids;
    for (const std::int32_t id : identifier_fields) ids.emplace_back(id);
    out.emplace_back("identifier-field-ids", std::move(ids));
  }
  out.emplace_back("fields", fields_to_json(schema.columns));
  return out;
}

Result<SchemaWithIdentifiers> schema_from_json(const Member& member) {
  HANSA_TRY(const std::string type, member.text("type"));
  if (type != "struct") return member.refuse("a schema is of type struct");
  SchemaWithIdentifiers out;
  HANSA_TRY(out.schema.id, member.whole32_or("schema-id", 0));
  HANSA_TRY(out.schema.columns, Parser().fields(member));
  HANSA_TRY(const auto identifiers, member.items_or_none("identifier-field-ids"));
  for (const Member& item : identifiers) {
    HANSA_TRY(const std::int32_t id, item.whole32());
    if (find_by_id(out.schema.columns, id) == nullptr) return item.refuse("no column has this id");
    out.identifier_fields.push_back(id);
  }
  return out;
}

Result<std::map<std::int32_t, std::int32_t>> renumber(Schema& schema) {
  std::vector<std::int32_t> before;
  std::vector<std::int32_t> after;
  collect_ids(schema.columns, before);
  assign_ids(schema);
  collect_ids(schema.columns, after);
  std::map<std::int32_t, std::int32_t> out;
  for (std::size_t at = 0; at < before.size(); ++at)
    if (!out.emplace(before[at], after[at]).second && before[at] != 0)
      return invalid(fmt::format("field id {} stands twice in the schema", before[at]));
  return out;
}

std::string name_mapping(const Schema& schema) { return to_text(mapping_of(schema.columns)); }

const Column* find_column_by_id(const Schema& schema, std::int32_t id) {
  return find_by_id(schema.columns, id);
}

Result<Type> result_type(std::string_view transform, const Type& source) {
  if (transform == "identity" || transform == "void" || transform.starts_with("truncate["))
    return source;
  if (transform.starts_with("bucket[") || transform == "year" || transform == "month" ||
      transform == "hour")
    return Type{.kind = TypeKind::int32, .fields = {}};
  if (transform == "day") return Type{.kind = TypeKind::date, .fields = {}};
  return invalid(fmt::format("'{}' is not a partition transform that can be written",
                             transform.substr(0, 80)));
}

}  // namespace hansa::iceberg
