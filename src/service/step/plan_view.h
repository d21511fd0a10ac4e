// What a view is made of, decided as the account it is made as: on the same mesh and at the same
// moment as its reader's own rights.
#pragma once

#include "base/digest.h"
#include "service/authority/running.h"
#include "service/step/derived.h"
#include "service/step/plan_query.h"

namespace hansa::service {

struct PlannedView {
  PortId port;
  std::string ref;    // domain/port@major
  std::string owner;  // whom to ask
  Schema columns;     // of its contract
  Caller as;
  std::string sql;
  Planned sources;
  std::vector<SourceRead> reads = {};  // the same, with the columns as far as they are known
  // Of all that its rows depend on: the query, and what is read of each source. Equal keys, equal
  // rows.
  std::string key;
};

// Whether its rows are made for whoever reads them, of a view or by a bridge.
bool is_made(const PlannedPort& port);
// What one planned port shows: the snapshot of a table, the key of a view or bridge; empty:
// nothing yet.
std::string state_of(const PlannedPort& port);
// The same as a number that a reader can come back to: of a view it says whether its rows are the
// same, since older ones are not kept.
std::int64_t pin_of(const PlannedPort& port);
// The ports that were planned, as a derivation records them; `bound` says which columns.
std::vector<SourceRead> sources_of(const Planned& planned, const query::Bound& bound);
// Adds what the views among them were planned from: names may lead elsewhere once it has run.
std::vector<SourceRead> with_behind(std::vector<SourceRead> reads, const Planned& planned);

std::string key_of(const PlannedView& planned, const Derivation& derivation);
// What of a schema a key depends on.
void add_columns(Digest& digest, const Schema& schema);

// `out` holds what was decided, also if that was a refusal. Errors: as plan_query and
// check_protected, to be told to its owner only.
Result<void> plan_view(const Context& context, const View& view, const Port& port,
                       const Derivation& derivation, const std::vector<PortId>& within,
                       PlannedView& out);

// What a reader is told of a view that cannot be made: whose it is, and nothing of what it reads.
Error does_not_answer(const PlannedView& planned);

// The rights of others that a statement stands on: those of the accounts its views are made as.
std::vector<Borrowed> borrowed(const Planned& planned);

}  // namespace hansa::service
