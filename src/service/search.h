// Finding products by words, among those the caller may know of. Memory only; waits only after a
// start, until all words are learned.
#pragma once

#include "api/search.h"
#include "service/authority/context.h"
#include "service/authority/live.h"

namespace hansa::service {

// Errors: invalid; not_found: a domain or team the caller may not know of.
Result<api::Found> search_products(const Context& context, const Live& live,
                                   const api::Search& ask);

}  // namespace hansa::service
