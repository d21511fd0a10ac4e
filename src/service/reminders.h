// Who goes on reading a version that ends is reminded: by the clock (model/deprecation.h), and by
// its owner.
#pragma once

#include <map>

#include "api/deprecation.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// When versions were looked at, and nobody was due any more.
using Looked = std::map<PortId, Time>;

// All who are due now. What is due is decided by what is written with each reminder, so a look that
// comes late, or again after a crash, reminds nobody twice. Returns how many. Errors: of
// the first version that could not be looked at; all others were. As observe.
Result<std::size_t> remind_due(Live& live, World& world, Clock& clock, Looked& looked);

// All who still read it. Only for the owning team. Errors: not_found; denied; blocked: it is
// retired; exhausted: they were reminded less than a day ago.
Result<api::Reminded> remind_version(const Context& context, Live& live, World& world,
                                     const api::OneVersion& ask);

}  // namespace hansa::service
