// A port whose rows are made of other ports by a query: a view, or a table that is made anew.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/ids.h"

namespace hansa {

// A table as the query names it, with the catalog and schema it starts from filled in.
struct NamedTable {
  std::string catalog;
  std::string schema;
  std::string name;
  friend bool operator==(const NamedTable&, const NamedTable&) = default;
};

// One port that was read. Names move, so what is recorded is the port itself.
struct SourceRead {
  PortId port;
  std::string version;  // of its contract
  std::string state;  // what of it: the snapshot of a table, the key of a view; empty: no data yet
  std::string part;   // where less than all of it is shown: which part
  std::vector<std::string> columns;
  friend bool operator==(const SourceRead&, const SourceRead&) = default;
};

// Its id is the port's: a port is made by one query at most.
struct Derivation {
  PortId id;
  std::string sql;
  std::string catalog;  // the query's defaults
  std::string schema;
  PrincipalId runs_as;              // a service account of the team that owns the port
  std::uint64_t every_seconds = 0;  // 0: on demand
  PrincipalId set_by;
  Time set_at;
  std::vector<NamedTable> tables;   // what the query names, so that a view is decided unparsed
  std::vector<SourceRead> sources;  // as the last run read them, or as they were when it was set
  bool moves = false;               // its rows depend on the time or on chance too
  std::int64_t snapshot = 0;        // that the last run made; 0: none did
  std::optional<Time> ran_at;
  std::string stopped;  // why the last run made nothing; empty: it did
  std::string next;     // what would help
  std::optional<Time> stopped_at;
  friend bool operator==(const Derivation&, const Derivation&) = default;
};

}  // namespace hansa
