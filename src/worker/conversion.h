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

class Conversion {
 public:
  struct State;
  // Once a process: it leaves a function behind. Errors: as convert::Table::open, naming the file's
  // label.
  static Result<Conversion> begin(Connection& connection, const query::Conversion& conversion,
                                  std::uint32_t threads);

  // The Parquet file, while it is made. Errors of its own: as convert::Blocks::next, naming the
  // file's label.
  Result<std::unique_ptr<RowSource>> parquet();
  // Once that has ended: what became of it, and the report.
  query::Converted outcome(std::unique_ptr<RowSource>& report) const;

 private:
  explicit Conversion(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace hansa::worker
