#include "contract/odcs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "contract/yaml.h"

namespace hansa::contract {
namespace {

struct Known {
  std::string_view text;
  int version;
};
constexpr std::array kVersions{Known{"v3.0.0", 300}, Known{"v3.0.1", 301}, Known{"v3.0.2", 302},
                               Known{"v3.1.0", 310}, Known{"v3.2.0", 320}};

// May be absent in older versions; null is a value.
void written(Fields& f, std::string_view name, Json& value) {
  if (f.mode() == Fields::Mode::read) f.optional(name, value);
  else f.required(name, value);
}

// Members that the standard gives every property, named or not.
void describe_base(Fields& f, Property& p) {
  f.optional("logicalType", p.logical_type);
  f.optional("logicalTypeOptions", p.logical_type_options);
  f.optional("physicalType", p.physical_type);
  f.optional("physicalName", p.physical_name);
  f.optional("businessName", p.business_name);
  f.optional("description", p.description);
  f.optional("required", p.required);
  f.optional("unique", p.unique);
  f.optional("primaryKey", p.primary_key);
  f.optional("primaryKeyPosition", p.primary_key_position);
  f.optional("partitioned", p.partitioned);
  f.optional("partitionKeyPosition", p.partition_key_position);
  f.optional("deprecated", p.deprecated);
  f.optional("classification", p.classification);
  f.optional("tags", p.tags);
  f.optional("properties", p.properties);
  if (f.mode() == Fields::Mode::read || !p.items.one.empty()) f.optional("items", p.items);
  f.optional("map", p.map);
  f.optional("quality", p.quality);
  f.optional("customProperties", p.custom);
  f.rest(p.rest);
  if (f.mode() == Fields::Mode::read) p.mark = f.mark();
}

// v3.1 made the list of members an object.
void upgrade_team(DataContract& contract) {
  if (!contract.team.is_array()) return;
  Json team{Json::Object{}};
  team.set("members", std::move(contract.team));
  contract.team = std::move(team);
}

// v3.1 renamed the rules of the quality library to metrics.
void upgrade_quality(std::vector<Quality>& quality) {
  constexpr std::array renamed{
      std::pair{"duplicateCount", "duplicateValues"}, std::pair{"rowCount", "rowCount"},
      std::pair{"nullCount", "nullValues"}, std::pair{"invalidCount", "invalidValues"},
      std::pair{"missingCount", "missingValues"}};
  for (Quality& check : quality) {
    if (!check.metric.empty() || (!check.type.empty() && check.type != "library")) continue;
    for (const auto& [rule, metric] : renamed) {
      if (check.rule != rule) continue;
      check.metric = metric;
      check.type = "library";
      check.rule.clear();
    }
  }
}

// v3.1 made the exclusive bounds numbers; before, they said how to read `minimum` and `maximum`.
void upgrade_bound(Json& options, std::string_view exclusive, std::string_view bound) {
  auto* members = options.as_object();
  Json* flag = options.find(exclusive);
  if (members == nullptr || flag == nullptr || !flag->is_bool()) return;
  Json* value = options.find(bound);
  if (*flag->as_bool() && value != nullptr) {
    *flag = std::move(*value);
    std::erase_if(*members, [&](const auto& member) { return member.first == bound; });
  } else {
    std::erase_if(*members, [&](const auto& member) { return member.first == exclusive; });
  }
}

void upgrade_property(Property& property) {
  upgrade_bound(property.logical_type_options, "exclusiveMaximum", "maximum");
  upgrade_bound(property.logical_type_options, "exclusiveMinimum", "minimum");
  upgrade_quality(property.quality);
  for (Property& part : property.properties) upgrade_property(part);
  for (Property& part : property.items.one) upgrade_property(part);
}

DataContract upgraded(DataContract contract) {
  upgrade_team(contract);
  for (SchemaObject& object : contract.schema) {
    upgrade_quality(object.quality);
    for (Property& property : object.properties) upgrade_property(property);
  }
  contract.api_version = kOdcsVersion;
  return contract;
}

}  // namespace

bool operator==(const Item& a, const Item& b) { return a.one == b.one; }

void describe(Fields& f, CustomProperty& custom) {
  f.optional("property", custom.property);
  written(f, "value", custom.value);
  f.optional("description", custom.description);
  f.rest(custom.rest);
}

void describe(Fields& f, Channel& channel) {
  f.required("channel", channel.channel, "its name, such as #ads-data");
  f.optional("url", channel.url);
  f.optional("tool", channel.tool, "slack, email, ...");
  f.optional("scope", channel.scope, "interactive, announcements, issues or notifications");
  f.optional("description", channel.description);
  f.rest(channel.rest);
}

void describe(Fields& f, Description& description) {
  f.optional("purpose", description.purpose);
  f.optional("limitations", description.limitations);
  f.optional("usage", description.usage);
  f.rest(description.rest);
}

void describe(Fields& f, Item& item) {
  if (item.one.empty()) item.one.emplace_back();
  Property& property = item.one.front();
  f.optional("name", property.name);
  describe_base(f, property);
}

void describe(Fields& f, MapParts& map) {
  f.required("key", map.key);
  f.required("value", map.value);
}

void describe(Fields& f, Quality& quality) {
  f.optional("name", quality.name);
  f.optional("type", quality.type);
  f.optional("metric", quality.metric);
  f.optional("rule", quality.rule);
  f.optional("query", quality.query);
  f.optional("description", quality.description);
  f.optional("dimension", quality.dimension);
  f.optional("severity", quality.severity);
  f.optional("unit", quality.unit);
  f.rest(quality.rest);
  if (f.mode() == Fields::Mode::read) quality.mark = f.mark();
}

void describe(Fields& f, Property& property) {
  f.required("name", property.name);
  describe_base(f, property);
}

void describe(Fields& f, SchemaObject& object) {
  f.required("name", object.name);
  f.optional("logicalType", object.logical_type);
  f.optional("physicalName", object.physical_name);
  f.optional("physicalType", object.physical_type);
  f.optional("businessName", object.business_name);
  f.optional("description", object.description);
  f.optional("tags", object.tags);
  f.optional("properties", object.properties);
  f.optional("quality", object.quality);
  f.optional("customProperties", object.custom);
  f.rest(object.rest);
}

void describe(Fields& f, Server& server) {
  f.optional("server", server.server);
  f.optional("type", server.type);
  f.optional("environment", server.environment);
  f.optional("description", server.description);
  f.rest(server.rest);
}

void describe(Fields& f, Role& role) {
  f.optional("role", role.role);
  f.optional("access", role.access);
  f.optional("description", role.description);
  f.optional("firstLevelApprovers", role.first_level_approvers);
  f.optional("secondLevelApprovers", role.second_level_approvers);
  f.rest(role.rest);
}

void describe(Fields& f, SlaProperty& sla) {
  f.optional("property", sla.property);
  written(f, "value", sla.value);
  f.optional("unit", sla.unit);
  f.optional("element", sla.element);
  f.rest(sla.rest);
}

void describe(Fields& f, DataContract& contract) {
  std::string kind = "DataContract";
  f.required("apiVersion", contract.api_version);
  f.required("kind", kind);
  f.required("id", contract.id);
  f.optional("name", contract.name);
  f.required("version", contract.version);
  f.optional("status", contract.status);
  f.optional("domain", contract.domain);
  f.optional("tenant", contract.tenant);
  f.optional("dataProduct", contract.data_product);
  if (f.mode() == Fields::Mode::read || contract.description != Description{})
    f.optional("description", contract.description);
  f.optional("tags", contract.tags);
  f.optional("servers", contract.servers);
  f.optional("schema", contract.schema);
  f.optional("slaProperties", contract.sla);
  f.optional("support", contract.support);
  f.optional("team", contract.team);
  f.optional("roles", contract.roles);
  f.optional("customProperties", contract.custom);
  f.rest(contract.rest);
}

Result<int> odcs_version(std::string_view api_version) {
  for (const Known& known : kVersions)
    if (known.text == api_version) return known.version;
  std::string next = "known are v3.0.0, v3.0.1, v3.0.2, v3.1.0 and v3.2.0";
  if (api_version.starts_with("v2.")) next = "convert the contract to v3 first; " + next;
  return invalid(
      fmt::format("'{}' is no version of ODCS that is read here", api_version.substr(0, 40)), next);
}

Json canonical_json(const DataContract& contract) {
  Json upgrade = to_json(upgraded(contract));
  if (check_shape(odcs_standard(), upgrade, 320).empty()) return upgrade;
  return to_json(contract);
}

std::string to_yaml(const DataContract& contract) { return to_yaml(canonical_json(contract)); }

const SchemaObject* find_object(const DataContract& contract, std::string_view name) {
  if (name.empty()) return contract.schema.size() == 1 ? &contract.schema.front() : nullptr;
  for (const SchemaObject& object : contract.schema)
    if (object.name == name) return &object;
  for (const SchemaObject& object : contract.schema)
    if (object.physical_name == name) return &object;
  return nullptr;
}

const std::string& column_name(const Property& property) {
  return property.physical_name.empty() ? property.name : property.physical_name;
}

namespace {

// The columns that a mark chooses, by their positions; those without one, or with one below zero,
// stand last.
std::vector<std::string> in_order(const SchemaObject& object, std::optional<bool> Property::* mark,
                                  std::optional<std::int64_t> Property::* position) {
  std::vector<const Property*> found;
  for (const Property& property : object.properties)
    if ((property.*mark).value_or(false)) found.push_back(&property);
  std::ranges::stable_sort(found, {}, [&](const Property* p) {
    const std::int64_t at = (p->*position).value_or(-1);
    return at < 0 ? INT64_MAX : at;
  });
  std::vector<std::string> names;
  for (const Property* property : found) names.push_back(column_name(*property));
  return names;
}

}  // namespace

std::vector<std::string> key_columns(const SchemaObject& object) {
  return in_order(object, &Property::primary_key, &Property::primary_key_position);
}

std::vector<std::string> partition_columns(const SchemaObject& object) {
  return in_order(object, &Property::partitioned, &Property::partition_key_position);
}

const Json* find_custom(const std::vector<CustomProperty>& custom, std::string_view name) {
  const auto found = std::ranges::find(custom, name, &CustomProperty::property);
  return found == custom.end() ? nullptr : &found->value;
}

}  // namespace hansa::contract
