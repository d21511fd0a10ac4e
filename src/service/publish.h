// Data into a port: staged first, visible in one commit, entirely or not at all.
#pragma once

#include "api/publish.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/tables.h"
#include "world/world.h"

namespace hansa::service {

// Checks what was staged against the contract (footers are read in a worker) and commits a new
// snapshot. Errors: check_failed: nothing was published; with `quarantine` it is kept aside.
Result<api::Published> publish_files(const Context& context, Live& live, World& world,
                                     Tables& tables, const api::Publish& ask);

}  // namespace hansa::service
