// What Hansa needs to know of a product, out of what the standards let its owner write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/kinds.h"
#include "contract/odcs.h"
#include "contract/odps.h"
#include "model/product.h"

namespace hansa::contract {

struct PortFacts {
  std::string name;
  std::string version;
  std::uint32_t major = 1;
  hansa::PortKind kind = hansa::PortKind::table;
  std::string contract_id;  // may be empty
  std::string description;
  std::vector<std::string> tags;
  std::vector<std::string> synonyms;
  bool deprecated = false;
  std::string superseded_by;  // custom property `supersededBy`: "plays@2"
  friend bool operator==(const PortFacts&, const PortFacts&) = default;
};

struct ProductFacts {
  std::string key;    // the ODPS id
  std::string name;   // its id where that is a name, else one made from its title
  std::string title;  // the ODPS name
  std::string domain;
  std::string account;                   // custom property `account`; may be empty
  std::optional<Visibility> visibility;  // custom property `visibility`; none: its domain decides
  std::string description;
  std::string version;
  std::string status;
  std::string owner;       // the name of its ODPS team; empty: its domain's
  std::string repository;  // custom property `repository`; may be empty
  std::vector<std::string> tags;
  std::vector<std::string> synonyms;
  bool deprecated = false;  // by its mark; its status may say so too
  std::vector<Channel> support;
  std::vector<InputPort> inputs;
  std::vector<PortFacts> ports;
  friend bool operator==(const ProductFacts&, const ProductFacts&) = default;
};

// Errors: invalid, naming the port or property that does not do.
Result<ProductFacts> facts_of(const DataProduct& product);
Result<PortFacts> facts_of(const OutputPort& port);

// 2 for "2.1.0", "v2" and "2". Errors: invalid.
Result<std::uint32_t> major_of(std::string_view version);
// `tables` and `files` are tables; so is a port that says nothing. Errors: invalid.
Result<hansa::PortKind> port_kind(std::string_view type);
// A legal name that does not end in `_v2`: that spelling means one version of a port. Errors:
// invalid.
Result<void> check_port_name(std::string_view name);
Result<std::optional<Visibility>> visibility_of(const DataProduct& product);

// Among contracts of that id: the one of this version, else of its major, else the only one; or
// nullptr.
const DataContract* resolve(const std::vector<const DataContract*>& contracts, std::string_view id,
                            std::string_view version);
// The other words by which the dataset behind a port and its columns may be found: synonyms,
// business names and tags.
std::vector<Synonym> synonyms_of(const DataContract& contract, std::string_view port);
// The schema behind a port: the object of its name, or the contract's only one. Errors: as
// table_schema.
Result<Schema> port_schema(const DataContract& contract, std::string_view port);

// Columns of that schema that say a classification, or a part of which does: the highest, in its
// words.
std::vector<std::pair<std::string, std::string>> classified(const DataContract& contract,
                                                            std::string_view port);

}  // namespace hansa::contract
