// A job of another ask on a route.
// expect: cannot convert|no matching function|could not convert|invalid conversion
#include "api/access.h"

using namespace hansa;

template <class Ask, class Answer>
void bind(const api::Route<Ask, Answer>&, Result<Answer> (*)(const Ask&)) {}

Result<api::AccessView> approve(const api::Approve&) { return api::AccessView{}; }
Result<api::AccessView> renew(const api::Renew&) { return api::AccessView{}; }

void all() {
#ifdef WRONG
  bind(api::approve_access, renew);
#else
  bind(api::approve_access, approve);
  bind(api::renew_access, renew);
#endif
}
