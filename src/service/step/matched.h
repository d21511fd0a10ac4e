// Hits as answers: why each is one, and what the caller can do with it.
#pragma once

#include <set>
#include <string>

#include "api/search.h"
#include "search/query.h"
#include "service/authority/authorize.h"

namespace hansa::service {

// `meant` gets the words that stand for others (search::loosen).
api::FoundView found_view(const Context& context, const View& view, const Product& product,
                          const search::Query& query, std::set<std::string>& meant);

}  // namespace hansa::service
