#include "service/standards.h"

#include <algorithm>

#include "service/authority/commit.h"
#include "service/step/present.h"
#include "service/step/standards.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

// What it takes to look at a product of which nothing is asked.
constexpr std::size_t kLook = 400;

bool may_know(const Context& context, const View& view) {
  return may(context, view, Action::know, on_organisation());
}

Result<const Standard*> find_standard(const Context& context, const View& view,
                                      const std::string& name) {
  const auto* found = view.mesh.named<Standard>(claim::standard(name));
  if (found == nullptr || !may_know(context, view)) return unknown("standard", name);
  return found;
}

api::StandardView view_of(const View& view, const Standard& standard) {
  api::StandardView out{.id = to_text(standard.id),
                        .name = standard.name,
                        .title = standard.title,
                        .description = standard.description,
                        .domains = {},
                        .visibility = standard.visibility,
                        .tags = standard.tags,
                        .requirements = {},
                        .products = {},
                        .missing = {}};
  for (const Requirement& each : standard.requirements)
    out.requirements.push_back({each.rule, each.severity, words_of(each)});
  for (const DomainId id : standard.domains)
    if (const auto* domain = view.mesh.find<Domain>(id)) out.domains.push_back(domain->name);
  return out;
}

// Of the products that the caller may know of: others are not counted, so no count tells of them.
// Looks at some under one lock; `after` is the last one, or empty at the end.
void count(const Context& context, const View& view, const Standard& standard,
           contract::Patterns& patterns, std::string& after, api::StandardView& out) {
  const auto sight = sight_of(context, view);
  const Order& order = view.mesh.products_in_order();
  auto at = after.empty() ? order.begin() : order.upper_bound(after);
  after.clear();
  for (std::size_t work = 0; at != order.end(); ++at) {
    const auto* product = view.mesh.find<Product>(at->id);
    if (product == nullptr || !sight.product(at->slot)) continue;
    const contract::JudgedProduct judged = judged_now(view, *product);
    if (speaks_of(standard, product->domain, judged)) {
      ++*out.products;
      *out.missing += std::ranges::any_of(standard.requirements, [&](const Requirement& each) {
        return !contract::misses(each, judged, patterns).empty();
      });
    }
    work += kLook + work_of(view, *product, {&standard});
    if (work < work_at_once) continue;
    after = at->key;
    return;
  }
}

}  // namespace

Result<api::PageOf<api::StandardView>> list_standards(const Context& context, const Live& live,
                                                      const api::ListAll& ask) {
  return live.read([&](const View& view) -> Result<api::PageOf<api::StandardView>> {
    std::vector<const Standard*> all;
    if (may_know(context, view))
      for (const auto& [id, entry] : view.mesh.all<Standard>()) all.push_back(entry.noun.get());
    std::ranges::sort(all, {}, [](const Standard* each) { return std::string_view(each->name); });
    return page_of<api::StandardView>(
        all, ask.paging, [](const Standard& each) { return each.name; },
        [&](const Standard& each) { return view_of(view, each); });
  });
}

Result<api::StandardView> get_standard(const Context& context, const Live& live,
                                       const api::GetNamed& ask) {
  Standard standard;
  HANSA_TRY(api::StandardView out, live.read([&](const View& view) -> Result<api::StandardView> {
    HANSA_TRY(const Standard* found, find_standard(context, view, ask.name));
    standard = *found;
    return view_of(view, *found);
  }));
  out.products = out.missing = 0;
  contract::Patterns patterns;
  std::string after;
  do {
    if (context.stop.stop_requested()) return unavailable("the caller has gone");
    live.read([&](const View& view) {
      count(context, view, standard, patterns, after, out);
      return 0;
    });
  } while (!after.empty());
  return out;
}

Result<api::Nothing> remove_standard(const Context& context, Live& live, World& world,
                                     const api::GetNamed& ask) {
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Standard* standard, find_standard(context, view, ask.name));
    Attempt out;
    HANSA_TRY(out.permits,
              permits_to_write(context, view, standard->domains, "standard " + standard->name));
    out.changes.push_back(removal(context, share(*standard), "standard.removed",
                                  Json::Object{{"name", standard->name}}));
    return out;
  }));
  return api::Nothing{};
}

}  // namespace hansa::service
