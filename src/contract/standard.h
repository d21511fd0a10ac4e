// Products held against standards: the one rule of lint, plan, apply and scores. Pure; whoever
// asks says what the product is like, out of documents or out of the mesh.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "contract/document.h"
#include "model/name_pattern.h"
#include "model/slo.h"
#include "model/standard.h"

namespace hansa::contract {

struct ColumnFacts {
  std::string name;
  bool described = false;
  bool classified = false;
};

// One version of a port, as far as standards ask.
struct JudgedPort {
  std::string name;
  std::uint32_t major = 1;
  bool described = false;
  // Nothing of a contract that is not at hand is judged.
  bool has_contract = false;
  std::string contract;  // its id
  std::vector<ColumnFacts> columns;
  std::vector<std::string> promises;  // its slaProperties
  std::uint32_t tests = 0;
};

// Empty optionals are not known here, and are not judged.
struct JudgedProduct {
  std::string name;
  std::string domain;
  std::string team;  // that owns the domain; may be unknown
  std::optional<bool> owned;
  std::optional<bool> reachable;
  std::optional<hansa::Visibility> visibility;
  std::vector<std::string> tags;
  bool described = false;
  std::vector<JudgedPort> ports;
};

// What a requirement misses.
struct Miss {
  enum class Where { product, port, contract };
  Where where = Where::product;
  std::string port;  // of port and contract
  std::uint32_t major = 0;
  std::string column;  // the first one that it is about; may be empty
  std::string says;
  std::string next;  // what to write
  friend bool operator==(const Miss&, const Miss&) = default;
};

// Whether a standard with this scope speaks of the product; its domains are for the caller to
// compare.
bool speaks_of(const std::optional<hansa::Visibility>& visibility,
               const std::vector<std::string>& tags, const JudgedProduct& product);
// Patterns of names that were parsed already: a request holds many products against the same ones.
class Patterns {
 public:
  // nullptr: it cannot be read, and was refused when the standard was written.
  const NamePattern* of(const std::string& text);
  std::size_t parsed() const { return known_.size(); }

 private:
  std::unordered_map<std::string, std::optional<NamePattern>> known_;
};

// At most one for each port and kind of name. Notice is of no product but of the end of a version:
// nothing.
std::vector<Miss> misses(const Requirement& requirement, const JudgedProduct& product,
                         Patterns& patterns);
// "standard basics asks for it (classification): ..."
std::string words(const std::string& standard, const Requirement& requirement, const Miss& miss);

// How a port is like, by its contract, whether that is a document or a noun.
std::vector<ColumnFacts> column_facts(
    const Schema& schema, const std::vector<std::pair<std::string, std::string>>& classified);
std::vector<std::string> promises_in(const std::vector<Objective>& objectives);

// The products of a set held against its standards. What is blocked is an error.
std::vector<Finding> check_standards(const Manifests& manifests);
// Where in the set it is to be written; a file without a name: nowhere in it.
Finding place_of(const Manifests& manifests, const Sourced<DataProduct>& product, const Miss& miss);

}  // namespace hansa::contract
