// Products of the mesh as standards see them, and which standards speak of them. Pure. The rule is
// contract/standard's.
#pragma once

#include <string>
#include <vector>

#include "base/text.h"
#include "contract/standard.h"
#include "service/authority/authorize.h"

namespace hansa::service {

// `nouns` finds nouns by id: the mesh, or the mesh as a set of manifests would make it. What is
// retired is not among `ports`.
template <class Nouns>
contract::JudgedProduct judged_product(const Nouns& nouns, const Product& product,
                                       const std::vector<const Port*>& ports);

// What of its rule is asked: "columns, 80 %"; nothing where the rule says it.
std::string words_of(const Requirement& asked);
// Those that speak of products of a domain, by name.
std::vector<const Standard*> standards_for(const View& view, DomainId domain);
// How much it is to hold a product against standards: names of its own times what is asked of each.
std::size_t work_of(const View& view, const Product& product,
                    const std::vector<const Standard*>& standards);
// So much is done under one lock, some milliseconds, so that nobody waits for it long.
inline constexpr std::size_t work_at_once = 200'000;
bool speaks_of(const Standard& standard, DomainId domain, const contract::JudgedProduct& product);
// The ports of a product that are not retired.
std::vector<const Port*> standing_ports(const View& view, ProductId product);
contract::JudgedProduct judged_now(const View& view, const Product& product);

// An administrator writes any; who owns all domains that one names, that one. Errors: denied.
Result<std::vector<Permit>> permits_to_write(const Context& context, const View& view,
                                             const std::vector<DomainId>& domains,
                                             std::string_view called);

// What a product's standards ask between the announcement of a version's end and its date.
struct LeastNotice {
  std::uint32_t days = 0;
  std::string standard;
};
LeastNotice least_notice(const View& view, const Port& port, Requirement::Severity severity);

template <class Nouns>
contract::JudgedProduct judged_product(const Nouns& nouns, const Product& product,
                                       const std::vector<const Port*>& ports) {
  const auto* domain = nouns.template find<Domain>(product.domain);
  const auto* team = domain ? nouns.template find<Team>(domain->owner) : nullptr;
  contract::JudgedProduct out{
      .name = product.name,
      .domain = domain ? domain->name : "?",
      .team = team ? team->name : "",
      .owned = team != nullptr && !team->members.empty(),
      .reachable = product.reachable || (team != nullptr && !team->channels.empty()),
      .visibility = product.hidden ? Visibility::restricted : product.visibility,
      .tags = product.tags,
      .described = !trim(product.description).empty(),
      .ports = {}};
  for (const Port* port : ports) {
    contract::JudgedPort one{.name = port->name,
                             .major = port->major,
                             .described = !trim(port->description).empty(),
                             .contract = {},
                             .columns = {},
                             .promises = {}};
    if (const auto* contract = nouns.template find<Contract>(port->contract)) {
      one.has_contract = true;
      one.contract = contract->key;
      one.columns = contract::column_facts(contract->schema, contract->classified);
      one.promises = contract::promises_in(contract->objectives);
      one.tests = contract->tests;
    }
    out.ports.push_back(std::move(one));
  }
  return out;
}

}  // namespace hansa::service
