// The OpenAPI 3.1 document, out of the routes themselves.
#pragma once

#include <string>
#include <vector>

#include "api/route.h"

namespace hansa::api {

Json openapi(const std::vector<RouteInfo>& routes, const std::string& version);

}  // namespace hansa::api
