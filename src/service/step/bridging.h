// Setting the bridge of a version: whether these two versions can have one, and what a commit that
// sets it stands on.
#pragma once

#include <functional>

#include "api/deprecation.h"
#include "service/authority/commit.h"
#include "service/step/plan_bridge.h"

namespace hansa::service {

// What is served from another version has no other rows, so that one does not end before it, nor
// without it: `but` says what goes with it. Errors: blocked.
Result<void> check_serves_none(const View& view, const Port& port,
                               const std::function<bool(PortId)>& but = {});

// Versions of one port, both with tables, the old one not made by a query and nothing served from
// it, the next one not on its way out. Errors: invalid; blocked.
Result<void> check_bridgeable(const View& view, const Port& port, const Port& next);

// All that has to hold when `after`, with its bridge, is written; what that was decided on goes
// into `out`. Errors: as check_bridgeable, plan_bridge and check_acyclic.
Result<void> check_bridge_place(const View& view, const Port& port, const Deprecation& after,
                                Time now, Attempt& out);

// The same where it is there already, and is to be read again. Errors: as plan_bridge and
// check_acyclic.
Result<void> check_bridge_holds(const View& view, const Port& port, const Deprecation& after,
                                Time now, Attempt& out);

}  // namespace hansa::service
