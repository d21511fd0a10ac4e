// The checks of a contract on demand, and what became of them before.
#pragma once

#include "api/checks.h"
#include "service/authority/running.h"
#include "service/step/opening.h"

namespace hansa::service {

// For whoever may read the whole port; recorded as reads of kind check. Errors: as open_query;
// denied: the caller may see a part only, and the contract is about all of it.
Result<api::CheckReport> run_checks(const Context& context, const Shelves& from, Running& running,
                                    const api::RunChecks& ask);
// The same people. Errors: as find_port; denied.
Result<api::CheckRuns> list_checks(const Context& context, const Live& live,
                                   const api::ListChecks& ask);

}  // namespace hansa::service
