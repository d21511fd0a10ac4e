// Words about versions that several verbs take.
#pragma once

#include <string>
#include <vector>

#include "api/deprecation.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {

// The operand PORT, cut in two: the server says what is wrong with it.
struct Named {
  std::string domain;
  std::string port;
};
Named named(const Words& words);

// --map OLD=NEW,OLD=NEW. Errors: wrong usage.
Outcome<std::vector<api::RenamedView>> renamed(const Words& words);

}  // namespace hansa::cli
