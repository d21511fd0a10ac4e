// The first start of an installation.
#pragma once

#include "base/seal.h"
#include "main/config.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa {

// An organisation, an administrator, and a token that only this machine's owner can read, unless
// they are there. Returns whether it made them.
Result<bool> found_if_empty(service::Live& live, World& world, const Sealer& sealer, Clock& clock,
                            const Config& config);

}  // namespace hansa
