// The HTTP door: all routes of the REST interface.
#pragma once

#include "door/http/bind.h"

namespace hansa::http {

void add_all(Routes& routes);
net::Router router(const Routes& routes);

}  // namespace hansa::http
