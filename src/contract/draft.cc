#include "contract/draft.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "contract/facts.h"
#include "contract/yaml.h"

namespace hansa::contract {
namespace {

struct Spelling {
  std::string_view logical;
  std::string_view physical;  // empty: the logical type says it all
};

// How a type is written so that table_schema reads the same one.
Spelling spelling_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean: return {"boolean", ""};
    case TypeKind::int32: return {"integer", "int"};
    case TypeKind::int64: return {"integer", ""};
    case TypeKind::float32: return {"number", "float"};
    case TypeKind::float64: return {"number", ""};
    case TypeKind::decimal: return {"number", ""};
    case TypeKind::date: return {"date", ""};
    case TypeKind::time: return {"time", ""};
    case TypeKind::timestamp: return {"timestamp", ""};
    case TypeKind::timestamptz: return {"timestamp", ""};
    case TypeKind::string: return {"string", ""};
    case TypeKind::uuid: return {"string", "uuid"};
    case TypeKind::fixed: return {"string", ""};
    case TypeKind::binary: return {"string", "binary"};
    case TypeKind::structure: return {"object", ""};
    case TypeKind::list: return {"array", ""};
    case TypeKind::map: return {"map", ""};
  }
  return {"string", ""};
}

Property property_of(const Column& column);

Item item_of(const Type& type, std::size_t index) {
  Item item;
  if (index >= type.fields.size()) return item;
  item.one.push_back(property_of(type.fields[index]));
  item.one.front().name.clear();
  return item;
}

Property property_of(const Column& column) {
  Property property;
  property.name = column.name;
  const Spelling spelling = spelling_of(column.type.kind);
  property.logical_type = spelling.logical;
  property.physical_type = spelling.physical;
  property.description = column.description;
  if (column.required) property.required = true;
  if (column.type.kind == TypeKind::decimal || column.type.kind == TypeKind::fixed)
    property.physical_type = to_text(column.type);
  if (column.type.kind == TypeKind::timestamptz)
    property.logical_type_options.set("timezone", true);
  if (column.type.kind == TypeKind::list) property.items = item_of(column.type, 0);
  if (column.type.kind == TypeKind::map)
    property.map = MapParts{item_of(column.type, 0), item_of(column.type, 1)};
  if (column.type.kind == TypeKind::structure)
    for (const Column& field : column.type.fields)
      property.properties.push_back(property_of(field));
  return property;
}

// "daily_plays" and 1: "daily-plays-v1".
std::string contract_id(std::string_view port, std::uint32_t major) {
  std::string id(port);
  std::ranges::replace(id, '_', '-');
  return fmt::format("{}-v{}", id, major);
}

// "daily_plays": "Daily plays".
std::string title_from(std::string_view name) {
  std::string title(name);
  std::ranges::replace(title, '_', ' ');
  std::ranges::replace(title, '-', ' ');
  if (!title.empty() && title.front() >= 'a' && title.front() <= 'z')
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
  return title;
}

Result<void> mark_partitions(const DraftPort& port, std::vector<Property>& properties) {
  for (std::size_t i = 0; i < port.partitions.size(); ++i) {
    const auto found = std::ranges::find(properties, port.partitions[i], &Property::name);
    if (found == properties.end())
      return invalid(
          fmt::format("the partition column '{}' is not in the schema", port.partitions[i]));
    found->partitioned = true;
    found->partition_key_position = static_cast<std::int64_t>(i + 1);
  }
  return {};
}

}  // namespace

Result<DataContract> draft_contract(const DraftPort& port, std::string id,
                                    std::optional<std::uint32_t> latency_hours) {
  DataContract contract;
  contract.id = std::move(id);
  contract.version = port.version;
  contract.status = "active";
  SchemaObject object;
  object.name = port.name;
  for (const Column& column : port.schema.columns) object.properties.push_back(property_of(column));
  HANSA_CHECK(mark_partitions(port, object.properties));
  contract.schema.push_back(std::move(object));
  if (latency_hours)
    contract.sla.push_back({"latency", Json(std::uint64_t{*latency_hours}), "h", "", {}});
  // What cannot be read back (a struct without fields, two columns of one name, a name with control
  // characters) is no contract.
  HANSA_CHECK(table_schema(contract));
  HANSA_CHECK(parse_yaml(to_yaml(contract)));
  return contract;
}

Result<Drafted> draft_product(const Draft& draft) {
  HANSA_CHECK(check_name("domain", draft.domain));
  HANSA_CHECK(check_name("product", draft.product));
  Drafted out;
  out.product.id = draft.product;
  out.product.name = draft.title.empty() ? title_from(draft.product) : draft.title;
  out.product.domain = draft.domain;
  out.product.status = "active";
  for (const DraftPort& port : draft.ports) {
    HANSA_CHECK(check_port_name(port.name));
    HANSA_TRY(const std::uint32_t major, major_of(port.version));
    OutputPort output;
    output.name = port.name;
    output.version = port.version;
    output.type = "table";
    output.contract_id = contract_id(port.name, major);
    auto contract = draft_contract(port, output.contract_id, draft.latency_hours);
    if (!contract)
      return in_context(fmt::format("port '{}'", port.name), std::move(contract).error());
    out.product.outputs.push_back(std::move(output));
    out.contracts.push_back(std::move(*contract));
  }
  HANSA_CHECK(facts_of(out.product));
  out.text = to_yaml(out.product);
  for (const DataContract& contract : out.contracts) out.text += "---\n" + to_yaml(contract);
  return out;
}

Result<std::string> draft_team(std::string_view name, std::string_view domain,
                               std::span<const std::string> accounts) {
  HANSA_CHECK(check_name("team", name));
  HANSA_CHECK(check_name("domain", domain));
  Team team;
  team.name = name;
  team.title = title_from(name);
  Domain its_domain;
  its_domain.name = domain;
  its_domain.title = title_from(domain);
  its_domain.owner = name;
  std::string text = to_yaml(team) + "---\n" + to_yaml(its_domain);
  std::vector<std::string> seen;
  for (const std::string& word : accounts) {
    Account account;
    account.name =
        word.starts_with(std::string(domain) + "-") ? word : fmt::format("{}-{}", domain, word);
    account.domain = domain;
    account.bucket = account.name;
    std::ranges::replace(account.bucket, '_', '-');
    HANSA_CHECK(check_name("account", account.name));
    HANSA_CHECK(from_json<Account>(to_json(account)));
    if (std::ranges::find(seen, account.name) != seen.end())
      return invalid(fmt::format("account '{}' stands twice", account.name));
    seen.push_back(account.name);
    text += "---\n" + to_yaml(account);
  }
  return text;
}

}  // namespace hansa::contract
