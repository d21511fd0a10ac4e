// Parquet footers as schemas.
#pragma once

#include "base/result.h"
#include "query/plan.h"
#include "worker/duckdb.h"

namespace hansa::worker {

// A row of parquet_schema(): the tree of a file's columns, parents before children.
struct Element {
  std::string name, type, repetition, converted, logical;
  std::int64_t children = 0, scale = 0, precision = 0, field_id = 0, length = 0;
};

// Errors: invalid (a type that no Iceberg table can hold, naming the column), corrupt (not a tree).
Result<Schema> schema_of_elements(std::span<const Element> elements);

// Errors: corrupt or invalid, naming the file's label.
Result<query::Footer> footer_of(Connection& connection, const query::PlanFile& file);

}  // namespace hansa::worker
