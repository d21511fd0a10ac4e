// What happened: changes, decisions, reads.
#pragma once

#include "api/access.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// All of it for an administrator; of a port for those who own it; of oneself for anybody. Errors:
// denied otherwise.
Result<api::PageOf<api::AuditLine>> list_audit(const Context& context, Live& live, World& world,
                                               const api::ListAudit& ask);

}  // namespace hansa::service
