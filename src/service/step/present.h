// Nouns as answers, for the caller: names instead of ids, and nothing it may not know.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "api/access.h"
#include "api/identity.h"
#include "api/product.h"
#include "service/authority/authorize.h"

namespace hansa::service {

api::PortView port_view(const Context& context, const View& view, const Port& port, bool whole);
api::ProductView product_view(const Context& context, const View& view, const Product& product,
                              bool whole);
std::vector<api::ChannelView> channels_of(const Team& team);
api::DomainView domain_view(const Context& context, const View& view, const Domain& domain);
api::TeamView team_view(const View& view, const Team& team);
api::AccountView account_view(const View& view, const Account& account);
api::MountView mount_view(const View& view, const Mount& mount);
api::PrincipalView principal_view(const View& view, const Principal& principal);
api::AccessView access_view(const View& view, const Grant& grant, Time now);
// Of its fields: "active", "expired", ...; "domain/port".
std::string state_of(const Grant& grant, Time now);
std::string port_name_of(const View& view, const Grant& grant);

// The name of a principal, team, domain or account, or "?" if it is gone.
std::string name_of_principal(const View& view, PrincipalId id);

// One page of `items` (pointers, ascending by `key`): those behind `after`; `next` is set if more
// follow.
template <class Shown, class Items, class Key, class Make>
api::PageOf<Shown> page_of(const Items& items, const api::Paging& paging, Key key, Make make) {
  api::PageOf<Shown> page;
  std::string last;
  for (const auto* item : items) {
    std::string at = key(*item);
    if (!paging.after.empty() && at <= paging.after) continue;
    if (page.items.size() == paging.limit) {
      page.next = std::move(last);
      break;
    }
    page.items.push_back(make(*item));
    last = std::move(at);
  }
  return page;
}

// All nouns of a kind the caller may know, ascending by name.
template <class T>
std::vector<const T*> known_by_name(const Context& context, const View& view) {
  std::vector<const T*> out;
  for (const auto& [id, entry] : view.mesh.all<T>())
    if (may(context, view, Action::know, on(*entry.noun))) out.push_back(entry.noun.get());
  std::ranges::sort(out, {}, [](const T* noun) { return std::string_view(noun->name); });
  return out;
}

}  // namespace hansa::service
