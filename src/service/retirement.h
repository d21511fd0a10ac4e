// The last steps of a version: the bare name moves on, reads end, and can begin again.
#pragma once

#include "api/deprecation.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/house_rules.h"
#include "world/world.h"

namespace hansa::service {

// Ends reads of a deprecated version for everybody; running ones are cut before this returns. Its
// data stays. Only for the owning team. Errors: not_found; denied; blocked: somebody still needs
// it, and `override` is not set: it names them.
Result<api::DeprecationView> retire_version(const Context& context, Live& live, World& world,
                                            const HouseRules& rules, const api::RetireVersion& ask);
Result<api::DeprecationView> restore_version(const Context& context, Live& live, World& world,
                                             const HouseRules& rules, const api::OneVersion& ask);

// The name without a version means this one from now on. Errors: as retire_version; blocked: those
// who read the version that it means now would break, and were not told.
Result<api::PortView> move_default(const Context& context, Live& live, World& world,
                                   const api::MoveDefault& ask);

}  // namespace hansa::service
