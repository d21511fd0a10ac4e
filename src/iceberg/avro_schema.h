// Schemas of Avro (https://avro.apache.org/docs/1.12.0/specification/), as far as data files need
// them: kinds, field ids as Iceberg adds them, and nothing about resolution, since values are read
// with the schema of their writer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hansa::iceberg::avro {

enum class Kind {
  null,
  boolean,
  int32,
  int64,
  float32,
  float64,
  bytes,
  string,
  fixed,
  enumeration,
  record,
  array,
  map,
  choice,  // Avro's union
};

struct Field {
  std::string name;
  std::optional<std::int32_t> id;  // Iceberg's "field-id"
  std::uint32_t type = 0;          // index of a Node
};

struct Node {
  Kind kind = Kind::null;
  std::vector<Field> fields;         // record
  std::vector<std::uint32_t> parts;  // array: its items; map: its values; choice: its branches
  std::size_t size = 0;              // fixed: bytes; enumeration: symbols
};

// Nodes refer to each other by index, so a type that is named twice, or that contains itself, costs
// nothing here; whoever walks values bounds depth and number.
struct Schema {
  std::vector<Node> nodes;
  std::uint32_t root = 0;
  const Node& node(std::uint32_t index) const { return nodes[index]; }
  // The type behind ["null", X] or X, or nullptr for a choice of several.
  const Node* without_null(std::uint32_t index) const;
};

// Errors: corrupt (not JSON, not a schema, a name that is not defined, too many types).
Result<Schema> parse_schema(std::string_view text);

}  // namespace hansa::iceberg::avro
