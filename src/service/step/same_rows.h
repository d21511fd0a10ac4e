// Whether two statements gave the same rows, in whatever order they came.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/stream.h"
#include "model/deprecation.h"
#include "query/plan.h"

namespace hansa::service {

// So many rows, and so many bytes of them, are compared.
inline constexpr std::size_t compared_rows_max = 50'000;
inline constexpr std::size_t compared_bytes_max = std::size_t{16} << 20;

struct RowsGiven {
  std::vector<query::Column> columns;
  // Each row as a list, JSON text; in an order of its own. Fractions are rounded to nine digits:
  // sums of them depend on the order in which an engine adds.
  std::vector<std::string> rows;
};

// Reads all of it: rows as engine::Opened has them in JSON. Errors: the source's own; exhausted:
// more than is compared; corrupt: not such rows.
Result<RowsGiven> rows_given(std::vector<query::Column> columns, Source& source);

// What differs, in words that tell nothing of the rows; empty: nothing does. `renamed`: columns by
// their old and new names, which may bear either.
std::string difference(const RowsGiven& before, const RowsGiven& after,
                       const std::vector<Renamed>& renamed);

}  // namespace hansa::service
