// The columns that a query gives, as a contract has them.
#pragma once

#include "door/cli/session.h"
#include "model/schema.h"

namespace hansa::cli {

// As a run of the query would write them, so that what is drafted from it fits. Reads no row: the
// caller need not have access to the query's ports, only know them.
Outcome<Schema> columns_of(Session& session, const std::string& sql);

}  // namespace hansa::cli
