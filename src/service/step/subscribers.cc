#include "service/step/subscribers.h"

#include <algorithm>

#include "model/keys.h"
#include "service/step/owners.h"

namespace hansa::service {

bool may_subscribe(GranteeKind kind) {
  return kind == GranteeKind::user || kind == GranteeKind::service_account ||
         kind == GranteeKind::team || kind == GranteeKind::product;
}

bool speaks_for(const Context& context, const View& view, const Grantee& subscriber) {
  if (subscriber.id == context.who.id.ulid) return true;
  const TeamId team = team_of(view, subscriber);
  const auto* subject = view.rights.subject(context.who.id);
  return team && subject != nullptr && subject->in_team(team);
}

bool knows(const Context& context, const View& view, const Subscription& subscription) {
  if (speaks_for(context, view, subscription.subscriber)) return true;
  const auto* port = view.mesh.find<Port>(subscription.port);
  return port != nullptr && (may(context, view, Action::manage, on(*port)) ||
                             may(context, view, Action::administer, on_organisation()));
}

std::vector<const Subscription*> subscriptions_to(const View& view, PortId port) {
  std::vector<const Subscription*> out;
  for (const auto& [id, entry] : view.mesh.all<Subscription>())
    if (entry.noun->port == port) out.push_back(entry.noun.get());
  std::ranges::sort(out, {}, &Subscription::id);
  return out;
}

const Subscription* subscription_of(const View& view, PortId port, const Grantee& subscriber) {
  return view.mesh.named<Subscription>(claim::subscription(port, subscriber));
}

}  // namespace hansa::service
