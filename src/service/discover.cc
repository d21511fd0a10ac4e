#include "service/discover.h"

#include <fmt/format.h>

#include "service/step/find.h"
#include "service/step/present.h"

namespace hansa::service {
namespace {

// One page of an ordered index, of what the caller may know. The cursor is the index's own key, so
// a page costs what it shows and what it must skip, not what there is.
template <class T, class Shown, class Make>
Result<api::PageOf<Shown>> page(const Context& context, const View& view, const Order& ordered,
                                const api::List& ask, Make make) {
  const auto sight = sight_of(context, view);
  std::string prefix;
  if (!ask.domain.empty()) {
    HANSA_TRY(const Domain* domain, find_domain(context, view, ask.domain));
    prefix = domain->name + "/";
  }
  api::PageOf<Shown> out;
  std::string last;
  auto at = ask.paging.after < prefix ? ordered.lower_bound(prefix)
                                      : ordered.upper_bound(ask.paging.after);
  for (; at != ordered.end() && at->key.starts_with(prefix); ++at) {
    const bool known = std::same_as<T, Port> ? sight.port(at->slot) : sight.product(at->slot);
    if (!known) continue;
    if (out.items.size() == ask.paging.limit) {
      out.next = std::move(last);
      return out;
    }
    out.items.push_back(make(*view.mesh.find<T>(at->id)));
    last = at->key;
  }
  return out;
}

template <class T, class Shown, class Make>
Result<api::PageOf<Shown>> page_by_name(const Context& context, const Live& live,
                                        const api::ListAll& ask, Make make) {
  return live.read([&](const View& view) -> Result<api::PageOf<Shown>> {
    const auto known = known_by_name<T>(context, view);
    return page_of<Shown>(
        known, ask.paging, [](const T& noun) { return noun.name; },
        [&](const T& noun) { return make(view, noun); });
  });
}

}  // namespace

Result<api::PageOf<api::ProductView>> list_products(const Context& context, const Live& live,
                                                    const api::List& ask) {
  return live.read([&](const View& view) {
    return page<Product, api::ProductView>(
        context, view, view.mesh.products_in_order(), ask,
        [&](const Product& p) { return product_view(context, view, p, false); });
  });
}

Result<api::ProductView> get_product(const Context& context, const Live& live,
                                     const api::GetProduct& ask) {
  return live.read([&](const View& view) -> Result<api::ProductView> {
    HANSA_TRY(const Product* product, find_product(context, view, ask.domain, ask.product));
    api::ProductView out = product_view(context, view, *product, true);
    HANSA_TRY(out.manifest, product->manifest.text());
    return out;
  });
}

Result<api::PageOf<api::PortView>> list_ports(const Context& context, const Live& live,
                                              const api::List& ask) {
  return live.read([&](const View& view) {
    return page<Port, api::PortView>(
        context, view, view.mesh.ports_in_order(), ask,
        [&](const Port& p) { return port_view(context, view, p, false); });
  });
}

Result<api::PortView> get_port(const Context& context, const Live& live, const api::GetPort& ask) {
  return live.read([&](const View& view) -> Result<api::PortView> {
    HANSA_TRY(const Port* port,
              find_port(context, view, fmt::format("{}/{}", ask.domain, ask.port)));
    api::PortView out = port_view(context, view, *port, true);
    if (const auto* contract = view.mesh.find<Contract>(port->contract)) {
      HANSA_TRY(out.manifest, contract->manifest.text());
    }
    return out;
  });
}

Result<api::PageOf<api::DomainView>> list_domains(const Context& context, const Live& live,
                                                  const api::ListAll& ask) {
  return page_by_name<Domain, api::DomainView>(
      context, live, ask,
      [&](const View& view, const Domain& d) { return domain_view(context, view, d); });
}

Result<api::PageOf<api::TeamView>> list_teams(const Context& context, const Live& live,
                                              const api::ListAll& ask) {
  return page_by_name<Team, api::TeamView>(
      context, live, ask, [](const View& view, const Team& t) { return team_view(view, t); });
}

Result<api::PageOf<api::AccountView>> list_accounts(const Context& context, const Live& live,
                                                    const api::ListAll& ask) {
  return page_by_name<Account, api::AccountView>(
      context, live, ask, [](const View& view, const Account& a) { return account_view(view, a); });
}

}  // namespace hansa::service
