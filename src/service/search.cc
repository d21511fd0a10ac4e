#include "service/search.h"

#include <algorithm>
#include <map>
#include <set>

#include "search/rank.h"
#include "service/step/find.h"
#include "service/step/matched.h"

namespace hansa::service {
namespace {

// Filters are looked up without asking what the caller may know: among hits it may know of, a name
// it may not know of takes none. What then finds nothing is refused as what does not exist is.
Result<search::Wish> wish_of(const Context& context, const View& view, const api::Search& ask) {
  search::Wish wish{.domains = {},
                    .open = {},
                    .tag = ask.tag,
                    .status = ask.status,
                    .after = {},
                    .limit = ask.paging.limit,
                    .now = context.now};
  if (ask.visibility) wish.open = *ask.visibility == Visibility::open;
  if (!ask.paging.after.empty()) {
    HANSA_TRY(wish.after, search::parse_cursor(ask.paging.after));
  }
  if (!ask.domain.empty()) {
    const auto* domain = view.mesh.named<Domain>(claim::domain(ask.domain));
    wish.domains.emplace();
    if (domain != nullptr) wish.domains->push_back(domain->id);
  }
  if (!ask.team.empty()) {
    const auto* team = view.mesh.named<Team>(claim::team(ask.team));
    std::vector<DomainId> owned;
    for (const auto& [id, entry] : view.mesh.all<Domain>())
      if (team != nullptr && entry.noun->owner == team->id &&
          (!wish.domains ||
           std::ranges::find(*wish.domains, entry.noun->id) != wish.domains->end()))
        owned.push_back(entry.noun->id);
    wish.domains = std::move(owned);
  }
  return wish;
}

Result<void> check_places(const Context& context, const View& view, const api::Search& ask) {
  if (!ask.domain.empty()) {
    HANSA_TRY([[maybe_unused]] const Domain* domain, find_domain(context, view, ask.domain));
  }
  if (!ask.team.empty()) {
    HANSA_TRY([[maybe_unused]] const Team* team, find_team(context, view, ask.team));
  }
  return {};
}

std::vector<api::FacetView> facet(std::vector<search::Count> counts) {
  std::ranges::sort(counts, [](const search::Count& a, const search::Count& b) {
    return a.count != b.count ? a.count > b.count : a.name < b.name;
  });
  if (counts.size() > search::facet_max) counts.resize(search::facet_max);
  std::vector<api::FacetView> out;
  for (search::Count& each : counts) out.push_back({std::move(each.name), each.count});
  return out;
}

api::FacetsView facets_of(const View& view, const search::Ranked& ranked) {
  std::vector<search::Count> domains;
  std::map<std::string, std::size_t> teams;
  for (const auto& [id, count] : ranked.domains) {
    const auto* domain = view.mesh.find<Domain>(id);
    if (domain == nullptr) continue;
    domains.push_back({domain->name, count});
    if (const auto* team = view.mesh.find<Team>(domain->owner)) teams[team->name] += count;
  }
  std::vector<search::Count> of_teams, visibilities;
  for (const auto& [name, count] : teams) of_teams.push_back({name, count});
  if (ranked.open != 0) visibilities.push_back({"open", ranked.open});
  if (ranked.open != ranked.total)
    visibilities.push_back({"restricted", ranked.total - ranked.open});
  return {.domains = facet(std::move(domains)),
          .teams = facet(std::move(of_teams)),
          .visibilities = facet(std::move(visibilities)),
          .statuses = facet(ranked.statuses),
          .tags = facet(ranked.tags)};
}

// Words that find nothing the caller may know of are taken for others, one letter away. False:
// there are none.
bool loosen(const search::Index& index, const policy::Sight& sight, search::Query& query) {
  bool any = false;
  for (search::Term& term : query.terms)
    if (!search::knows_any(sight, index.find({.terms = {term}}))) any = search::loosen(term) || any;
  return any;
}

}  // namespace

Result<api::Found> search_products(const Context& context, const Live& live,
                                   const api::Search& ask) {
  HANSA_TRY(search::Query query, search::parse_query(ask.q));
  return live.search(
      context.deadline - context.now,
      [&](const View& view, const search::Index& index) -> Result<api::Found> {
        HANSA_TRY(const search::Wish wish, wish_of(context, view, ask));
        const auto sight = sight_of(context, view);
        search::Ranked ranked = search::rank(index, sight, index.find(query), wish);
        const bool loose = ranked.total == 0 && loosen(index, sight, query);
        if (loose) ranked = search::rank(index, sight, index.find(query), wish);
        if (ranked.total == 0) HANSA_CHECK(check_places(context, view, ask));
        api::Found out{.items = {}, .total = ranked.total, .next = {}, .facets = {}, .meant = {}};
        std::set<std::string> meant;
        for (const auto& [id, at] : ranked.page)
          out.items.push_back(
              found_view(context, view, *view.mesh.find<Product>(id), query, meant));
        if (ranked.more) out.next = search::to_text(ranked.page.back().second);
        out.facets = facets_of(view, ranked);
        out.meant.assign(meant.begin(), meant.end());
        return out;
      });
}

}  // namespace hansa::service
