// model::Schema and Iceberg's JSON of it
// (https://iceberg.apache.org/spec/#appendix-c-json-serialization), the name mapping made of it,
// and the types that partition fields have.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "iceberg/member.h"
#include "iceberg/metadata.h"
#include "model/schema.h"

namespace hansa::iceberg {

// {"type": "struct", "schema-id": 0, "identifier-field-ids": [1], "fields": [...]}
Json schema_to_json(const Schema& schema, std::span<const std::int32_t> identifier_fields = {});

struct SchemaWithIdentifiers {
  Schema schema;
  std::vector<std::int32_t> identifier_fields;
};
// Errors: the code of `member`, naming the part: a type that is none (those of version 3 included),
// an id given twice, more than limits::columns_max columns.
Result<SchemaWithIdentifiers> schema_from_json(const Member& member);

// Gives `schema` fresh ids from 1, and says which old id became which new one.
// Errors: invalid if an id stands twice (several columns "not assigned yet" may share 0).
Result<std::map<std::int32_t, std::int32_t>> renumber(Schema& schema);

// The property that lets readers find columns by name in files that carry no field ids
// (https://iceberg.apache.org/spec/#column-projection).
inline constexpr std::string_view kNameMapping = "schema.name-mapping.default";
std::string name_mapping(const Schema& schema);

// A column of any depth, or nullptr.
const Column* find_column_by_id(const Schema& schema, std::int32_t id);

// The type of what a transform makes of `source`. Errors: invalid if the transform is unknown.
Result<Type> result_type(std::string_view transform, const Type& source);

}  // namespace hansa::iceberg
