// Tables that a query makes, made anew: now, or when their time has come.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "api/derivation.h"
#include "service/authority/running.h"
#include "service/step/opening.h"
#include "service/step/turns.h"

namespace hansa::service {

// Makes the table anew if what it reads has changed since, once there is a place
// (VisibleCopies::places). What keeps it from that is kept with the derivation until a run goes
// well. Errors: as set_derivation; as Turns::take; as Lease::run.
Result<api::DerivationRun> run_derivation(const Context& context, const Shelves& from,
                                          Running& running, const api::GetPort& ask);

// When each was last tried: one that found nothing to do leaves no trace in the store.
struct Timetable {
  std::map<PortId, Time> tried;
};
struct Due {
  std::string ref;
  Derivation derivation;
  Time since;
  Turns::Turn turn;
};
// Those whose time has come and for which there is a place, the longest waiting first. The others
// are due the next time.
std::vector<Due> due(const Shelves& from, Timetable& timetable);
// Runs it as its own account.
void run_due(const Shelves& from, Running& running, Due due, std::stop_token stop);

}  // namespace hansa::service
