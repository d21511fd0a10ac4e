// What a table's columns hold, as a statement of the server's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/schema.h"

namespace hansa::query {

// Values are told as text, this long at most.
inline constexpr std::size_t profile_value_chars = 80;
inline constexpr std::size_t profile_top_max = 5;
// More columns are profiled in several calls.
inline constexpr std::size_t profile_columns_max = 100;

// One row a column, in their order: its place among `columns`, rows, nulls, distinct values, the
// smallest and the largest, and a list of [value, count] of the most frequent. Exact: each column
// is grouped by its values once. Of a nested column only rows and nulls; the others are null.
// `table` is a quoted name with these columns.
std::string profile_sql(const std::vector<const hansa::Column*>& columns, std::string_view table);

}  // namespace hansa::query
