// What products must have: shown to every member, and asked for no more. Standards are written by
// apply.
#pragma once

#include "api/standard.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// Errors: not_found for guests.
Result<api::PageOf<api::StandardView>> list_standards(const Context& context, const Live& live,
                                                      const api::ListAll& ask);
Result<api::StandardView> get_standard(const Context& context, const Live& live,
                                       const api::GetNamed& ask);
// For an administrator, or for who owns all of its domains. Errors: not_found; denied.
Result<api::Nothing> remove_standard(const Context& context, Live& live, World& world,
                                     const api::GetNamed& ask);

}  // namespace hansa::service
