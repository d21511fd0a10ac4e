// What is asked for, out of words.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {

// Of "DOMAIN/PORT" or what else `form` says.
Outcome<std::pair<std::string, std::string>> two_parts(const std::string& name,
                                                       std::string_view form);
// The moment of --since; "30d" is as long ago.
Outcome<std::optional<Time>> since_of(Session& session, const Words& words);

}  // namespace hansa::cli
