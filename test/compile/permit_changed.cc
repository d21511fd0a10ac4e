// A permit for one thing does not become a permit for another.
// expect: assignment of member .* in read-only object|discards qualifiers
#include "model/decision.h"

using namespace hansa;

bool widen(const Permit& permit, Resource on) {
#ifdef WRONG
  permit.decision().ask.on = on;
#endif
  return permit.covers(Action::read, on);
}
