#include "service/derivations.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/step/find.h"
#include "service/step/present.h"
#include "service/step/present_derived.h"

namespace hansa::service {

Result<api::DerivationView> get_derivation(const Context& context, const Live& live,
                                           const api::GetPort& ask) {
  return live.read([&](const View& view) -> Result<api::DerivationView> {
    const std::string ref = fmt::format("{}/{}", ask.domain, ask.port);
    HANSA_TRY(const Port* port, find_port(context, view, ref));
    const auto* derivation = view.mesh.find<Derivation>(port->id);
    if (derivation == nullptr)
      return not_found(fmt::format("{} is not made by a query", ref),
                       fmt::format("set one: hansa publish {} --query FILE.sql", ref));
    return derivation_view(context, view, *derivation);
  });
}

Result<api::PageOf<api::DerivationView>> list_derivations(const Context& context, const Live& live,
                                                          const api::List& ask) {
  return live.read([&](const View& view) -> Result<api::PageOf<api::DerivationView>> {
    std::optional<DomainId> only;
    if (!ask.domain.empty()) {
      HANSA_TRY(const Domain* domain, find_domain(context, view, ask.domain));
      only = domain->id;
    }
    std::vector<std::pair<std::string, const Derivation*>> known;
    for (const auto& [id, entry] : view.mesh.all<Derivation>()) {
      const auto* port = view.mesh.find<Port>(entry.noun->id);
      if (port == nullptr || (only && port->domain != *only)) continue;
      if (may(context, view, Action::know, on(*port)))
        known.emplace_back(view.mesh.ref_of(*port), entry.noun.get());
    }
    std::ranges::sort(known);
    std::vector<const std::pair<std::string, const Derivation*>*> items;
    for (const auto& each : known) items.push_back(&each);
    return page_of<api::DerivationView>(
        items, ask.paging, [](const auto& each) { return each.first; },
        [&](const auto& each) { return derivation_view(context, view, *each.second); });
  });
}

}  // namespace hansa::service
