// Who reads a port, for those who own it.
#pragma once

#include "api/use.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// For the team that owns the port and administrators; of oneself for whoever may know of the port.
// Errors: denied otherwise; not_found.
Result<api::PageOf<api::ConsumerView>> list_consumers(const Context& context, Live& live,
                                                      World& world, const api::ListConsumers& ask);

// Errors: as list_consumers; exhausted past limits::page_items_max items.
Result<api::PageOf<api::UsageView>> get_usage(const Context& context, Live& live, World& world,
                                              const api::GetUsage& ask);

}  // namespace hansa::service
