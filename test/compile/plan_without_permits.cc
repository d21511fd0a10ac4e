// A plan is closed with permits, or not at all.
// expect: close\(.*Plan.*|too few arguments|no matching function
#include "query/plan.h"

using namespace hansa;

Result<query::ClosedPlan> close(query::Plan plan, std::span<const Permit> permits) {
#ifdef WRONG
  (void)permits;
  return query::ClosedPlan::close(std::move(plan));
#else
  return query::ClosedPlan::close(std::move(plan), permits);
#endif
}
