#include "service/slo.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/explain.h"
#include "service/step/concerned.h"
#include "service/step/find.h"
#include "service/step/house_context.h"
#include "service/step/promises.h"
#include "service/step/talk.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

// Ports looked at under one lock, so that nobody waits for it long.
constexpr std::size_t kPortsAtOnce = 1'000;

std::string state_words(const Promise& each) {
  if (!each.stand.not_measured.empty()) return "not_measured";
  return std::string(name_of(each.stand.state));
}

std::string says_of(const Promise& each, const std::string& cause) {
  if (!each.stand.not_measured.empty()) return each.stand.not_measured;
  if (each.cause == nullptr) return {};
  return cause.empty() ? "something that it is made of is late"
                       : fmt::format("{}, which it is made of, is late", cause);
}

api::SloView view_of(const Context& context, const View& view, const Port& port) {
  const auto promises = promises_of(view, port, context.now);
  const Slo known = noted(view, port);
  const auto* table = table_behind(view, port);
  api::SloView out{.port = view.mesh.ref_of(port),
                   .state = "not_measured",
                   .owner = policy::owner_words(view.mesh, port.domain)};
  if (table != nullptr && !table->data_at.empty()) out.data_at = table->data_at.back();
  const auto bad = worst(promises);
  for (const Promise& each : promises) {
    if (each.cause != nullptr && may(context, view, Action::know, on(*each.cause)))
      out.cause = view.mesh.ref_of(*each.cause);
    api::ObjectiveView shown{.property = each.objective->property,
                             .element = each.objective->element,
                             .value = each.objective->value,
                             .state = state_words(each),
                             .due = each.stand.due,
                             .says = says_of(each, out.cause)};
    if (each.stand.not_measured.empty() && each.stand.since) shown.since = each.stand.since;
    for (const SloLine& line : known.lines)
      if (line.property == shown.property && line.element == shown.element &&
          line.state == each.stand.state)
        shown.since = line.since;
    if (each.stand.due && (!out.due || *each.stand.due < *out.due)) out.due = each.stand.due;
    if (bad && each.stand.not_measured.empty() && each.stand.state == *bad) out.state = shown.state;
    out.objectives.push_back(std::move(shown));
  }
  return out;
}

bool promises_something(const View& view, const Port& port) {
  const auto* contract = view.mesh.find<Contract>(port.contract);
  return contract != nullptr && !contract->objectives.empty();
}

bool is_late(const Slo& slo) {
  return std::ranges::any_of(slo.lines,
                             [](const SloLine& line) { return line.state == SloState::late; });
}

// Whether its readers know something else than what is.
bool is_untold(const Slo& slo) { return slo.told != is_late(slo); }

// What readers are told of it. What is late because of another port is told with that one.
struct Telling {
  std::string_view type;
  Json facts;
};
std::optional<Telling> telling_of(const View& view, const Port& port, const Slo& slo, Time now) {
  if (!is_untold(slo)) return std::nullopt;
  if (slo.told) return Telling{"slo.recovered", Json::Object{{"at", to_text(now)}}};
  for (const SloLine& line : slo.lines) {
    if (line.state != SloState::late || line.cause) continue;
    Json facts{Json::Object{{"property", line.property}, {"since", to_text(line.since)}}};
    const auto* table = view.mesh.find<Table>(port.id.ulid);
    const auto gap = table != nullptr ? usual_gap(table->data_at) : std::nullopt;
    if (gap && table->data_at.back() + *gap > now)
      facts.set("expected", to_text(table->data_at.back() + *gap));
    for (const Incident* incident : view.mesh.open_incidents_of(port.id))
      if (incident->expected) facts.set("expected", to_text(*incident->expected));
    return Telling{"slo.breached", std::move(facts)};
  }
  return std::nullopt;
}

