// A port that a query makes, as setting and running it both see it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "service/authority/commit.h"
#include "service/step/opening.h"
#include "service/step/plan_view.h"

namespace hansa::service {

// A port and the query that makes it, as values: they outlive the view they were read from.
struct DeriveJob {
  Derivation derivation;
  PortKind kind = PortKind::table;
  std::string ref;
  std::string owner;
  Schema columns;
};

// Of somebody who may publish there.
Result<const Port*> own_port(const Context& context, const View& view, const std::string& ref);

// The caller's own time and patience, as the service account.
Context as_account(const Context& context, const DeriveJob& job, Trail& trail);
// `placed`: whoever opens it holds a place already (VisibleCopies::places).
Opening opening_of(const Context& as, const Shelves& from, const DeriveJob& job,
                   bool placed = false);
std::shared_ptr<Reads> reads_of(const Context& as, const Shelves& from, const DeriveJob& job);

// One SELECT of ports and nothing else. Errors: invalid.
Result<void> check_facts(const query::TreeFacts& facts, const DeriveJob& job);
// Against the contract, by name; types are looked at once there is a file. Errors: blocked.
Result<void> check_columns(const DeriveJob& job, const query::Bound& bound);

// Whether the account may read on the mesh as it is what was planned, and see as much of it; its
// permits then belong to the commit. Errors: as authorize; conflict: it sees another part; as lost.
Result<void> decide_again(const Context& as, const View& view, const Planned& planned,
                          Attempt& out);
// What the change stands on, of the mesh as it is. Errors: as check_account, check_protection and
// check_acyclic.
Result<void> check_place(const View& view, const DeriveJob& job,
                         const std::vector<SourceRead>& reads, Attempt& out);

}  // namespace hansa::service
