// Data products, their output ports and the tables behind them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/packed.h"
#include "base/time.h"
#include "model/checks.h"
#include "model/domain.h"
#include "model/ids.h"
#include "model/location.h"
#include "model/protection.h"
#include "model/schema.h"
#include "model/slo.h"

namespace hansa {

struct InputPort {
  std::string name;
  std::string version;
  std::string contract;  // the ODCS id it relies on
  friend bool operator==(const InputPort&, const InputPort&) = default;
};

struct Product {
  ProductId id;
  std::string name;  // unique in its domain
  DomainId domain;
  AccountId account;
  std::string title;
  std::string description;
  std::string version;
  std::string status;
  Visibility visibility = Visibility::open;
  bool hidden = false;  // only its owners and those with a grant may know of it
  std::vector<std::string> tags;
  std::vector<InputPort> inputs;
  std::string repository;  // of the code that makes it; may be empty
  PackedText manifest;     // the canonical ODPS text
  std::vector<std::string> aliases;
  bool deprecated = false;
  std::vector<std::string> synonyms = {};  // other words for it, to be found by
  bool reachable = false;                  // its manifest says how to reach those who make it
  friend bool operator==(const Product&, const Product&) = default;
};

// What stands behind an output port. Only tables are built; the others are closed alternatives.
enum class PortKind { table, view, api, topic };

// One major version of an output port: `domain/port@major`. Majors of one port share a name and a
// product and live side by side.
struct Port {
  PortId id;
  ProductId product;
  DomainId domain;   // the product's, so that a reference resolves without it
  std::string name;  // unique in the domain
  std::uint32_t major = 1;
  bool is_default = true;  // `domain/port` without a version means this one
  std::string version;     // "1.2.0"
  PortKind kind = PortKind::table;
  std::string description;
  ContractId contract;
  std::vector<std::string> aliases;
  bool deprecated = false;
  std::vector<std::string> tags = {};
  std::vector<std::string> synonyms = {};
  friend bool operator==(const Port&, const Port&) = default;
};

// Another word for a column, or for the whole dataset: a synonym, a business name, a tag.
struct Synonym {
  std::string column;  // its path; empty: the dataset
  std::string word;
  friend bool operator==(const Synonym&, const Synonym&) = default;
};

struct Contract {
  ContractId id;
  PortId port;
  std::string key;  // the ODCS `id`
  std::string version;
  std::string status;
  Schema schema;
  PackedText manifest;  // the canonical ODCS text
  // Columns with an ODCS `classification`, their own or of a part of them, and its words.
  std::vector<std::pair<std::string, std::string>> classified = {};
  std::vector<Synonym> synonyms = {};
  std::vector<Objective> objectives = {};
  std::uint32_t tests = 0;  // checks of its data that are run
  friend bool operator==(const Contract&, const Contract&) = default;
};

// One state of a table: what a reader pins.
struct TableState {
  Location metadata;
  std::int64_t snapshot = 0;
  std::string operation;  // append, overwrite, rollback
  Time at;
  PrincipalId by;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  // Where the data came from, as the publisher said: repository, commit, job, run.
  std::vector<std::pair<std::string, std::string>> made_by;
  Seq seq = {};  // of the commit that made it; zero until it is committed
  // What its rows were made of by queries, those before it left there too.
  std::vector<MadeOf> made_of = {};
  friend bool operator==(const TableState&, const TableState&) = default;
};

// Snapshots that were dropped from a table and can be taken back until `until`; only then do the
// files that they alone need go away.
struct Expiry {
  Location metadata;  // of the table before: it names what was dropped
  Time at;
  PrincipalId by;
  Time until;
  std::uint64_t snapshots = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  friend bool operator==(const Expiry&, const Expiry&) = default;
};

// A publish whose data failed the checks of its contract and is kept aside (model/held.h). Its
// files lie where its uploads do; nobody reads them but those who may publish there.
struct HeldBatch {
  CheckRun run;           // which publish, when, by whom, and what failed of it
  bool replaces = false;  // all rows that are there when it is released
  std::uint32_t files = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::vector<std::pair<std::string, std::string>> made_by;
  std::optional<Time> dropped = {};  // its files go with the next sweep
  friend bool operator==(const HeldBatch&, const HeldBatch&) = default;
};

// The pointer behind a table port: its id is the port's. The newest state stands last.
struct Table {
  PortId id;
  Location location;  // s3://BUCKET/tables/ID: all of the table's own objects lie below
  std::vector<TableState> states;
  // Files outside its location that the current state lists: claimed (model/keys.h), so that no
  // second table, which may have another policy, can list one of them.
  std::vector<Location> registered = {};
  std::vector<MadeOf> earlier = {};   // what states were made of that are not kept any more
  std::vector<Expiry> expiries = {};  // oldest first
  // When data came, oldest first: what is merged or expired leaves it as it is.
  std::vector<Time> data_at = {};
  std::optional<Time> replaced_at = {};  // rows that were there were replaced last
  std::vector<HeldBatch> held = {};      // oldest first
  friend bool operator==(const Table&, const Table&) = default;
  const TableState* current() const { return states.empty() ? nullptr : &states.back(); }
};

}  // namespace hansa
