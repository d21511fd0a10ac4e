#include "service/usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "service/step/find.h"
#include "service/step/present.h"
#include "service/step/subscribers.h"
#include "service/step/use.h"

namespace hansa::service {
namespace {

constexpr Micros kDay = std::chrono::hours(24);
constexpr int kConsumerDays = 90;
constexpr int kUsageDays = 30;
constexpr std::int64_t kHoursOfDay = 24;

struct Asked {
  PortId id;
  std::string ref;
};

// The version that is named, or all that the caller may know of.
Result<std::vector<Asked>> ports_of(const Context& context, const View& view,
                                    const std::string& text) {
  HANSA_TRY(const Port* port, find_port(context, view, text));
  if (text.contains('@')) return std::vector{Asked{port->id, view.mesh.ref_of(*port)}};
  std::vector<Asked> out;
  for (const Port* each : view.mesh.majors(port->domain, port->name))
    if (may(context, view, Action::know, on(*each)))
      out.push_back({each->id, view.mesh.ref_of(*each)});
  return out;
}

bool may_see(const Context& context, const View& view, const Port& port) {
  return may(context, view, Action::manage, on(port)) ||
         may(context, view, Action::administer, on_organisation());
}

Result<std::vector<Asked>> ports_for_owner(const Context& context, const View& view,
                                           const std::string& text) {
  HANSA_TRY(const std::vector<Asked> ports, ports_of(context, view, text));
  for (const Asked& each : ports) {
    const auto* port = view.mesh.find<Port>(each.id);
    if (may_see(context, view, *port)) continue;
    return denied(fmt::format("who reads {} is for the team that owns it", text),
                  fmt::format("your own reads: hansa get consumers {} --mine", text));
  }
  return ports;
}

std::string_view kind_of(const Principal* principal) {
  if (principal == nullptr) return "unknown";
  return principal->kind == PrincipalKind::service_account ? "service_account" : "user";
}

// What is made of a port may be hidden from those who own it.
std::string makes_of(const Context& context, const View& view, PortId made) {
  const auto* port = made ? view.mesh.find<Port>(made) : nullptr;
  return port != nullptr && may(context, view, Action::know, on(*port)) ? view.mesh.ref_of(*port)
                                                                        : "";
}

// Its place in the list, which does not move with the counts.
struct Consumer {
  std::string key;
  api::ConsumerView shown;
};

Consumer consumer_of(const Context& context, const View& view, const std::string& ref,
                     const UseBy& use) {
  const auto* principal = view.mesh.find<Principal>(use.who);
  Consumer out{{},
               {.who = principal ? principal->name : "unknown",
                .kind = std::string(kind_of(principal)),
                .teams = {},
                .port = ref,
                .makes = makes_of(context, view, use.makes),
                .declared = false,
                .columns = use.columns,
                .reads = use.reads,
                .first = use.first,
                .last = use.last,
                .client = use.client}};
  if (const auto* subject = view.rights.subject(use.who))
    for (const Ulid& id : subject->teams)
      if (const auto* team = view.mesh.find<Team>(id)) out.shown.teams.push_back(team->name);
  out.key = fmt::format("{} {} {} {}", ref, out.shown.who, to_text(use.who), to_text(use.makes));
  return out;
}

// Whether what was said by a subscription is what was seen.
bool is_by(const View& view, const Grantee& subscriber, const UseBy& use) {
  if (subscriber.kind == GranteeKind::team) {
    const auto* subject = view.rights.subject(use.who);
    return subject != nullptr && subject->in_team(TeamId{subscriber.id});
  }
  if (subscriber.kind != GranteeKind::product) return subscriber.id == use.who.ulid;
  const auto* made = use.makes ? view.mesh.find<Port>(use.makes) : nullptr;
  return made != nullptr && made->product.ulid == subscriber.id;
}

std::string kind_of(const Grantee& subscriber) {
  if (subscriber.kind == GranteeKind::team) return "team";
  if (subscriber.kind == GranteeKind::product) return "product";
  return subscriber.kind == GranteeKind::service_account ? "service_account" : "user";
}

std::string name_of(const View& view, const Grantee& subscriber) {
  if (const auto* team = view.mesh.find<Team>(subscriber.id)) return team->name;
  if (const auto* product = view.mesh.find<Product>(subscriber.id))
    return view.mesh.ref_of(*product);
  return name_of_principal(view, PrincipalId{subscriber.id});
}

// Those who are seen, whether they said so, and those who said so and are not seen.
void add_consumers(const Context& context, const View& view, const Asked& port,
                   const std::vector<UseBy>& uses, bool mine, std::vector<Consumer>& out) {
  const auto subscriptions = subscriptions_to(view, port.id);
  for (const UseBy& use : uses) {
    if (mine && use.who != context.who.id) continue;
    out.push_back(consumer_of(context, view, port.ref, use));
    out.back().shown.declared = std::ranges::any_of(subscriptions, [&](const Subscription* each) {
      return is_by(view, each->subscriber, use);
    });
  }
  for (const Subscription* each : subscriptions) {
    if (mine && !speaks_for(context, view, each->subscriber)) continue;
    if (std::ranges::any_of(uses,
                            [&](const UseBy& use) { return is_by(view, each->subscriber, use); }))
      continue;
    const std::string name = name_of(view, each->subscriber);
    out.push_back({fmt::format("{} {} {}", port.ref, name, to_text(each->id)),
                   {.who = name,
                    .kind = kind_of(each->subscriber),
                    .teams = {},
                    .port = port.ref,
                    .makes = {},
                    .declared = true}});
  }
}

struct Bucket {
  std::uint64_t reads = 0;
  std::set<PrincipalId> readers;
};

}  // namespace

Result<api::PageOf<api::ConsumerView>> list_consumers(const Context& context, Live& live,
                                                      World& world, const api::ListConsumers& ask) {
  const std::string name = fmt::format("{}/{}", ask.domain, ask.port);
  HANSA_TRY(const std::vector<Asked> ports, live.read([&](const View& view) {
    return ask.mine ? ports_of(context, view, name) : ports_for_owner(context, view, name);
  }));
  const Time since = ask.since.value_or(context.now - kConsumerDays * kDay);
  std::vector<std::vector<UseBy>> uses;
  for (const Asked& port : ports) {
    HANSA_TRY(auto readers, readers_of(world.store, port.id, since));
    uses.push_back(std::move(readers));
  }
  std::vector<Consumer> all;
  live.read([&](const View& view) {
    for (std::size_t i = 0; i < ports.size(); ++i)
      add_consumers(context, view, ports[i], uses[i], ask.mine, all);
    return 0;
  });
  std::ranges::sort(all, {}, &Consumer::key);
  std::vector<const Consumer*> items;
  for (const Consumer& each : all) items.push_back(&each);
  return page_of<api::ConsumerView>(
      items, ask.paging, [](const Consumer& each) { return each.key; },
      [](const Consumer& each) { return each.shown; });
}

Result<api::PageOf<api::UsageView>> get_usage(const Context& context, Live& live, World& world,
                                              const api::GetUsage& ask) {
  const std::string name = fmt::format("{}/{}", ask.domain, ask.port);
  HANSA_TRY(const std::vector<Asked> ports,
            live.read([&](const View& view) { return ports_for_owner(context, view, name); }));
  const Time since = ask.since.value_or(context.now - kUsageDays * kDay);
  const std::int64_t hours = ask.hourly ? 1 : kHoursOfDay;
  std::map<std::pair<std::int64_t, std::string>, Bucket> buckets;
  for (const Asked& port : ports)
    HANSA_CHECK(world.store.uses({.port = port.id, .who = {}, .hour_min = store::hour_of(since)},
                                 [&](const store::UseKey& key, const store::UseCount& count) {
                                   Bucket& bucket = buckets[{key.hour / hours * hours, port.ref}];
                                   bucket.reads += count.reads;
                                   bucket.readers.insert(key.who);
                                 }));
  using Span = decltype(buckets)::value_type;
  std::vector<const Span*> items;
  for (const Span& each : buckets) items.push_back(&each);
  return page_of<api::UsageView>(
      items, ask.paging,
      [](const Span& each) {
        return fmt::format("{:010} {}", each.first.first, each.first.second);
      },
      [](const Span& each) {
        return api::UsageView{.at = store::start_of_hour(each.first.first),
                              .port = each.first.second,
                              .reads = each.second.reads,
                              .readers = each.second.readers.size()};
      });
}

}  // namespace hansa::service
