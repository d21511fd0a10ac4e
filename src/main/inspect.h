// Footers of files on this machine, read in a sealed worker, for `hansa init`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "door/cli/cli.h"
#include "model/dialect.h"

namespace hansa {

// One footer a path, in their order. Errors: corrupt, naming the file; as Engine::lease.
Result<std::vector<cli::Footer>> inspect_files(const std::vector<std::string>& paths,
                                               const std::optional<Dialect>& text);

}  // namespace hansa
