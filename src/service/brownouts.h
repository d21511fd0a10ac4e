// Whiles in which reads of a version that ends are refused, so that whoever reads it unawares
// learns of it before it is gone. Nobody has one unless its owner announces it, a day ahead at
// least.
#pragma once

#include "api/deprecation.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/house_rules.h"
#include "world/world.h"

namespace hansa::service {

inline constexpr std::chrono::hours brownout_notice{24};
inline constexpr std::chrono::seconds brownout_min{60};
inline constexpr std::chrono::seconds brownout_max{3'600};
// Between two, so that nobody ends a version by them.
inline constexpr std::chrono::hours brownouts_apart{6};
inline constexpr std::size_t brownouts_ahead_max = 20;

// Everybody who was told of the end is told of this. Only for the owning team. Errors: not_found;
// denied; invalid; conflict: there is one near that time; exhausted: too many lie ahead.
Result<api::DeprecationView> brown_out(const Context& context, Live& live, World& world,
                                       const HouseRules& rules, const api::BrownOut& ask);
// One that lies ahead, or goes on. Errors: not_found; denied.
Result<api::DeprecationView> cancel_brownout(const Context& context, Live& live, World& world,
                                             const HouseRules& rules,
                                             const api::CancelBrownout& ask);

}  // namespace hansa::service
