// Text files as Parquet, and as guesses of their columns.
#pragma once

#include <memory>

#include "base/result.h"
#include "query/plan.h"
#include "worker/duckdb.h"
#include "worker/rows.h"

namespace hansa::worker {

// The columns of a text file, inferred. Errors: as convert::infer, naming the file's label.
Result<query::Footer> guess_of(const query::PlanFile& file, const Dialect& dialect);

struct Conversion {
  query::Converted outcome;
  std::unique_ptr<RowSource> bytes;  // the report, then the Parquet
};

// Once a process: it leaves a function behind. Errors: as convert::Table::open and Blocks::next,
// naming the file's label; exhausted (spill quota).
Result<Conversion> convert_file(Connection& connection, const query::Conversion& conversion,
                                std::uint32_t threads);

}  // namespace hansa::worker
