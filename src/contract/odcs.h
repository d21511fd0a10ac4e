// The Open Data Contract Standard as values, both ways: read v3.0 to v3.2, write v3.2.0. What Hansa
// uses has a field of its own; everything else stays in `rest`, as it was written, so that nothing
// is lost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/json.h"
#include "base/result.h"
#include "contract/shape.h"
#include "model/schema.h"

namespace hansa::contract {

inline constexpr std::string_view kOdcsVersion = "v3.2.0";  // what we write

// Extensions of a strict standard live here.
struct CustomProperty {
  std::string property;
  Json value;
  std::string description;
  Json::Object rest;
  friend bool operator==(const CustomProperty&, const CustomProperty&) = default;
};

// How to reach people. ODCS and ODPS share the shape.
struct Channel {
  std::string channel;
  std::string url;
  std::string tool;
  std::string scope;  // interactive, announcements, issues, notifications
  std::string description;
  Json::Object rest;
  friend bool operator==(const Channel&, const Channel&) = default;
};

struct Description {
  std::string purpose;
  std::string limitations;
  std::string usage;
  Json::Object rest;
  friend bool operator==(const Description&, const Description&) = default;
};

struct Property;

// One nested property, or none: the element of an array, the key or value of a map.
struct Item {
  std::vector<Property> one;
  friend bool operator==(const Item&, const Item&);
};

struct MapParts {
  Item key;
  Item value;
  friend bool operator==(const MapParts&, const MapParts&) = default;
};

// A check of data quality. Its comparison (mustBe, mustBeLessThan, ...) stands in `rest`.
struct Quality {
  std::string name;
  std::string type;    // library (or none), sql, text, custom
  std::string metric;  // of the library
  std::string rule;    // what v3.0 called it
  std::string query;   // of sql
  std::string description;
  std::string dimension;
  std::string severity;
  std::string unit;
  Json::Object rest;
  Mark mark;
  friend bool operator==(const Quality&, const Quality&) = default;
};

// A column, or a part of one.
struct Property {
  std::string name;  // empty in an Item
  std::string logical_type;
  Json logical_type_options;
  std::string physical_type;
  std::string physical_name;
  std::string business_name;
  std::string description;
  std::optional<bool> required;
  std::optional<bool> unique;
  std::optional<bool> primary_key;
  std::optional<std::int64_t> primary_key_position;
  std::optional<bool> partitioned;
  std::optional<std::int64_t> partition_key_position;
  std::optional<bool> deprecated;
  std::string classification;
  std::vector<std::string> tags;
  std::vector<Property> properties;  // of an object
  Item items;                        // of an array
  std::optional<MapParts> map;
  std::vector<Quality> quality;
  std::vector<CustomProperty> custom;
  Json::Object rest;
  Mark mark;
  friend bool operator==(const Property&, const Property&) = default;
};

// A table, a view, a topic.
struct SchemaObject {
  std::string name;
  std::string logical_type;
  std::string physical_name;
  std::string physical_type;
  std::string business_name;
  std::string description;
  std::vector<std::string> tags;
  std::vector<Property> properties;
  std::vector<Quality> quality;
  std::vector<CustomProperty> custom;
  Json::Object rest;
  friend bool operator==(const SchemaObject&, const SchemaObject&) = default;
};

struct Server {
  std::string server;
  std::string type;
  std::string environment;
  std::string description;
  Json::Object rest;
  friend bool operator==(const Server&, const Server&) = default;
};

struct Role {
  std::string role;
  std::string access;
  std::string description;
  std::string first_level_approvers;
  std::string second_level_approvers;
  Json::Object rest;
  friend bool operator==(const Role&, const Role&) = default;
};

struct SlaProperty {
  std::string property;  // latency, endOfSupport, ...
  Json value;
  std::string unit;
  std::string element;
  Json::Object rest;
  friend bool operator==(const SlaProperty&, const SlaProperty&) = default;
};

struct DataContract {
  std::string api_version{kOdcsVersion};
  std::string id;
  std::string name;
  std::string version;
  std::string status;
  std::string domain;
  std::string tenant;
  std::string data_product;
  Description description;
  std::vector<std::string> tags;
  std::vector<Server> servers;
  std::vector<SchemaObject> schema;
  std::vector<SlaProperty> sla;
  std::vector<Channel> support;
  Json team;  // an object since v3.1, a list of members before
  std::vector<Role> roles;
  std::vector<CustomProperty> custom;
  Json::Object rest;
  friend bool operator==(const DataContract&, const DataContract&) = default;
};

void describe(Fields& f, CustomProperty& custom);
void describe(Fields& f, Channel& channel);
void describe(Fields& f, Description& description);
void describe(Fields& f, Item& item);
void describe(Fields& f, MapParts& map);
void describe(Fields& f, Quality& quality);
void describe(Fields& f, Property& property);
void describe(Fields& f, SchemaObject& object);
void describe(Fields& f, Server& server);
void describe(Fields& f, Role& role);
void describe(Fields& f, SlaProperty& sla);
void describe(Fields& f, DataContract& contract);

// 310 for "v3.1.0". Errors: invalid, naming the versions that are known.
Result<int> odcs_version(std::string_view api_version);

// As v3.2.0, with what older versions spelt otherwise brought up to date; a contract that uses what
// v3.2 no longer knows keeps its version.
Json canonical_json(const DataContract& contract);
std::string to_yaml(const DataContract& contract);

// The columns of one schema object, by its name or physical name; with an empty name, of the only
// one. Field ids are not assigned. Errors: not_found; invalid, with line and column, for a type
// that cannot be told.
Result<Schema> table_schema(const DataContract& contract, std::string_view object_name = {});
// The column's name in the data.
const std::string& column_name(const Property& property);
// The columns of the primary key, in its order.
std::vector<std::string> key_columns(const SchemaObject& object);
// The names of the columns by which its data lies in folders (`partitioned: true`), in their order.
std::vector<std::string> partition_columns(const SchemaObject& object);
const SchemaObject* find_object(const DataContract& contract, std::string_view name);

// The value of a custom property, or nullptr.
const Json* find_custom(const std::vector<CustomProperty>& custom, std::string_view name);

}  // namespace hansa::contract
