// Questions about the audit, answered from its indexes.
#pragma once

#include <vector>

#include "base/result.h"
#include "world/store/sqlite/sqlite.h"
#include "world/store/store.h"

namespace hansa::store::sqlite {

// The columns that line_of reads, in its order.
extern const char* const line_columns;
Result<Line> line_of(const Statement& row);

Result<std::vector<Line>> history(Connection& connection, const Question& question);

}  // namespace hansa::store::sqlite
