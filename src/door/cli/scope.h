// The options that say what of a port is asked for or given.
#pragma once

#include <vector>

#include "door/cli/failure.h"
#include "door/cli/verb.h"
#include "model/scope.h"

namespace hansa::cli {

std::vector<Option> scope_options();
// Errors: usage, naming the option.
Outcome<Scope> scope_of(const Words& words);

}  // namespace hansa::cli
