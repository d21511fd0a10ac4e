#include "contract/facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/lineage.h"

namespace hansa::contract {
namespace {

// The text of a custom property; empty if there is none. Errors: invalid if it is not text.
Result<std::string> custom_text(const std::vector<CustomProperty>& custom, std::string_view name) {
  const Json* value = find_custom(custom, name);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string())
    return invalid(fmt::format("custom property '{}' is text, not {}", name, value->kind()),
                   "write it in quotes");
  return *value->as_string();
}

std::string description_text(const Description& description) {
  std::string text = description.purpose;
  for (const std::string& more : {description.usage, description.limitations})
    if (!more.empty()) text += (text.empty() ? "" : "\n\n") + more;
  return text;
}

void add_highest(const Property& property, std::string& words) {
  if (words.empty() || level_of(property.classification) > level_of(words))
    if (!property.classification.empty()) words = property.classification;
  for (const Property& part : property.properties) add_highest(part, words);
  for (const Property& part : property.items.one) add_highest(part, words);
  if (!property.map) return;
  for (const Property& part : property.map->key.one) add_highest(part, words);
  for (const Property& part : property.map->value.one) add_highest(part, words);
}

// Their form was checked when the document was read.
std::vector<std::string> synonyms_in(const Json::Object& rest) {
  std::vector<std::string> out;
  for (const auto& [name, value] : rest)
    if (name == "synonyms" && value.is_array())
      for (const Json& each : *value.as_array())
        if (const Json* word = each.find("synonym"); word != nullptr && word->is_string())
          out.push_back(*word->as_string());
  return out;
}

void add_synonyms(std::vector<Synonym>& out, const std::string& column, const auto& of) {
  if (!of.business_name.empty()) out.push_back({column, of.business_name});
  for (std::string& word : synonyms_in(of.rest)) out.push_back({column, std::move(word)});
  for (const std::string& tag : of.tags) out.push_back({column, tag});
}

void add_synonyms(std::vector<Synonym>& out, const std::string& above,
                  const std::vector<Property>& properties) {
  for (const Property& each : properties) {
    const std::string path = above + each.name;
    add_synonyms(out, path, each);
    add_synonyms(out, path + ".", each.properties);
  }
}

bool ends_in_version(std::string_view name) {
  const auto at = name.rfind("_v");
  return at != std::string_view::npos && at + 2 < name.size() &&
         name.find_first_not_of("0123456789", at + 2) == std::string_view::npos;
}

}  // namespace

