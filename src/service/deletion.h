// Ports, products and accounts go, and whoever is hit is known before and told after.
#pragma once

#include "api/deletion.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// Only for the team that owns it. Errors: not_found; denied; invalid.
Result<api::DeletionPlan> plan_deletion(const Context& context, Live& live, World& world,
                                        const api::PlanDeletion& ask);
// One commit, or nothing; a repeat after a lost reply gets the same answer. Files stay where they
// are. Errors: as plan; conflict: it is another plan by now; blocked: others are hit, and
// `override` is not set; exhausted: too much for one commit.
Result<api::DeletionView> make_deletion(const Context& context, Live& live, World& world,
                                        const api::Delete& ask);
Result<api::PageOf<api::DeletionView>> list_deletions(const Context& context, const Live& live,
                                                      const api::List& ask);

}  // namespace hansa::service
