// What a version's readers really ask, tried on the version that shall replace it, before they have
// to move: as each of them, under its own rights.
#pragma once

#include "api/replay.h"
#include "service/authority/context.h"
#include "service/authority/running.h"
#include "service/step/opening.h"

namespace hansa::service {

// Tries what is recorded of consumers' reads of the version, as long as its text is kept, and the
// queries of what is made of it. The owning team learns verdicts, and no statement of others.
// Errors: not_found; denied: the caller is not of the team that owns both; invalid: both are one.
Result<api::ReplayView> replay_version(const Context& context, const Shelves& from,
                                       Running& running, const api::ReplayVersion& ask);

// The last one, as the caller may see it: its own queries with their texts; for the owning team the
// verdicts of all. Errors: not_found.
Result<api::ReplayView> get_replay(const Context& context, const Shelves& from,
                                   const api::OneVersion& ask);

// At most `max` statements of this principal, as a notice to it shows them: what cannot be said is
// left out.
std::vector<api::ReplayedView> statements_of(const Shelves& from, PrincipalId who,
                                             const std::string& port, std::size_t max);

}  // namespace hansa::service