// Those whose state is not what was noted, from this key of the order on; `from` is the next one,
// or empty at the end.
std::vector<PortId> changed_from(const View& view, Time now, std::string& from,
                                 std::size_t& promising) {
  std::vector<PortId> out;
  const Order& order = view.mesh.ports_in_order();
  auto at = order.lower_bound(from);
  from.clear();
  for (std::size_t looked = 0; at != order.end(); ++at) {
    if (looked++ == kPortsAtOnce) {
      from = at->key;
      break;
    }
    const auto* port = view.mesh.find<Port>(at->id);
    if (port == nullptr) continue;
    promising += promises_something(view, *port);
    const Slo next = measured(view, *port, view.mesh.find<Table>(at->id), now);
    if (next != noted(view, *port) || is_untold(next)) out.push_back(port->id);
  }
  return out;
}

Result<bool> note(Live& live, World& world, PortId id, Time now) {
  Trail trail;
  const Context context = house_context(now, "measuring", trail);
  bool changed = false;
  HANSA_TRY(const auto reads, reads_with(world.store, live, id, true, now));
  HANSA_CHECK(observe(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    Attempt out;
    const auto* port = view.mesh.find<Port>(id);
    if (port == nullptr) return out;
    Slo next = measured(view, *port, view.mesh.find<Table>(id.ulid), now);
    if (const auto telling = telling_of(view, *port, next, now))
      out.messages = messages_to_readers(context, view, reads, telling->type, telling->facts);
    next.told = is_late(next);
    auto one = slo_change(context, view, *port, std::move(next));
    changed = one.has_value();
    if (!one) return out;
    out.changes.push_back(*std::move(one));
    // Neither is deleted, nor does data come meanwhile.
    for (const std::string_view kind : {"port", "table"})
      if (auto noun = view.mesh.noun(kind, id.ulid)) out.relies_on.push_back(*std::move(noun));
    return out;
  }));
  return changed;
}

}  // namespace

Result<api::PageOf<api::SloView>> list_slo(const Context& context, const Live& live,
                                           const api::ListSlo& ask) {
  HANSA_CHECK(check_state(ask.state, {"kept", "at_risk", "late", "recovered", "not_measured"}));
  return live.read([&](const View& view) {
    api::PageOf<api::SloView> out;
    std::string last;
    const Order& order = view.mesh.ports_in_order();
    const std::string prefix = ask.domain.empty() ? "" : ask.domain + "/";
    for (auto at = order.lower_bound(std::max(prefix, ask.paging.after)); at != order.end(); ++at) {
      if (!at->key.starts_with(prefix)) break;
      if (at->key <= ask.paging.after) continue;
      const auto* port = view.mesh.find<Port>(at->id);
      if (port == nullptr || !promises_something(view, *port) ||
          !may(context, view, Action::know, on(*port)))
        continue;
      api::SloView shown = view_of(context, view, *port);
      if (!ask.state.empty() && shown.state != ask.state) continue;
      if (out.items.size() == ask.paging.limit) {
        out.next = last;
        break;
      }
      last = at->key;
      out.items.push_back(std::move(shown));
    }
    return Result<api::PageOf<api::SloView>>(std::move(out));
  });
}

Result<api::SloView> get_slo(const Context& context, const Live& live, const api::GetPort& ask) {
  return live.read([&](const View& view) -> Result<api::SloView> {
    HANSA_TRY(const Port* port,
              find_port(context, view, fmt::format("{}/{}", ask.domain, ask.port)));
    if (promises_something(view, *port)) return view_of(context, view, *port);
    return not_found(fmt::format("the contract of {} promises no service", view.mesh.ref_of(*port)),
                     "slaProperties of its contract say what does: latency, frequency, ...");
  });
}

Result<Measured> measure_all(Live& live, World& world, Clock& clock) {
  Measured out;
  const Time now = clock.now();
  std::string from;
  do {
    const auto changed =
        live.read([&](const View& view) { return changed_from(view, now, from, out.promising); });
    for (const PortId id : changed) {
      HANSA_TRY(const bool written, note(live, world, id, now));
      out.changed += written ? 1 : 0;
    }
  } while (!from.empty());
  return out;
}

}  // namespace hansa::service
