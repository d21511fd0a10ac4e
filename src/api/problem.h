// Errors on the wire: problem details (RFC 9457), and the exit codes of the command line.
#pragma once

#include <string>

#include "base/fields.h"

namespace hansa::api {

// `type` is a relative reference that stays stable: "/problems/denied".
struct Problem {
  std::string type;
  std::string title;  // the code in words
  int status = 500;
  std::string detail;  // what happened, and where
  std::string code;    // "denied", ...
  std::string next;    // what to do about it
  std::string request_id;
};
void describe(Fields& f, Problem& v);

int status_of(Code code);
Problem problem_of(const Error& error, std::string request_id);
// The error a client makes of a problem again.
Error error_of(const Problem& problem);

// 0 ok, 1 failed, 2 changes pending (plan only), 3 check failed, 4 not logged in, 5 no access, 6
// blocked, 64 wrong usage, 130 interrupted.
enum class Exit {
  ok = 0,
  failed = 1,
  pending = 2,
  check = 3,
  login = 4,
  access = 5,
  blocked = 6,
  usage = 64,
  interrupted = 130
};
Exit exit_of(const Problem& problem);

}  // namespace hansa::api
