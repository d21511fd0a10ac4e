#include "service/maturity.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "service/step/find.h"
#include "service/step/maturity.h"
#include "service/step/present.h"
#include "service/step/standards.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

// Products looked at under one lock, so that nobody waits for it long.
constexpr std::size_t kAtOnce = 200;

struct Known {
  std::string ref;
  ProductId id;
  std::vector<PortId> ports;
};

Known known(const View& view, const Product& product) {
  Known out{view.mesh.ref_of(product), product.id, {}};
  for (const Port* port : view.mesh.ports_of(product.id)) out.ports.push_back(port->id);
  return out;
}

// At most `max` products the caller may know of, by name, behind `after`; with `prefix` in front.
std::vector<Known> known_behind(const Context& context, const View& view, const std::string& prefix,
                                const std::string& after, std::size_t max) {
  const auto sight = sight_of(context, view);
  const Order& order = view.mesh.products_in_order();
  std::vector<Known> out;
  auto at = after < prefix ? order.lower_bound(prefix) : order.upper_bound(after);
  for (; at != order.end() && at->key.starts_with(prefix) && out.size() < max; ++at)
    if (sight.product(at->slot)) out.push_back(known(view, *view.mesh.find<Product>(at->id)));
  return out;
}

struct Scored {
  std::string ref;
  Maturity maturity;
};

// As many of them as may be looked at under one lock, from `at` on, which it moves behind them.
// Those that went meanwhile are left out.
void score_some(const Context& context, const View& view, const std::vector<Known>& products,
                const std::vector<std::uint64_t>& readers, contract::Patterns& patterns,
                std::size_t& at, std::vector<Scored>& out) {
  std::map<DomainId, std::vector<const Standard*>> standards;
  for (std::size_t work = 0; at < products.size() && work < work_at_once; ++at) {
    const auto* product = view.mesh.find<Product>(products[at].id);
    if (product == nullptr || !may(context, view, Action::know, on(*product))) continue;
    const auto [of, added] = standards.try_emplace(product->domain);
    if (added) of->second = standards_for(view, product->domain);
    work += work_of(view, *product, of->second);
    out.push_back({products[at].ref,
                   maturity_of(view, *product, of->second, patterns, readers[at], context.now)});
  }
}

Result<std::vector<Scored>> scored(const Context& context, Live& live, World& world,
                                   const std::vector<Known>& products,
                                   contract::Patterns& patterns) {
  std::vector<std::uint64_t> readers;
  for (const Known& each : products) {
    HANSA_TRY(const std::uint64_t count, readers_lately(world.store, each.ports, context.now));
    readers.push_back(count);
  }
  std::vector<Scored> out;
  for (std::size_t at = 0; at < products.size();) {
    if (context.stop.stop_requested()) return unavailable("the caller has gone");
    live.read([&](const View& view) {
      score_some(context, view, products, readers, patterns, at, out);
      return 0;
    });
  }
  return out;
}

api::MaturityView view_of(const Scored& scored, bool whole) {
  const Maturity& of = scored.maturity;
  api::MaturityView out{.name = scored.ref,
                        .score = of.score,
                        .products = {},
                        .missing = of.misses.size(),
                        .next = of.next,
                        .facts = {},
                        .misses = {}};
  if (!whole) return out;
  for (const MaturityFact& each : of.facts)
    out.facts.push_back({each.fact, each.percent, each.weight, each.says, each.next});
  for (const MissedRequirement& each : of.misses)
    out.misses.push_back({each.standard, each.rule, each.severity, each.miss.says, each.miss.next});
  return out;
}

// What products of a domain add up to.
class Sum {
 public:
  void add(const Scored& each) {
    ++products_;
    scores_ += each.maturity.score;
    missing_ += each.maturity.misses.size();
    for (const MaturityFact& fact : each.maturity.facts) {
      Part& part = parts_[fact.fact];
      part.weight = fact.weight;
      part.percents += fact.percent;
      ++part.products;
      part.well += fact.percent == 100;
    }
    if (!each.maturity.next.empty() && (!least_ || each.maturity.score < *least_)) {
      least_ = each.maturity.score;
      next_ = fmt::format("{}: {}", each.ref, each.maturity.next);
    }
  }

