// The Open Data Product Standard (Bitol) as values, both ways: read v0.9 to v1.1, write v1.1.0.
// What Hansa uses has a field of its own; everything else stays in `rest`, as it was written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/json.h"
#include "base/result.h"
#include "contract/odcs.h"

namespace hansa::contract {

inline constexpr std::string_view kOdpsVersion = "v1.1.0";  // what we write

struct InputPort {
  std::string name;
  std::string version;
  std::string contract_id;
  Json::Object rest;
  friend bool operator==(const InputPort&, const InputPort&) = default;
};

struct OutputPort {
  std::string name;
  std::string version;
  std::string type;
  std::string description;
  std::string contract_id;
  std::optional<bool> deprecated;
  std::vector<std::string> tags;
  std::vector<CustomProperty> custom;
  Json::Object rest;
  Mark mark;
  friend bool operator==(const OutputPort&, const OutputPort&) = default;
};

struct DataProduct {
  std::string api_version{kOdpsVersion};
  std::string id;
  std::string name;
  std::string version;
  std::string status;
  std::string domain;
  std::string tenant;
  std::string type;
  std::optional<bool> deprecated;
  Description description;
  std::vector<std::string> tags;
  std::vector<InputPort> inputs;
  std::vector<OutputPort> outputs;
  std::vector<Channel> support;
  Json team;  // an object since v1.0, a list of members before
  std::vector<CustomProperty> custom;
  Json::Object rest;
  friend bool operator==(const DataProduct&, const DataProduct&) = default;
};

void describe(Fields& f, InputPort& port);
void describe(Fields& f, OutputPort& port);
void describe(Fields& f, DataProduct& product);

// 100 for "v1.0.0". Errors: invalid, naming the versions that are known.
Result<int> odps_version(std::string_view api_version);

// As v1.1.0; a product that uses what v1.1 no longer knows keeps its version.
Json canonical_json(const DataProduct& product);
std::string to_yaml(const DataProduct& product);

}  // namespace hansa::contract
