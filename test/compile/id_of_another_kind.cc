// An account's id where a grant's belongs.
// expect: no known conversion|cannot convert|could not convert|no match for
#include "model/ids.h"

using namespace hansa;

GrantId grant(AccountId account, GrantId other) {
#ifdef WRONG
  (void)other;
  return account;
#else
  (void)account;
  return other;
#endif
}
