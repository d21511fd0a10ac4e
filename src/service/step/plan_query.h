// From the names a statement reads to relations with permits.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "query/plan.h"
#include "query/tree.h"
#include "service/authority/authorize.h"

namespace hansa::service {

struct PlannedBridge;  // plan_bridge.h
struct PlannedView;    // plan_view.h

// That a version which is read will end: whoever reads it is told with the rows.
struct VersionEnds {
  std::string ref;    // domain/port@major
  Time since;         // when it was announced
  Time until;         // the caller reads it until then
  std::string use;    // what replaces it, if the caller may know that
  std::string words;  // a sentence
};

// An open incident of what is read.
struct Trouble {
  IncidentId id;
  std::string words;
};

// A version that is read wherever another one is named.
struct Instead {
  PortId from;
  PortId to;
};

// One port the statement reads, with the decision about it.
struct PlannedPort {
  PortId port;
  std::string ref;      // domain/port@major
  std::string version;  // of its contract
  bool own = false;     // the caller belongs to the team that owns it
  std::string role;     // what the caller reads it as: itself, or whom the grant was given to
  std::optional<TableState> state;
  Decision decision;         // refused: the last of the ports, and the statement is not planned
  std::size_t relation = 0;  // in the plan
  // Where the decision shows a part only: which, and what it is a part of.
  std::optional<Visible> visible;
  ProductId product;
  Schema whole;
  std::shared_ptr<const PlannedView> made_of;        // of a view
  std::shared_ptr<const PlannedBridge> bridge = {};  // of a version served from the next one
  std::optional<VersionEnds> ends = {};
  std::vector<Trouble> troubles = {};
  bool browned_out = false;  // refused by a brown-out alone
};

struct Planned {
  query::Plan plan;  // relations without their files, and the statement
  std::vector<Permit> permits;
  std::vector<PlannedPort> ports;
  std::vector<PortId> within;  // the views that this is planned for, the outermost first
  std::optional<Instead> instead = {};
};

// Memory only. `sql` is the user's text; SHOW TABLES becomes a query of information_schema. Errors:
// invalid for a name that means nothing, with near ones; denied. `out` then holds the ports decided
// so far, for their records.
Result<void> plan_query(const Context& context, const View& view, const query::TreeFacts& facts,
                        const query::Statement& statement, Planned& out);

}  // namespace hansa::service
