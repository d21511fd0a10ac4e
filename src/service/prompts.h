// Access that ends is told to whoever has it and uses it, and a request that nobody answers to
// those who decide about it, in the end to those who own it, too: by the clock (model/grant.h),
// once each.
#pragma once

#include <optional>

#include "service/authority/live.h"
#include "service/step/house_rules.h"
#include "world/world.h"

namespace hansa::service {

// All that are due now. What is due is decided by what is written with each message, so a look that
// comes late, or again after a crash, tells nobody twice. Access that nobody used in 90 days ends
// untold, as does what another grant outlasts, or what opens versions that are retired only.
// `looked`: when it was looked last, by whoever calls; sooner than an hour after that nothing is
// looked at. Returns how many. Errors: as observe; of the first port whose reads are not known, or
// grant that no commit holds: all others were told, and these are looked at with the next look.
Result<std::size_t> prompt_due(Live& live, World& world, const HouseRules& rules, Clock& clock,
                               std::optional<Time>& looked);

}  // namespace hansa::service
