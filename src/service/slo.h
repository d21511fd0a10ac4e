// What ports promise, for whoever may know them, and measuring it when nobody does anything.
#pragma once

#include "api/slo.h"
#include "base/time.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

Result<api::PageOf<api::SloView>> list_slo(const Context& context, const Live& live,
                                           const api::ListSlo& ask);
// Errors: not_found, for what the caller may not know too, and for what promises nothing.
Result<api::SloView> get_slo(const Context& context, const Live& live, const api::GetPort& ask);

struct Measured {
  std::size_t promising = 0;  // ports that promise something
  std::size_t changed = 0;    // whose state was written
};
// Measures all ports as they are now, and writes what changed. Errors: as commit.
Result<Measured> measure_all(Live& live, World& world, Clock& clock);

}  // namespace hansa::service
