// Ports that are made of others by a query: set, run, ended.
#pragma once

#include <map>
#include <stop_token>

#include "api/derivation.h"
#include "service/authority/running.h"
#include "service/step/opening.h"

namespace hansa::service {

// Reads and binds the query as its service account, holds it against the contract, and sets it. A
// view is made once: what does not work is said to whoever sets it and to nobody else. Errors:
// invalid; denied, also for what the account may not read; blocked: a round, a chain that is too
// long, less protection than what it reads, rows that do not fit the contract.
Result<api::DerivationView> set_derivation(const Context& context, const Shelves& from,
                                           const api::SetDerivation& ask);
Result<api::Nothing> remove_derivation(const Context& context, const Shelves& from,
                                       const api::GetPort& ask);

// Makes the table anew if what it reads has changed since. What keeps it from that is kept with the
// derivation until a run goes well. Errors: as set_derivation; as Lease::run.
Result<api::DerivationRun> run_derivation(const Context& context, const Shelves& from,
                                          Running& running, const api::GetPort& ask);

// When each was last tried: one that found nothing to do leaves no trace in the store.
struct Timetable {
  std::map<PortId, Time> tried;
};
// Runs those whose time has come, one after the other, each as its own account.
void run_due(const Shelves& from, Running& running, Timetable& timetable, std::stop_token stop);

}  // namespace hansa::service
