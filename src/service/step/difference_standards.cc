// The part of a difference that is about standards: those that the set makes, and what its products
// lack of those that speak of them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/text.h"
#include "model/spelling.h"
#include "service/step/difference.h"
#include "service/step/standards.h"

namespace hansa::service {
namespace {

Shown shown(const Draft& draft, const Standard& v) {
  std::vector<std::string> domains;
  for (const DomainId id : v.domains) {
    const auto* domain = draft.overlay.find<Domain>(id);
    domains.push_back(domain ? domain->name : "?");
  }
  Shown out{{"title", v.title},
            {"description", v.description},
            {"domains", domains.empty() ? "all" : join(domains, ", ")},
            {"visibility", v.visibility ? std::string(name_of(*v.visibility)) : ""},
            {"tags", join(v.tags, ", ")}};
  for (const Requirement& each : v.requirements)
    out.emplace_back(fmt::format("requires {}", name_of(each.rule)),
                     trim(fmt::format("{} {}", name_of(each.severity), words_of(each))));
  return out;
}

Result<void> may_write(Draft& draft, const std::vector<DomainId>& domains,
                       const std::string& called) {
  HANSA_TRY(auto permits, permits_to_write(draft.context, draft.overlay.view(), domains, called));
  std::ranges::move(permits, std::back_inserter(draft.out.attempt.permits));
  return {};
}

// How many there would be of the whole organisation, or of one domain.
std::size_t count_of(const Draft& draft, std::optional<DomainId> domain) {
  std::set<Ulid> out;
  const auto look = [&](const Standard& each) {
    const bool counts = domain ? std::ranges::find(each.domains, *domain) != each.domains.end()
                               : each.domains.empty();
    if (counts) out.insert(each.id.ulid);
    else out.erase(each.id.ulid);
  };
  for (const auto& [id, entry] : draft.overlay.view().mesh.all<Standard>()) look(*entry.noun);
  for (const Change& each : draft.out.attempt.changes)
    if (const auto* standard = std::get_if<std::shared_ptr<const Standard>>(&each.after))
      look(**standard);
  return out.size();
}

Result<void> check_room(const Draft& draft, const Standard& after) {
  const auto full = [](std::size_t max, const std::string& of) {
    return exhausted(
        fmt::format("there would be more than {} standards of {}", max, of),
        "put several requirements into one, or delete one: hansa delete standard NAME");
  };
  if (after.domains.empty() && count_of(draft, std::nullopt) > standards_of_organisation_max)
    return full(standards_of_organisation_max, "the whole organisation");
  for (const DomainId id : after.domains)
    if (count_of(draft, id) > standards_of_domain_max)
      return full(standards_of_domain_max, "domain " + draft.overlay.find<Domain>(id)->name);
  return {};
}

Result<void> add_standard(Draft& draft, const contract::Standard& wanted) {
  const auto* before = draft.overlay.named<Standard>(claim::standard(wanted.name));
  const contract::StandardScope scope = wanted.scope.value_or(contract::StandardScope{});
  Standard after{.id = before ? before->id : new_id<StandardId>(draft.now),
                 .name = wanted.name,
                 .title = wanted.title,
                 .description = wanted.description,
                 .domains = {},
                 .visibility = scope.visibility,
                 .tags = scope.tags,
                 .requirements = wanted.requirements};
  for (const std::string& name : scope.domains) {
    const auto* domain = draft.overlay.named<Domain>(claim::domain(name));
    if (domain == nullptr)
      return invalid(fmt::format("there is no domain '{}' for standard {}", name, wanted.name),
                     "hansa get domains lists them");
    if (std::ranges::find(after.domains, domain->id) != after.domains.end())
      return invalid(fmt::format("standard {} names domain {} twice", wanted.name, domain->name));
    after.domains.push_back(domain->id);
  }
  if (before != nullptr && *before == after) return {};
  const std::string called = "standard " + wanted.name;
  HANSA_CHECK(may_write(draft, after.domains, called));
  if (before != nullptr) HANSA_CHECK(may_write(draft, before->domains, called));
  draft.change(before, after, "standard", wanted.name, before ? shown(draft, *before) : Shown{},
               shown(draft, after));
  return check_room(draft, after);
}

// All standards, as the set leaves them, by name.
std::vector<const Standard*> standards_in(const Draft& draft) {
  std::vector<const Standard*> out;
  for (const auto& [id, entry] : draft.overlay.view().mesh.all<Standard>())
    out.push_back(draft.overlay.find<Standard>(entry.noun->id));
  for (const Change& each : draft.out.attempt.changes)
    if (const auto* made = std::get_if<std::shared_ptr<const Standard>>(&each.after))
      if (draft.overlay.view().mesh.find<Standard>((*made)->id) == nullptr)
        out.push_back(made->get());
  std::ranges::sort(out, {}, &Standard::name);
  return out;
}

struct Reach {
  std::set<Ulid> products;
  std::vector<const Port*> ports;  // as they will be
};

Reach touched_by(const Draft& draft) {
  Reach out;
  for (const Change& each : draft.out.attempt.changes) {
    if (const auto* product = std::get_if<std::shared_ptr<const Product>>(&each.after)) {
      out.products.insert((*product)->id.ulid);
    } else if (const auto* port = std::get_if<std::shared_ptr<const Port>>(&each.after)) {
      out.products.insert((*port)->product.ulid);
      out.ports.push_back(port->get());
    } else if (const auto* contract = std::get_if<std::shared_ptr<const Contract>>(&each.after)) {
      if (const auto* of = draft.overlay.find<Port>((*contract)->port))
        out.products.insert(of->product.ulid);
    }
  }
  return out;
}

contract::JudgedProduct judged(const Draft& draft, const Reach& touched, const Product& product) {
  std::vector<const Port*> ports = standing_ports(draft.overlay.view(), product.id);
  for (const Port*& port : ports) port = draft.overlay.find<Port>(port->id);
  for (const Port* port : touched.ports)
    if (port->product == product.id && draft.overlay.view().mesh.find<Port>(port->id) == nullptr)
      ports.push_back(port);
  return judged_product(draft.overlay, product, ports);
}

void report(Draft& draft, const contract::Manifests& manifests,
            const contract::Sourced<contract::DataProduct>& document, const std::string& ref,
            const Standard& standard, const Requirement& asked, const contract::Miss& miss) {
  const auto place = contract::place_of(manifests, document, miss);
  std::string says = fmt::format("{}: {}", ref, contract::words(standard.name, asked, miss));
  if (asked.severity == Requirement::Severity::block) {
    if (draft.out.blocked.size() >= limits::findings_max) return;
    draft.out.blocked.push_back(
        {ref, fmt::format("{}, at {}:{}", says, place.file, place.line), miss.next});
  } else if (draft.out.findings.size() < limits::findings_max) {
    draft.out.findings.push_back(
        {place.file, place.line, place.column, "warning", std::move(says), miss.next});
  }
}

}  // namespace

Result<void> add_standards(Draft& draft, const contract::Manifests& manifests) {
  for (const auto& document : manifests.standards)
    if (auto added = add_standard(draft, document.value); !added)
      return at_document(document, added.error());
  return {};
}

void check_standards(Draft& draft, const contract::Manifests& manifests) {
  const Reach touched = touched_by(draft);
  if (touched.products.empty()) return;
  const auto standards = standards_in(draft);
  if (standards.empty()) return;
  contract::Patterns patterns;
  for (const auto& document : manifests.products) {
    const auto facts = contract::facts_of(document.value);
    const auto* domain =
        facts ? draft.overlay.named<Domain>(claim::domain(facts->domain)) : nullptr;
    const auto* product =
        domain ? draft.overlay.named<Product>(claim::product(domain->id, facts->name)) : nullptr;
    if (product == nullptr || !touched.products.contains(product->id.ulid)) continue;
    const contract::JudgedProduct now = judged(draft, touched, *product);
    const std::string ref = fmt::format("{}/{}", domain->name, product->name);
    for (const Standard* standard : standards) {
      if (!speaks_of(*standard, product->domain, now)) continue;
      for (const Requirement& asked : standard->requirements)
        for (const contract::Miss& miss : contract::misses(asked, now, patterns))
          report(draft, manifests, document, ref, *standard, asked, miss);
    }
  }
}

}  // namespace hansa::service
