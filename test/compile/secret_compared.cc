// Secrets are not compared by accident, in a time that tells.
// expect: no match for .operator==
#include <string>

#include "base/digest.h"
#include "base/secret.h"

using namespace hansa;

bool same(const Secret<std::string>& a, const Secret<std::string>& b) {
#ifdef WRONG
  return a == b;
#else
  return equal_constant_time(a.expose(), b.expose());
#endif
}
