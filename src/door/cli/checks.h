// What became of a contract's checks, in the forms of `hansa test`.
#pragma once

#include <vector>

#include "api/checks.h"
#include "door/cli/session.h"

namespace hansa::cli {

// One line a check, and a sentence a report.
Done print_checks(Session& session, const std::vector<api::CheckReport>& reports);

}  // namespace hansa::cli
