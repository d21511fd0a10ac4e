// The shape of a dataset: columns and types, as Iceberg has them, since every table is an Iceberg
// table (https://iceberg.apache.org/spec/, "Schemas and Data Types"). Contracts, Parquet footers
// and SQL are translated to and from this.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hansa {

enum class TypeKind {
  boolean,
  int32,
  int64,
  float32,
  float64,
  decimal,
  date,
  time,
  timestamp,    // without zone, microseconds
  timestamptz,  // UTC, microseconds
  string,
  uuid,
  fixed,
  binary,
  structure,
  list,
  map,
};

struct Column;

// Nested types own their parts: a structure its fields; a list one column "element"; a map the
// columns "key" and "value".
struct Type {
  TypeKind kind = TypeKind::string;
  std::uint32_t precision = 0;  // decimal: 1 to 38; fixed: its length
  std::uint32_t scale = 0;      // decimal
  std::vector<Column> fields;
  friend bool operator==(const Type&, const Type&);
};

struct Column {
  std::int32_t id = 0;  // Iceberg field id, from 1, unique in the schema; 0: not assigned yet
  std::string name;
  Type type;
  bool required = false;
  std::string description;
  friend bool operator==(const Column&, const Column&) = default;
};

struct Schema {
  std::int32_t id = 0;
  std::vector<Column> columns;
  friend bool operator==(const Schema&, const Schema&) = default;
};

// Iceberg's spelling: "long", "decimal(9,2)", "timestamptz", "list<string>", "struct<a: int, b:
// string>", "map<string, long>": for messages; the JSON of schemas is iceberg/metadata_json's.
std::string to_text(const Type& type);
// Of a primitive spelling. Errors: invalid.
Result<Type> parse_primitive(std::string_view text);
bool is_nested(TypeKind kind);

// Numbers every column, nested ones too, from `next` on, parents before children of one level as
// Iceberg does; returns the last id given.
std::int32_t assign_ids(Schema& schema, std::int32_t next = 1);
std::int32_t last_id(const Schema& schema);
// A column by its dotted path ("address.city"), or nullptr.
const Column* find_column(const Schema& schema, std::string_view path);

// What differs between a table's schema and that of data about to be written into it, in words that
// name the column ("column plays: the contract says long, the file has string"); empty: it fits.
// Data fits if every required column is there once (most writers mark all columns optional, so that
// mark is not held against them), no type differs but for widenings that Iceberg reads (int to
// long, float to double, decimal of a higher precision), and no column is unknown.
std::vector<std::string> misfits(const Schema& contract, const Schema& data);

}  // namespace hansa
