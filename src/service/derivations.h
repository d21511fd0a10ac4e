// Ports that are made of others, for the caller. Memory only.
#pragma once

#include "api/derivation.h"
#include "service/authority/context.h"
#include "service/authority/live.h"

namespace hansa::service {

Result<api::DerivationView> get_derivation(const Context& context, const Live& live,
                                           const api::GetPort& ask);
Result<api::PageOf<api::DerivationView>> list_derivations(const Context& context, const Live& live,
                                                          const api::List& ask);

}  // namespace hansa::service
