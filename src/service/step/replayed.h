// What a replay found, for the caller.
#pragma once

#include <string>
#include <vector>

#include "api/deprecation.h"
#include "service/authority/authorize.h"

namespace hansa::service {

// Whether the caller may read what `who` asked: it is its own, or that of an account that a team of
// its own answers for.
bool is_callers(const Context& context, const View& view, PrincipalId who);

// Without the text.
api::ReplayedView query_view(const Context& context, const View& view, const ReplayedQuery& each);

// The caller's own queries of a version, as they were tried on `use`; none, if that was another.
std::vector<api::ReplayedView> own_queries(const Context& context, const View& view, PortId port,
                                           std::optional<PortId> use);

}  // namespace hansa::service
