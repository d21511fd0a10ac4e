// No closed plan is made empty and filled.
// expect: ClosedPlan::ClosedPlan\(\).* is private
#include "query/plan.h"

using namespace hansa;

void start(Result<query::ClosedPlan> closed) {
#ifdef WRONG
  query::ClosedPlan plan;
#else
  query::ClosedPlan plan = *std::move(closed);
#endif
  (void)plan;
}
