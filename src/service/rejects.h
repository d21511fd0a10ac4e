// What was refused of the text files of a publish.
#pragma once

#include "api/publish.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// For whoever may publish there: the values are their own data. Errors: as find_target; not_found:
// nothing was converted under this id, or it is too long ago.
Result<api::RejectList> list_rejects(const Context& context, const Live& live, World& world,
                                     const api::ListRejects& ask);

}  // namespace hansa::service
