// A secret has no stream operator.
// expect: no match for .operator<<
#include <ostream>
#include <string>

#include "base/secret.h"

using namespace hansa;

void show(std::ostream& out, const Secret<std::string>& secret) {
#ifdef WRONG
  out << secret;
#else
  out << secret.expose().size();
#endif
}
