// A version that is on its way out, served as a view over the one that replaces it, so that its
// readers go on while nobody writes it any more (doc/decisions/bridges.md).
#pragma once

#include <optional>

#include "api/deprecation.h"
#include "service/step/house_rules.h"
#include "service/step/opening.h"

namespace hansa::service {

// Reads the SQL, says which columns of the next version each column of the old one depends on, and
// makes the rows once: what does not work is told to whoever sets it, and the first reader does not
// wait. Sets nothing. None: the ask has no bridge. Errors: as set_bridge.
Result<std::optional<Bridge>> bridge_for(const Context& context, const Shelves& from,
                                         const api::Deprecate& ask);

// For a version that is announced to end, over the version that replaces it. Only for the owning
// team, which reads both. Everybody who was told hears of it. Errors: not_found; denied; invalid:
// not one SELECT of named columns over `next`; blocked: other columns, types or less protection
// than the contract of the old version says.
Result<api::DeprecationView> set_bridge(const Context& context, const Shelves& from,
                                        const HouseRules& rules, const api::SetBridge& ask);
// What was published into the old version is read again.
Result<api::DeprecationView> remove_bridge(const Context& context, Live& live, World& world,
                                           const HouseRules& rules, const api::OneVersion& ask);

}  // namespace hansa::service
