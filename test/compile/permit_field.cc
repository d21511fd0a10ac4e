// What a permit holds cannot be reached past its face.
// expect: decision_.* is private
#include "model/decision.h"

using namespace hansa;

Decision look(Permit& permit) {
#ifdef WRONG
  return permit.decision_;
#else
  return permit.decision();
#endif
}
