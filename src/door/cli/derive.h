// publish --query: a port that is made of other ports.
#pragma once

#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {

// The text of a query: of a file, or of standard input for "-".
Outcome<std::string> query_of(Session& session, const std::string& path);
// Whether these words are about the query of a port, not about files.
bool is_derivation(const Words& words);
Done derive(Session& session, const Words& words);
std::vector<Option> derive_options();

}  // namespace hansa::cli
