#include "contract/odps.h"

#include <fmt/format.h>

#include <array>

#include "contract/yaml.h"

namespace hansa::contract {

void describe(Fields& f, InputPort& port) {
  f.required("name", port.name);
  f.optional("version", port.version);
  f.optional("contractId", port.contract_id);
  f.rest(port.rest);
}

void describe(Fields& f, OutputPort& port) {
  f.required("name", port.name);
  f.optional("version", port.version);
  f.optional("type", port.type);
  f.optional("contractId", port.contract_id);
  f.optional("description", port.description);
  f.optional("deprecated", port.deprecated);
  f.optional("tags", port.tags);
  f.optional("customProperties", port.custom);
  f.rest(port.rest);
  if (f.mode() == Fields::Mode::read) port.mark = f.mark();
}

void describe(Fields& f, DataProduct& product) {
  std::string kind = "DataProduct";
  f.required("apiVersion", product.api_version);
  f.required("kind", kind);
  f.required("id", product.id);
  f.optional("name", product.name);
  f.optional("version", product.version);
  f.optional("status", product.status);
  f.optional("domain", product.domain);
  f.optional("tenant", product.tenant);
  f.optional("type", product.type);
  f.optional("deprecated", product.deprecated);
  if (f.mode() == Fields::Mode::read || product.description != Description{})
    f.optional("description", product.description);
  f.optional("tags", product.tags);
  f.optional("inputPorts", product.inputs);
  f.optional("outputPorts", product.outputs);
  f.optional("support", product.support);
  f.optional("team", product.team);
  f.optional("customProperties", product.custom);
  f.rest(product.rest);
}

Result<int> odps_version(std::string_view api_version) {
  constexpr std::array known{std::pair{"v0.9.0", 90}, std::pair{"v1.0.0", 100},
                             std::pair{"v1.1.0", 110}};
  for (const auto& [text, version] : known)
    if (api_version == text) return version;
  return invalid(
      fmt::format("'{}' is no version of ODPS that is read here", api_version.substr(0, 40)),
      "known are v0.9.0, v1.0.0 and v1.1.0");
}

Json canonical_json(const DataProduct& product) {
  DataProduct upgrade = product;
  upgrade.api_version = kOdpsVersion;
  if (upgrade.team.is_array()) {
    Json team{Json::Object{}};
    team.set("members", std::move(upgrade.team));
    upgrade.team = std::move(team);
  }
  Json json = to_json(upgrade);
  return check_shape(odps_standard(), json, 110).empty() ? json : to_json(product);
}

std::string to_yaml(const DataProduct& product) { return to_yaml(canonical_json(product)); }

}  // namespace hansa::contract
