// Scores of products and domains, for whoever may know of them.
#pragma once

#include "api/standard.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// Errors: not_found; as Store::uses.
Result<api::PageOf<api::MaturityView>> list_maturity(const Context& context, Live& live,
                                                     World& world, const api::ListMaturity& ask);
Result<api::MaturityView> get_maturity(const Context& context, Live& live, World& world,
                                       const api::GetProduct& ask);
// Of the products that the caller may know of: others change nothing in it.
Result<api::MaturityView> get_domain_maturity(const Context& context, Live& live, World& world,
                                              const api::GetDomainMaturity& ask);

}  // namespace hansa::service
