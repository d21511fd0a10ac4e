// Ports that are made of others by a query: set and ended.
#pragma once

#include "api/derivation.h"
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

}  // namespace hansa::service
