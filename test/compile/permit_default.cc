// There is no empty permit that is filled in later.
// expect: no matching function for call to .*Permit::Permit\(\)
#include <optional>

#include "model/decision.h"

using namespace hansa;

#ifdef WRONG
Permit permit;
#else
std::optional<Permit> permit;
#endif
