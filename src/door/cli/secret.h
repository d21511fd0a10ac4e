// Secrets come from the terminal without echo, or from a pipe: never from the arguments, which
// every process of the machine can see.
#pragma once

#include <string>
#include <string_view>

#include "door/cli/session.h"

namespace hansa::cli {

// `what` is asked for: "token", "password of ada". Errors: exit code 64 if there is nobody to ask.
Outcome<std::string> read_secret(Session& session, std::string_view what);

}  // namespace hansa::cli
