#include "service/step/bridging.h"

#include <fmt/format.h>

#include "model/lineage.h"
#include "service/step/derived.h"

namespace hansa::service {
namespace {

void rely_on(const View& view, std::string_view kind, Ulid id, Attempt& out) {
  if (auto noun = view.mesh.noun(kind, id)) out.relies_on.push_back(*std::move(noun));
}

// Its own is written; nobody ends or bridges another version of the port meanwhile.
void rely_on_versions(const View& view, const Port& port, Attempt& out) {
  for (const Port* each : view.mesh.majors(port.domain, port.name))
    if (each->id != port.id) out.relies_on.push_back(deprecation_or_none(view, each->id));
}

}  // namespace

Result<void> check_serves_none(const View& view, const Port& port,
                               const std::function<bool(PortId)>& but) {
  for (const Deprecation* older : bridged_from(view.mesh, port.id)) {
    const auto* served = view.mesh.find<Port>(older->id);
    if (served == nullptr || (but && but(served->id))) continue;
    const std::string ref = view.mesh.ref_of(*served);
    return blocked(
        fmt::format("{} is served from {} by a bridge", ref, view.mesh.ref_of(port)),
        fmt::format("retire or delete {} first, or end that: hansa deprecate bridge {} --none", ref,
                    ref));
  }
  return {};
}

Result<void> check_bridgeable(const View& view, const Port& port, const Port& next) {
  const std::string ref = view.mesh.ref_of(port);
  const std::string next_ref = view.mesh.ref_of(next);
  if (next.product != port.product || next.name != port.name || next.id == port.id)
    return invalid(fmt::format("{} is no other version of {}", next_ref, ref),
                   "a bridge reads another version of the same port");
  for (const Port* each : {&port, &next})
    if (each->kind != PortKind::table)
      return invalid(fmt::format("{} is not a table", view.mesh.ref_of(*each)),
                     "a view is served by its own query: hansa publish PORT --query FILE.sql");
  if (view.mesh.find<Derivation>(port.id) != nullptr)
    return blocked(fmt::format("{} is made by a query, and would be made anew", ref),
                   fmt::format("end that first: hansa publish {} --no-query", ref));
  if (view.mesh.find<Deprecation>(next.id) != nullptr)
    return blocked(fmt::format("{} is deprecated itself", next_ref),
                   "make the bridge over a version that stays");
  for (const Deprecation* above : bridged_from(view.mesh, port.id))
    if (const auto* older = view.mesh.find<Port>(above->id))
      return blocked(
          fmt::format("{} is served from {} by a bridge, and one of those stands on data",
                      view.mesh.ref_of(*older), ref),
          fmt::format("serve {} from {} first: hansa deprecate {} --use {} --bridge SQL",
                      view.mesh.ref_of(*older), next_ref, view.mesh.ref_of(*older), next_ref));
  return {};
}

Result<void> check_bridge_place(const View& view, const Port& port, const Deprecation& after,
                                Time now, Attempt& out) {
  const auto* next = after.use ? view.mesh.find<Port>(*after.use) : nullptr;
  if (next == nullptr)
    return invalid("a bridge reads the version that replaces the old one", "name it: --use PORT@2");
  HANSA_CHECK(check_bridgeable(view, port, *next));
  return check_bridge_holds(view, port, after, now, out);
}

Result<void> check_bridge_holds(const View& view, const Port& port, const Deprecation& after,
                                Time now, Attempt& out) {
  HANSA_CHECK(plan_bridge(view, port, std::make_shared<Deprecation>(after), now));
  const Port* const next = view.mesh.find<Port>(*after.use);
  const auto chain = check_acyclic(view.mesh, port.id, {{.port = next->id}}, sources_now(view));
  if (!chain)
    return blocked(fmt::format("{} cannot be served from {}: {}", view.mesh.ref_of(port),
                               view.mesh.ref_of(*next), chain.error().text),
                   chain.error().next);
  rely_on(view, *chain, out);
  out.relies_on.push_back(
      view.mesh.noun("derivation", port.id.ulid).value_or(share(Derivation{.id = port.id})));
  rely_on_versions(view, port, out);
  for (const Port* each : {&port, next}) {
    rely_on(view, "port", each->id.ulid, out);
    rely_on(view, "contract", each->contract.ulid, out);
  }
  return {};
}

}  // namespace hansa::service
