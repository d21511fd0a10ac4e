#include "contract/lint.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/limits.h"
#include "base/text.h"
#include "contract/facts.h"
#include "contract/standard.h"

namespace hansa::contract {
namespace {

// A misspelt id is compared with that many.
constexpr std::size_t kCompared = 1'000;

class References {
 public:
  explicit References(const Manifests& manifests) : all_(manifests) {
    for (const auto& contract : all_.contracts)
      contracts_[contract.value.id].push_back(&contract.value);
  }

  std::vector<Finding> out;

  void check() {
    unique(all_.products, "product", [](const DataProduct& p) { return p.id; });
    unique(all_.contracts, "contract",
           [](const DataContract& c) { return c.id + " version " + c.version; });
    unique(all_.teams, "team", [](const Team& t) { return t.name; });
    unique(all_.domains, "domain", [](const Domain& d) { return d.name; });
    unique(all_.accounts, "account", [](const Account& a) { return a.name; });
    unique(all_.organisations, "organisation", [](const Organisation& o) { return o.id; });
    unique(all_.standards, "standard", [](const Standard& s) { return s.name; });
    for (const auto& product : all_.products) check_product(product);
  }

 private:
  template <class T>
  void report(const Sourced<T>& where, Mark mark, Severity severity, std::string rule,
              std::string message, std::string next) {
    if (out.size() >= limits::findings_max) return;
    const Mark at = mark.line == 0 ? where.mark : mark;
    out.push_back({where.file, at.line, at.column, severity, std::move(rule), std::move(message),
                   std::move(next)});
  }

  template <class T, class Key>
  void unique(const std::vector<Sourced<T>>& list, std::string_view what, Key key) {
    std::map<std::string, const Sourced<T>*> seen;
    for (const auto& one : list) {
      const auto [first, added] = seen.emplace(key(one.value), &one);
      if (!added)
        report(one, one.mark, Severity::error, "duplicate",
               fmt::format("{} '{}' stands in {} line {} already", what, key(one.value),
                           first->second->file, first->second->mark.line),
               "keep one of the two");
    }
  }

  static Mark mark_in(const Json& json, std::string_view name, std::string_view list = {},
                      std::size_t index = 0) {
    const Json* at = &json;
    if (!list.empty()) {
      const Json* items = json.find(list);
      if (items == nullptr || items->as_array() == nullptr || index >= items->as_array()->size())
        return json.mark;
      at = &(*items->as_array())[index];
    }
    const Json* found = at->find(name);
    return found == nullptr ? at->mark : found->mark;
  }

  void check_product(const Sourced<DataProduct>& product) {
    const DataProduct& value = product.value;
    if (value.domain.empty())
      report(product, product.mark, Severity::warning, "product-domain",
             fmt::format("product '{}' belongs to no domain", value.id),
             "say which in `domain`; it cannot be applied without one");
    else if (const auto right = check_name("domain", value.domain); !right)
      report(product, mark_in(product.json, "domain"), Severity::error, "name", right.error().text,
             right.error().next);
    if (const auto visibility = visibility_of(value); !visibility)
      report(product, mark_in(product.json, "customProperties"), Severity::error, "visibility",
             visibility.error().text, visibility.error().next);
    for (std::size_t i = 0; i < value.outputs.size(); ++i) check_port(product, i);
    for (std::size_t i = 0; i < value.inputs.size(); ++i) {
      const InputPort& port = value.inputs[i];
      if (!port.contract_id.empty() && contract_for(port.contract_id, port.version) == nullptr)
        unresolved(product, mark_in(product.json, "contractId", "inputPorts", i), port.contract_id);
    }
  }

  const DataContract* contract_for(const std::string& id, const std::string& version) const {
    const auto found = contracts_.find(id);
    return found == contracts_.end() ? nullptr : resolve(found->second, id, version);
  }

  void unresolved(const Sourced<DataProduct>& product, Mark mark, const std::string& id) {
    if (out.size() >= limits::findings_max) return;
    std::vector<std::string> ids;
    for (const auto& [known, contracts] : contracts_)
      if (ids.size() < kCompared) ids.push_back(known);
    const auto near = suggestions(id, ids, 1);
    report(product, mark, Severity::warning, "contract-reference",
           fmt::format("no contract '{}' among these files", id),
           near.empty() ? "add it, unless the mesh has it already"
                        : fmt::format("did you mean '{}'?", near.front()));
  }

  void check_port(const Sourced<DataProduct>& product, std::size_t index) {
    const OutputPort& port = product.value.outputs[index];
    const auto at = [&](std::string_view name) {
      return mark_in(product.json, name, "outputPorts", index);
    };
    if (const auto right = check_port_name(port.name); !right)
      report(product, at("name"), Severity::error, "name", right.error().text, right.error().next);
    const auto kind = port_kind(port.type);
    if (!kind)
      report(product, at("type"), Severity::error, "port-type", kind.error().text,
             kind.error().next);
    const auto major = major_of(port.version);
    if (!major)
      report(product, at("version"), Severity::error, "port-version", major.error().text,
             major.error().next);
    if (major && !ports_.emplace(product.value.domain, port.name, *major).second)
      report(product, at("name"), Severity::error, "duplicate",
             fmt::format("port '{}' of domain '{}' stands twice with major version {}", port.name,
                         product.value.domain, *major),
             "keep one, or give the other the next major version");
    check_port_contract(product, index, kind && *kind == hansa::PortKind::table);
  }

  void check_port_contract(const Sourced<DataProduct>& product, std::size_t index, bool table) {
    const OutputPort& port = product.value.outputs[index];
    if (port.contract_id.empty()) {
      if (table)
        report(product, port.mark, Severity::warning, "contract-reference",
               fmt::format("port '{}' has no contract", port.name),
               "name one in `contractId`: it says which columns readers can rely on");
      return;
    }
    const DataContract* contract = contract_for(port.contract_id, port.version);
    if (contract == nullptr)
      return unresolved(product, mark_in(product.json, "contractId", "outputPorts", index),
                        port.contract_id);
    if (!table) return;
    if (const auto schema = port_schema(*contract, port.name); !schema)
      report(product, mark_in(product.json, "contractId", "outputPorts", index), Severity::error,
             "contract-schema", fmt::format("contract '{}': {}", contract->id, schema.error().text),
             schema.error().next);
  }

  const Manifests& all_;
  std::map<std::string, std::vector<const DataContract*>> contracts_;  // by id
  std::set<std::tuple<std::string, std::string, std::uint32_t>> ports_;
};

}  // namespace

std::vector<Finding> check_references(const Manifests& manifests) {
  References references(manifests);
  references.check();
  sort_findings(references.out);
  return std::move(references.out);
}

std::vector<Finding> lint(std::span<const SourceFile> files, bool strict) {
  Manifests manifests = read_manifests(files, strict);
  std::vector<Finding> findings = check_references(manifests);
  const std::vector<Finding> standards = check_standards(manifests);
  findings.insert(findings.end(), standards.begin(), standards.end());
  findings.insert(findings.end(), manifests.problems.begin(), manifests.problems.end());
  findings.insert(findings.end(), manifests.warnings.begin(), manifests.warnings.end());
  sort_findings(findings);
  return findings;
}

}  // namespace hansa::contract
