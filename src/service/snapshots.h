// The states a port has had, and the way back to one.
#pragma once

#include "api/publish.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/tables.h"
#include "world/world.h"

namespace hansa::service {

Result<api::Snapshots> list_snapshots(const Context& context, const Live& live, World& world,
                                      Tables& tables, const api::ListSnapshots& ask);
Result<api::Published> rollback_port(const Context& context, Live& live, World& world,
                                     Tables& tables, const api::Rollback& ask);

}  // namespace hansa::service
