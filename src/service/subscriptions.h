// Who says that it relies on a port.
#pragma once

#include "api/subscription.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// For whoever may read the port: for oneself, or for a team, product or service account of one's
// own. The same again changes the purpose only. Errors: denied; not_found; invalid.
Result<api::SubscriptionView> subscribe(const Context& context, Live& live, World& world,
                                        const api::Subscribe& ask);
// For whoever may make it. Errors: not_found, for what the caller may not know too; denied.
Result<api::Nothing> unsubscribe(const Context& context, Live& live, World& world,
                                 const api::Unsubscribe& ask);
Result<api::PageOf<api::SubscriptionView>> list_subscriptions(const Context& context,
                                                              const Live& live,
                                                              const api::ListSubscriptions& ask);

}  // namespace hansa::service
