// A secret is in no answer: it cannot be described.
// expect: give the type describe|static assertion failed
#include <string>

#include "base/fields.h"
#include "base/secret.h"

using namespace hansa;

struct Answer {
#ifdef WRONG
  Secret<std::string> token;
#else
  std::string token;
#endif
};
void describe(Fields& f, Answer& v) { f.required("token", v.token); }

Json shown(const Answer& answer) { return to_json(answer); }
