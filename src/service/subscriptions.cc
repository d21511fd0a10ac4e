#include "service/subscriptions.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policy/explain.h"
#include "service/authority/commit.h"
#include "service/step/find.h"
#include "service/step/present.h"
#include "service/step/subscribers.h"

namespace hansa::service {
namespace {

api::SubscriptionView view_of(const View& view, const Subscription& subscription) {
  const auto* port = view.mesh.find<Port>(subscription.port);
  return {.id = to_text(subscription.id),
          .port = port ? view.mesh.ref_of(*port) : "?",
          .pinned = subscription.pinned,
          .subscriber = policy::name_of(view.mesh, subscription.subscriber),
          .purpose = subscription.purpose,
          .by = name_of_principal(view, subscription.by),
          .at = subscription.at};
}

Result<Grantee> subscriber_of(const Context& context, const View& view, const std::string& text) {
  const auto* self = view.mesh.find<Principal>(context.who.id);
  if (self == nullptr) return unknown("principal", "?");
  HANSA_TRY(const Grantee subscriber,
            find_grantee(context, view, text.empty() ? self->name : text));
  if (!may_subscribe(subscriber.kind))
    return invalid(fmt::format("{} cannot subscribe", policy::name_of(view.mesh, subscriber)),
                   "a user, service account, team or product can");
  if (!speaks_for(context, view, subscriber))
    return denied(fmt::format("you cannot speak for {}", policy::name_of(view.mesh, subscriber)),
                  "subscribe as yourself, or let one of its team do it");
  return subscriber;
}

// Neither is deleted meanwhile.
std::vector<Noun> stands_on(const View& view, const Subscription& subscription) {
  std::vector<Noun> out;
  const auto add = [&](std::string_view kind, Ulid id) {
    if (auto noun = view.mesh.noun(kind, id)) out.push_back(*std::move(noun));
  };
  add("port", subscription.port.ulid);
  if (subscription.subscriber.kind == GranteeKind::product)
    add("product", subscription.subscriber.id);
  return out;
}

// Whoever retires the version meanwhile looks again.
void tell_retirement(const Context& context, const View& view, const Port& port, Attempt& out) {
  const auto* found = view.mesh.find<Deprecation>(port.id);
  if (found == nullptr) {
    out.relies_on.push_back(share(Deprecation{.id = port.id, .by = {}, .why = {}, .renamed = {}}));
    return;
  }
  Deprecation noticed = *found;
  ++noticed.joined;
  out.changes.push_back(change(context, share(std::move(noticed)), "version.needed",
                               Json::Object{{"port", view.mesh.ref_of(port)}}));
}

Json details_of(const View& view, const Subscription& subscription) {
  const api::SubscriptionView shown = view_of(view, subscription);
  return Json::Object{
      {"port", shown.port}, {"subscriber", shown.subscriber}, {"pinned", shown.pinned}};
}

}  // namespace

Result<api::SubscriptionView> subscribe(const Context& context, Live& live, World& world,
                                        const api::Subscribe& ask) {
  HANSA_CHECK(check_text("purpose", ask.purpose));
  auto id = new_id<SubscriptionId>(context.now);
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const PortRef ref, parse_port_ref(ask.port));
    HANSA_TRY(const Port* port, find_port(context, view, ref));
    HANSA_TRY(Permit permit,
              authorize(context, view, Action::read, on(*port), view.mesh.ref_of(*port)));
    HANSA_TRY(const Grantee subscriber, subscriber_of(context, view, ask.as));
    Subscription wanted{.id = id,
                        .port = port->id,
                        .pinned = ref.major.has_value(),
                        .subscriber = subscriber,
                        .purpose = trim(ask.purpose),
                        .by = context.who.id,
                        .at = context.now};
    const auto* known = subscription_of(view, port->id, subscriber);
    if (known != nullptr) {
      id = wanted.id = known->id;
      wanted.by = known->by;
      wanted.at = known->at;
      if (wanted == *known) return Attempt{};
    }
    const Json details = details_of(view, wanted);
    auto relies_on = stands_on(view, wanted);
    Attempt out =
        attempt(std::move(permit),
                change(context, share(std::move(wanted)),
                       known != nullptr ? "subscription.changed" : "subscription.made", details));
    out.relies_on = std::move(relies_on);
    tell_retirement(context, view, *port, out);
    return out;
  }));
  return live.read([&](const View& view) -> Result<api::SubscriptionView> {
    const auto* made = view.mesh.find<Subscription>(id);  // It may have ended since.
    if (made == nullptr) return unknown("subscription", to_text(id));
    return view_of(view, *made);
  });
}

Result<api::Nothing> unsubscribe(const Context& context, Live& live, World& world,
                                 const api::Unsubscribe& ask) {
  const auto id = parse_ulid(ask.id);
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    const auto* known = id ? view.mesh.find<Subscription>(*id) : nullptr;
    if (known == nullptr || !knows(context, view, *known)) return unknown("subscription", ask.id);
    if (!speaks_for(context, view, known->subscriber))
      return denied("only whom it is for ends it",
                    fmt::format("ask {}", policy::name_of(view.mesh, known->subscriber)));
    HANSA_TRY(Permit permit, authorize(context, view, Action::know,
                                       {ResourceKind::principal, context.who.id.ulid}, "yourself"));
    return attempt(std::move(permit), removal(context, *view.mesh.noun("subscription", *id),
                                              "subscription.ended", details_of(view, *known)));
  }));
  return api::Nothing{};
}

Result<api::PageOf<api::SubscriptionView>> list_subscriptions(const Context& context,
                                                              const Live& live,
                                                              const api::ListSubscriptions& ask) {
  return live.read([&](const View& view) -> Result<api::PageOf<api::SubscriptionView>> {
    const Port* only = nullptr;
    if (!ask.port.empty()) {
      HANSA_TRY(only, find_port(context, view, ask.port));
    }
    const auto is_wanted = [&](const Subscription& each) {
      const auto* port = view.mesh.find<Port>(each.port);
      if (only == nullptr || port == nullptr) return only == nullptr;
      if (ask.port.contains('@')) return port == only;
      return port->domain == only->domain && port->name == only->name;
    };
    std::vector<const Subscription*> found;
    for (const auto& [id, entry] : view.mesh.all<Subscription>())
      if (is_wanted(*entry.noun) && knows(context, view, *entry.noun))
        found.push_back(entry.noun.get());
    std::ranges::sort(found, {}, &Subscription::id);
    return page_of<api::SubscriptionView>(
        found, ask.paging, [](const Subscription& each) { return to_text(each.id); },
        [&](const Subscription& each) { return view_of(view, each); });
  });
}

}  // namespace hansa::service
