// Standards and products as documents, without a server.
#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "contract/checks.h"
#include "contract/facts.h"
#include "contract/objectives.h"
#include "contract/standard.h"

namespace hansa::contract {
namespace {

const Sourced<DataContract>* contract_for(const Manifests& manifests, std::string_view id,
                                          std::string_view version) {
  std::vector<const DataContract*> values;
  for (const auto& each : manifests.contracts)
    if (each.value.id == id) values.push_back(&each.value);
  const DataContract* found = values.empty() ? nullptr : resolve(values, id, version);
  for (const auto& each : manifests.contracts)
    if (&each.value == found) return &each;
  return nullptr;
}

template <class T>
const T* named(const std::vector<Sourced<T>>& all, const std::string& name) {
  const auto found =
      std::ranges::find_if(all, [&](const Sourced<T>& each) { return each.value.name == name; });
  return found == all.end() ? nullptr : &found->value;
}

JudgedPort judged(const Manifests& manifests, const PortFacts& facts) {
  JudgedPort out{.name = facts.name,
                 .major = facts.major,
                 .described = !trim(facts.description).empty(),
                 .contract = facts.contract_id,
                 .columns = {},
                 .promises = {}};
  const auto* contract = contract_for(manifests, facts.contract_id, facts.version);
  const auto schema =
      contract ? port_schema(contract->value, facts.name) : invalid("it is not at hand");
  if (!schema) return out;
  out.has_contract = true;
  out.columns = column_facts(*schema, classified(contract->value, facts.name));
  out.promises = promises_in(objectives_of(contract->value));
  out.tests = tests_of(contract->value, facts.name);
  return out;
}

JudgedProduct judged(const Manifests& manifests, const ProductFacts& facts) {
  JudgedProduct out{.name = facts.name,
                    .domain = facts.domain,
                    .team = {},
                    .owned = {},
                    .reachable = {},
                    .visibility = {},
                    .tags = facts.tags,
                    .described = !trim(facts.description).empty(),
                    .ports = {}};
  const Domain* domain = named(manifests.domains, facts.domain);
  const Team* team = domain ? named(manifests.teams, domain->owner) : nullptr;
  if (domain != nullptr) out.team = domain->owner;
  if (team != nullptr) out.owned = !team->members.empty() || !team->oidc_group.empty();
  if (!facts.support.empty()) out.reachable = true;
  else if (team != nullptr) out.reachable = !team->channels.empty();
  std::optional<Visibility> visibility = facts.visibility;
  if (!visibility && domain != nullptr) visibility = domain->visibility;
  if (visibility)
    out.visibility =
        *visibility == Visibility::open ? hansa::Visibility::open : hansa::Visibility::restricted;
  for (const PortFacts& port : facts.ports) out.ports.push_back(judged(manifests, port));
  return out;
}

Finding at(const std::string& file, Mark mark) {
  Finding out;
  out.file = file;
  out.line = mark.line;
  out.column = mark.column;
  return out;
}

}  // namespace

Finding place_of(const Manifests& manifests, const Sourced<DataProduct>& product,
                 const Miss& miss) {
  const auto found = std::ranges::find_if(product.value.outputs, [&](const OutputPort& port) {
    const auto major = major_of(port.version);
    return port.name == miss.port && major && *major == miss.major;
  });
  if (miss.where == Miss::Where::product || found == product.value.outputs.end())
    return at(product.file, product.mark);
  if (miss.where == Miss::Where::port) return at(product.file, found->mark);
  const auto* contract = contract_for(manifests, found->contract_id, found->version);
  if (contract == nullptr) return at(product.file, found->mark);
  for (const SchemaObject& object : contract->value.schema)
    for (const Property& property : object.properties)
      if (!miss.column.empty() && column_name(property) == miss.column)
        return at(contract->file, property.mark);
  return at(contract->file, contract->mark);
}

std::vector<Finding> check_standards(const Manifests& manifests) {
  std::vector<Finding> out;
  if (manifests.standards.empty()) return out;
  Patterns patterns;
  for (const auto& document : manifests.products) {
    const auto facts = facts_of(document.value);
    if (!facts) continue;  // what is wrong with it is said elsewhere
    const JudgedProduct product = judged(manifests, *facts);
    for (const auto& each : manifests.standards) {
      const StandardScope scope = each.value.scope.value_or(StandardScope{});
      if (!scope.domains.empty() &&
          std::ranges::find(scope.domains, product.domain) == scope.domains.end())
        continue;
      if (!speaks_of(scope.visibility, scope.tags, product)) continue;
      for (const Requirement& asked : each.value.requirements)
        for (const Miss& miss : misses(asked, product, patterns)) {
          if (out.size() == limits::findings_max) return out;
          Finding finding = place_of(manifests, document, miss);
          finding.severity =
              asked.severity == Requirement::Severity::block ? Severity::error : Severity::warning;
          finding.rule = "standard";
          finding.message =
              fmt::format("product {}: {}", product.name, words(each.value.name, asked, miss));
          finding.next = miss.next;
          out.push_back(std::move(finding));
        }
    }
  }
  return out;
}

}  // namespace hansa::contract
