// Rows of one table as a statement of the server's own, for callers who write no SQL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/predicate.h"
#include "model/schema.h"

namespace hansa::query {

// "plays" rises, "-plays" falls; a column that is itself called "-plays" rises. Nulls stand last.
struct RowsWanted {
  std::vector<std::string> columns;  // in this order; none: all
  std::optional<Predicate> filter;
  std::vector<std::string> order;  // none: as the files have them
  std::uint64_t limit = 0;
  std::uint64_t offset = 0;
};

// The columns of these names, in their order; all of them if there are none. Errors: invalid: one
// that is not there, with what may have been meant, or is named twice.
Result<std::vector<const hansa::Column*>> choose_columns(const Schema& schema,
                                                         const std::vector<std::string>& names);

// What Relation::place must be for statements with an order: nobody's column.
std::string place_name(const Schema& schema);

// Those that it reads: shown, filtered or ordered by. Errors: as rows_sql.
Result<std::vector<std::string>> columns_read(const RowsWanted& wanted, const Schema& schema);

// Over `table`, a quoted name with `schema`'s columns. On the same files the same statement gives
// the same rows in the same order, so that pages fit together: rows that are equal by `order` stand
// as the files have them, which Relation::place says. Errors: invalid: a column that is not there,
// is named twice, or has no order, with what may have been meant.
Result<std::string> rows_sql(const RowsWanted& wanted, const Schema& schema,
                             std::string_view table);

}  // namespace hansa::query
