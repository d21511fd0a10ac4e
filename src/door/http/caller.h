// Who calls: from headers to a principal.
#pragma once

#include "door/net/message.h"
#include "service/authority/context.h"
#include "service/authority/live.h"

namespace hansa::http {

// `Authorization: Bearer TOKEN`, or Basic with a token as password, as tools that know only names
// and passwords send it. Nothing else identifies anybody: no header of a proxy, no parameter.
// Errors: denied.
Result<service::Caller> caller_of(const service::Live& live, const net::Request& request, Time now);
// Nobody, on the routes that answer anybody.
service::Caller stranger(const net::Request& request);

}  // namespace hansa::http
