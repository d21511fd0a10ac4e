// information_schema: what of a catalog the caller may know, as rows.
#pragma once

#include <string_view>

#include "query/plan.h"
#include "service/authority/authorize.h"

namespace hansa::service {

// `table` is "schemata", "tables" or "columns". Errors: invalid for others; exhausted for a catalog
// too large to hand over at once.
Result<query::Relation> introspect(const Context& context, const View& view,
                                   std::string_view catalog, std::string_view table);

}  // namespace hansa::service
