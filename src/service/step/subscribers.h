// Who says that it relies on a port, and who may speak for whom.
#pragma once

#include <vector>

#include "model/subscription.h"
#include "service/authority/authorize.h"

namespace hansa::service {

// Users, service accounts, teams and products.
bool may_subscribe(GranteeKind kind);
// Whether the caller is it, or is of the team that it is, belongs to or answers to.
bool speaks_for(const Context& context, const View& view, const Grantee& subscriber);
// Its own subscribers and the owners of the port know of it.
bool knows(const Context& context, const View& view, const Subscription& subscription);

// Of one version of a port, by id.
std::vector<const Subscription*> subscriptions_to(const View& view, PortId port);
// The one there is, or nullptr.
const Subscription* subscription_of(const View& view, PortId port, const Grantee& subscriber);

}  // namespace hansa::service
