// Sets of manifests: which documents there are, of which kind, and everything that is wrong with
// them, each with file, line and column; not only the first.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json.h"
#include "contract/finding.h"
#include "contract/kinds.h"
#include "contract/odcs.h"
#include "contract/odps.h"

namespace hansa::contract {

enum class Kind {
  data_product,
  data_contract,
  organisation,
  team,
  domain,
  account,
  access,
  standard
};
constexpr auto names_of(std::type_identity<Kind>) {
  using Row = std::pair<Kind, std::string_view>;
  return std::array{Row{Kind::data_product, "DataProduct"},
                    Row{Kind::data_contract, "DataContract"},
                    Row{Kind::organisation, "Organisation"},
                    Row{Kind::team, "Team"},
                    Row{Kind::domain, "Domain"},
                    Row{Kind::account, "Account"},
                    Row{Kind::access, "Access"},
                    Row{Kind::standard, "Standard"}};
}

struct SourceFile {
  std::string name;  // as messages show it
  std::string text;
};

struct Document {
  std::string file;
  Mark mark;
  Kind kind = Kind::data_product;
  std::string api_version;
  Json json;
};

// A manifest and where it stood. `json` is the document as it was read, with a mark on every node.
template <class T>
struct Sourced {
  T value;
  std::string file;
  Mark mark;
  Json json;
};

struct Manifests {
  std::vector<Sourced<DataProduct>> products;
  std::vector<Sourced<DataContract>> contracts;
  std::vector<Sourced<Organisation>> organisations;
  std::vector<Sourced<Team>> teams;
  std::vector<Sourced<Domain>> domains;
  std::vector<Sourced<Account>> accounts;
  std::vector<Sourced<Access>> accesses;
  std::vector<Sourced<Standard>> standards;
  std::vector<Finding> warnings;  // tolerated on reading
  std::vector<Finding> problems;  // any of these, and the set must not be applied
};

// The documents of one file; what is not one becomes a finding.
std::vector<Document> read_documents(const SourceFile& file, std::vector<Finding>& findings);

// With `strict`, what a document does outside its own version of its standard is a problem, not a
// warning.
Manifests read_manifests(std::span<const SourceFile> files, bool strict = false);

}  // namespace hansa::contract
