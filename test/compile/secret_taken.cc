// A secret does not turn into text by itself.
// expect: could not convert|conversion from .*Secret
#include <string>

#include "base/secret.h"

using namespace hansa;

std::string text(const Secret<std::string>& secret) {
#ifdef WRONG
  return secret;
#else
  return secret.expose();
#endif
}
