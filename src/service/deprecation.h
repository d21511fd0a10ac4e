// The end of a version: announced to everybody who reads it, and withdrawn or kept to
// (service/retirement.h). What those do who were told stands in service/notices.h.
#pragma once

#include "api/deprecation.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/house_rules.h"
#include "world/world.h"

namespace hansa::service {

// Announces it, or changes what was announced. Everybody in the audience is told in the same
// commit, or, past what one commit holds, in those that follow. Only for the owning team. Errors:
// not_found; denied; invalid; blocked: too little notice, or the replacement cannot replace it.
// `bridge`: of ask.bridge, as bridge_for made it; none: the one it has stays.
Result<api::DeprecationView> deprecate(const Context& context, Live& live, World& world,
                                       const HouseRules& rules, const api::Deprecate& ask,
                                       const std::optional<Bridge>& bridge = {});
Result<api::Nothing> withdraw_deprecation(const Context& context, Live& live, World& world,
                                          const api::OneVersion& ask);

Result<api::DeprecationView> get_deprecation(const Context& context, Live& live, World& world,
                                             const HouseRules& rules, const api::OneVersion& ask);
Result<api::PageOf<api::DeprecationView>> list_deprecations(const Context& context, Live& live,
                                                            World& world, const HouseRules& rules,
                                                            const api::List& ask);

// The owning team agrees to a date. Errors: not_found; denied; invalid; blocked.
Result<api::ToldView> extend_version(const Context& context, Live& live, World& world,
                                     const api::ExtendVersion& ask);

}  // namespace hansa::service
