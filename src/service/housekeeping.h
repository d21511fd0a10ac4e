// Old snapshots of a port: what could go is shown, dropped in one commit, and can be taken back
// until its files are removed (service/sweep).
#pragma once

#include "api/housekeeping.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/house_rules.h"
#include "service/step/tables.h"
#include "world/world.h"

namespace hansa::service {

// Whoever may publish into the port may keep its house. Errors of all: as find_target.
Result<api::HousekeepingPlan> plan_housekeeping(const Context& context, const Live& live,
                                                World& world, Tables& tables,
                                                const HouseRules& rules, const api::GetPort& ask);
// Errors: invalid: younger than the rollback window; exhausted: too many expiries wait; corrupt: an
// object of the table is missing.
Result<api::Expired> expire_snapshots(const Context& context, Live& live, World& world,
                                      Tables& tables, Clock& clock, const HouseRules& rules,
                                      const api::ExpireSnapshots& ask);
// Errors: not_found: nothing can be taken back.
Result<api::BroughtBack> undo_expiry(const Context& context, Live& live, World& world,
                                     Tables& tables, Clock& clock, const api::GetPort& ask);

}  // namespace hansa::service
