// A sealed worker tries, itself, everything that the sandbox must refuse. A worker that could do
// one of these things serves nobody.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/sandbox.h"

namespace hansa::worker {

// The names of what was possible although it must not be; empty: sealed. `tried` counts the
// attempts.
std::vector<std::string> possible(const Sandbox& sandbox, std::uint32_t& tried);

// How many denials were proved, or why this worker must not serve. Errors: unavailable, naming
// each.
Result<std::uint32_t> prove(const Sandbox& sandbox, const Sealed& sealed);

}  // namespace hansa::worker
