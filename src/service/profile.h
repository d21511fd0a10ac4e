// A look at a port's columns, under the caller's rights. It is a read like any other, of the kind
// preview.
#pragma once

#include "api/profile.h"
#include "service/authority/context.h"
#include "service/authority/running.h"
#include "service/step/open_query.h"

namespace hansa::service {

// Errors: as open_query; not_found: no such port, for the caller; invalid: a column that is not
// there, or more than query::profile_columns_max.
Result<api::Profile> get_profile(const Context& context, const Shelves& from, Running& running,
                                 const api::GetProfile& ask);

}  // namespace hansa::service
