#include "service/step/concerned.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policy/explain.h"
#include "service/step/migration.h"
#include "service/step/outbox.h"
#include "service/step/owners.h"
#include "service/step/promises.h"
#include "service/step/subscribers.h"

namespace hansa::service {
namespace {

// What is read for a product is read by it. Nothing: it is gone.
std::optional<Grantee> reader_of(const View& view, const UseBy& use) {
  const auto* who = view.mesh.find<Principal>(use.who);
  const bool there = use.makes != PortId{} ? view.mesh.find<Port>(use.makes) != nullptr
                                           : who != nullptr && !who->disabled;
  return there ? std::optional(consumer_of(view, use.who, use.makes)) : std::nullopt;
}

// A team or product knows what it reads; of a principal the policy is asked.
bool may_know(const Context& context, const View& view, const Grantee& who, const Port& port,
              const std::set<PortId>& reads) {
  if (who.kind != GranteeKind::user && who.kind != GranteeKind::service_account)
    return reads.contains(port.id);
  return policy::judge(view.rights, view.mesh,
                       {PrincipalId{who.id}, Action::know, on(port), context.now}, view.seq)
      .allowed;
}

// Those of `ports` that somebody may know of, in words.
std::string known_ports(const Context& context, const View& view, const Grantee& who,
                        const std::vector<PortReads>& ports, const std::set<PortId>& reads,
                        PortId but) {
  std::vector<std::string> out;
  for (const PortReads& each : ports) {
    const auto* port = view.mesh.find<Port>(each.port);
    if (port != nullptr && port->id != but && may_know(context, view, who, *port, reads))
      out.push_back(view.mesh.ref_of(*port));
  }
  return join(out, ", ");
}

Json facts_for(const View& view, const Port& port, const Json& facts, std::string affected) {
  Json out{Json::Object{{"port", view.mesh.ref_of(port)},
                        {"owner", policy::owner_words(view.mesh, port.domain)}}};
  for (const auto& [name, value] : *facts.as_object()) out.set(name, value);
  if (!affected.empty()) out.set("affected", std::move(affected));
  return out;
}

}  // namespace

Result<std::vector<PortReads>> reads_with(store::Store& store, const Live& live, PortId port,
                                          bool with_made, Time now) {
  auto out = live.read([&](const View& view) {
    std::vector<PortReads> ports{{port, {}}};
    const auto* found = view.mesh.find<Port>(port);
    if (found != nullptr && with_made)
      for (const Port* made : made_from(view, *found)) ports.push_back({made->id, {}});
    return ports;
  });
  for (PortReads& each : out) {
    HANSA_TRY(each.reads, readers_of(store, each.port, now - readers_look_back));
  }
  return out;
}

std::map<Grantee, std::set<PortId>> concerned_by(const View& view,
                                                 const std::vector<PortReads>& reads) {
  std::map<Grantee, std::set<PortId>> out;
  const auto* first = reads.empty() ? nullptr : view.mesh.find<Port>(reads.front().port);
  if (first == nullptr) return out;
  const TeamId team = team_of(view, first->domain);
  const auto add = [&](const Grantee& who, PortId port) {
    if (!is_own(view, team, who)) out[who].insert(port);
  };
  for (const PortReads& each : reads) {
    for (const UseBy& use : each.reads)
      if (const auto who = reader_of(view, use)) add(*who, each.port);
    for (const Subscription* subscription : subscriptions_to(view, each.port))
      add(subscription->subscriber, each.port);
  }
  return out;
}

std::vector<store::Message> messages_to_readers(const Context& context, const View& view,
                                                const std::vector<PortReads>& reads,
                                                std::string_view type, const Json& facts) {
  std::vector<store::Message> out;
  const auto* port = reads.empty() ? nullptr : view.mesh.find<Port>(reads.front().port);
  if (port == nullptr) return out;
  out.push_back(message_to(context, {GranteeKind::team, team_of(view, port->domain).ulid},
                           port->product.ulid, type, facts_for(view, *port, facts, {})));
  for (const auto& [who, read] : concerned_by(view, reads)) {
    if (out.size() > readers_told_max) break;
    if (may_know(context, view, who, *port, read)) {
      out.push_back(message_to(
          context, who, port->product.ulid, type,
          facts_for(view, *port, facts, known_ports(context, view, who, reads, read, port->id))));
      continue;
    }
    const auto* own = view.mesh.find<Port>(*read.begin());
    if (own == nullptr) continue;
    Json veiled{Json::Object{{"because", "something that it is made of is late or wrong"}}};
    out.push_back(message_to(
        context, who, own->product.ulid, type,
        facts_for(view, *own, veiled, known_ports(context, view, who, reads, read, own->id))));
  }
  return out;
}

}  // namespace hansa::service
