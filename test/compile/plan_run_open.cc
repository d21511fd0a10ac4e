// An engine runs closed plans only.
// expect: cannot convert .*Plan|could not convert .*Plan|no matching function
#include "world/engine/engine.h"

using namespace hansa;

void run(engine::Lease& lease, query::Plan plan, std::span<const Permit> permits) {
#ifdef WRONG
  (void)permits;
  (void)lease.run(plan);
#else
  if (auto closed = query::ClosedPlan::close(std::move(plan), permits))
    (void)lease.run(*std::move(closed));
#endif
}
