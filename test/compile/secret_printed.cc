// A secret has no way into a log.
// expect: no match for .operator<<|Cannot format|static assertion|formattable
#include <fmt/format.h>

#include <string>

#include "base/secret.h"

using namespace hansa;

std::string shown(const Secret<std::string>& secret) {
#ifdef WRONG
  return fmt::format("{}", secret);
#else
  return fmt::format("{}", secret.expose().size());
#endif
}
