// Somebody says that it relies on a port. It grants nothing: it is how an owner learns of who
// cannot be seen reading, and what for.
#pragma once

#include <string>

#include "base/time.h"
#include "model/grant.h"
#include "model/ids.h"

namespace hansa {

struct Subscription {
  SubscriptionId id;
  PortId port;         // the version it relies on
  bool pinned = true;  // that version was named; else it was the default one then
  Grantee subscriber;  // a user, service account, team or product
  std::string purpose;
  PrincipalId by;
  Time at;
  friend bool operator==(const Subscription&, const Subscription&) = default;
};

}  // namespace hansa