  api::MaturityView shown(const std::string& domain) const {
    api::MaturityView out{.name = domain,
                          .score = {},
                          .products = products_,
                          .missing = missing_,
                          .next = next_,
                          .facts = {},
                          .misses = {}};
    if (products_ > 0) out.score = static_cast<std::uint32_t>(scores_ / products_);
    for (const auto& [name, part] : parts_)
      out.facts.push_back(
          {name,
           static_cast<std::uint32_t>(part.percents / part.products),
           part.weight,
           fmt::format("{} of {} have all of it", part.well, counted(part.products, "product")),
           {}});
    std::ranges::stable_sort(out.facts, std::ranges::greater{}, &api::FactView::weight);
    return out;
  }

 private:
  struct Part {
    std::uint32_t weight = 0;
    std::uint64_t percents = 0;
    std::size_t products = 0;
    std::size_t well = 0;
  };
  std::uint64_t products_ = 0, scores_ = 0, missing_ = 0;
  std::map<std::string, Part> parts_;
  std::optional<std::uint32_t> least_;
  std::string next_;
};

Result<api::MaturityView> domain_now(const Context& context, Live& live, World& world,
                                     const std::string& domain, contract::Patterns& patterns) {
  Sum sum;
  std::string after;
  for (bool more = true; more;) {
    if (context.stop.stop_requested()) return unavailable("the caller has gone");
    const auto products = live.read([&](const View& view) {
      return known_behind(context, view, domain + "/", after, kAtOnce);
    });
    more = products.size() == kAtOnce;
    if (more) after = products.back().ref;
    HANSA_TRY(const auto all, scored(context, live, world, products, patterns));
    for (const Scored& each : all) sum.add(each);
  }
  return sum.shown(domain);
}

Result<api::PageOf<api::MaturityView>> domains(const Context& context, Live& live, World& world,
                                               const api::ListMaturity& ask) {
  const auto page = live.read([&](const View& view) {
    auto all = known_by_name<Domain>(context, view);
    if (!ask.domain.empty())
      std::erase_if(all, [&](const Domain* each) { return each->name != ask.domain; });
    return page_of<std::string>(
        all, ask.paging, [](const Domain& each) { return each.name; },
        [](const Domain& each) { return each.name; });
  });
  api::PageOf<api::MaturityView> out;
  out.next = page.next;
  contract::Patterns patterns;
  for (const std::string& name : page.items) {
    HANSA_TRY(api::MaturityView one, domain_now(context, live, world, name, patterns));
    one.facts.clear();
    out.items.push_back(std::move(one));
  }
  return out;
}

}  // namespace

Result<api::PageOf<api::MaturityView>> list_maturity(const Context& context, Live& live,
                                                     World& world, const api::ListMaturity& ask) {
  if (!ask.kind.empty() && ask.kind != "product" && ask.kind != "domain")
    return invalid(fmt::format("no kind '{}' is scored", ask.kind.substr(0, 40)),
                   "kind is product or domain");
  if (!ask.domain.empty())
    HANSA_CHECK(live.read([&](const View& view) -> Result<void> {
      HANSA_CHECK(find_domain(context, view, ask.domain));
      return {};
    }));
  if (ask.kind == "domain") return domains(context, live, world, ask);
  auto products = live.read([&](const View& view) {
    return known_behind(context, view, ask.domain.empty() ? "" : ask.domain + "/", ask.paging.after,
                        ask.paging.limit + std::size_t{1});
  });
  api::PageOf<api::MaturityView> out;
  if (products.size() > ask.paging.limit) {
    products.pop_back();
    out.next = products.back().ref;
  }
  contract::Patterns patterns;
  HANSA_TRY(const auto all, scored(context, live, world, products, patterns));
  for (const Scored& each : all) out.items.push_back(view_of(each, false));
  return out;
}

Result<api::MaturityView> get_maturity(const Context& context, Live& live, World& world,
                                       const api::GetProduct& ask) {
  HANSA_TRY(const Known one, live.read([&](const View& view) -> Result<Known> {
    HANSA_TRY(const Product* product, find_product(context, view, ask.domain, ask.product));
    return known(view, *product);
  }));
  contract::Patterns patterns;
  HANSA_TRY(const auto all, scored(context, live, world, {one}, patterns));
  if (all.empty()) return unknown("product", ask.domain + "/" + ask.product);
  return view_of(all.front(), true);
}

Result<api::MaturityView> get_domain_maturity(const Context& context, Live& live, World& world,
                                              const api::GetDomainMaturity& ask) {
  HANSA_TRY(const std::string name, live.read([&](const View& view) -> Result<std::string> {
    HANSA_TRY(const Domain* domain, find_domain(context, view, ask.domain));
    return domain->name;
  }));
  contract::Patterns patterns;
  return domain_now(context, live, world, name, patterns);
}

}  // namespace hansa::service
