// Files that a verb leaves in the folder of whoever called it.
#pragma once

#include <string>
#include <string_view>

#include "door/cli/failure.h"

namespace hansa::cli {

// Also true for a link that leads nowhere.
bool exists(const std::string& path);
// Errors: conflict if it is there already, unless by `force`; those of the file system.
Outcome<void> write_new(const std::string& path, std::string_view text, bool force);

}  // namespace hansa::cli