Result<std::uint32_t> major_of(std::string_view version) {
  std::string_view number = version;
  if (number.starts_with('v')) number.remove_prefix(1);
  number = number.substr(0, number.find_first_of(".-+"));
  const auto major = parse_int(number);
  if (number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos ||
      !major || *major > 9'999)
    return invalid(version.empty() ? "the version is missing"
                                   : fmt::format("'{}' is no version", version.substr(0, 40)),
                   "write a version such as 1.0.0; its first number is what readers choose by");
  return static_cast<std::uint32_t>(*major);
}

Result<hansa::PortKind> port_kind(std::string_view type) {
  const std::string word = lower_ascii(type);
  if (word.empty() || word == "table" || word == "tables" || word == "files")
    return hansa::PortKind::table;
  if (word == "view" || word == "views") return hansa::PortKind::view;
  if (word == "api") return hansa::PortKind::api;
  if (word == "topic" || word == "topics") return hansa::PortKind::topic;
  return invalid(fmt::format("'{}' is no type of port that Hansa serves", type.substr(0, 60)),
                 "use table, view, api or topic");
}

Result<void> check_port_name(std::string_view name) {
  HANSA_CHECK(check_name("port", name));
  if (!ends_in_version(name)) return {};
  const std::string plain(name.substr(0, name.rfind("_v")));
  return invalid(
      fmt::format("'{}' ends like one version of a port, and that is how SQL spells those", name),
      fmt::format("call it '{}' and say the version in `version`",
                  plain.empty() ? "a name" : plain));
}

Result<std::optional<Visibility>> visibility_of(const DataProduct& product) {
  HANSA_TRY(const std::string text, custom_text(product.custom, "visibility"));
  if (text.empty()) return std::nullopt;
  for (const auto& [value, name] : names_of(std::type_identity<Visibility>{}))
    if (name == text) return value;
  return invalid(fmt::format("custom property 'visibility' is open, restricted or hidden, not '{}'",
                             text.substr(0, 40)));
}

Result<PortFacts> facts_of(const OutputPort& port) {
  PortFacts facts;
  HANSA_CHECK(check_port_name(port.name));
  auto major = major_of(port.version);
  if (!major) return in_context(fmt::format("port '{}'", port.name), std::move(major).error());
  auto kind = port_kind(port.type);
  if (!kind) return in_context(fmt::format("port '{}'", port.name), std::move(kind).error());
  facts.name = port.name;
  facts.version = port.version;
  facts.major = *major;
  facts.kind = *kind;
  facts.contract_id = port.contract_id;
  facts.description = port.description;
  facts.tags = port.tags;
  facts.synonyms = synonyms_in(port.rest);
  facts.deprecated = port.deprecated.value_or(false);
  HANSA_TRY(facts.superseded_by, custom_text(port.custom, "supersededBy"));
  return facts;
}

Result<ProductFacts> facts_of(const DataProduct& product) {
  ProductFacts facts;
  facts.key = product.id;
  facts.title = product.name;
  facts.name = check_name("product", product.id) ? product.id : name_from(product.name);
  if (facts.name.empty())
    return invalid(
        fmt::format("product '{}' has no name that Hansa can use", product.id.substr(0, 80)),
        "give it an id of lower-case letters, digits, '_' and '-'");
  if (product.domain.empty())
    return invalid(fmt::format("product '{}' belongs to no domain", facts.name),
                   "say which in `domain`");
  HANSA_CHECK(check_name("domain", product.domain));
  facts.domain = product.domain;
  HANSA_TRY(facts.account, custom_text(product.custom, "account"));
  HANSA_TRY(facts.repository, custom_text(product.custom, "repository"));
  HANSA_TRY(facts.visibility, visibility_of(product));
  facts.description = description_text(product.description);
  facts.version = product.version;
  facts.status = product.status;
  if (const Json* name = product.team.find("name"); name != nullptr && name->is_string())
    facts.owner = *name->as_string();
  facts.tags = product.tags;
  facts.synonyms = synonyms_in(product.rest);
  facts.deprecated = product.deprecated.value_or(false);
  facts.support = product.support;
  facts.inputs = product.inputs;
  for (const OutputPort& port : product.outputs) {
    HANSA_TRY(PortFacts one, facts_of(port));
    for (const PortFacts& other : facts.ports)
      if (other.name == one.name && other.major == one.major)
        return invalid(
            fmt::format("port '{}' stands twice with major version {}", one.name, one.major),
            "a change that breaks nobody replaces the entry; one that does needs the next major "
            "version");
    facts.ports.push_back(std::move(one));
  }
  return facts;
}

const DataContract* resolve(const std::vector<const DataContract*>& contracts, std::string_view id,
                            std::string_view version) {
  std::vector<const DataContract*> of_id;
  for (const DataContract* contract : contracts)
    if (contract->id == id) of_id.push_back(contract);
  for (const DataContract* contract : of_id)
    if (contract->version == version) return contract;
  const auto major = major_of(version);
  for (const DataContract* contract : of_id)
    if (const auto theirs = major_of(contract->version); major && theirs && *major == *theirs)
      return contract;
  return of_id.size() == 1 ? of_id.front() : nullptr;
}

std::vector<Synonym> synonyms_of(const DataContract& contract, std::string_view port) {
  std::vector<Synonym> out;
  for (const std::string& tag : contract.tags) out.push_back({{}, tag});
  const SchemaObject* object =
      contract.schema.size() == 1 ? &contract.schema.front() : find_object(contract, port);
  if (object == nullptr) return out;
  add_synonyms(out, {}, *object);
  add_synonyms(out, {}, object->properties);
  return out;
}

Result<Schema> port_schema(const DataContract& contract, std::string_view port) {
  return table_schema(contract, contract.schema.size() == 1 ? std::string_view{} : port);
}

std::vector<std::pair<std::string, std::string>> classified(const DataContract& contract,
                                                            std::string_view port) {
  std::vector<std::pair<std::string, std::string>> out;
  const SchemaObject* object =
      find_object(contract, contract.schema.size() == 1 ? std::string_view{} : port);
  if (object == nullptr) return out;
  for (const Property& property : object->properties) {
    std::string words;
    add_highest(property, words);
    if (!words.empty()) out.emplace_back(column_name(property), std::move(words));
  }
  return out;
}

}  // namespace hansa::contract
