// Errors as answers.
#pragma once

#include "base/result.h"
#include "door/net/message.h"
#include "model/ids.h"

namespace hansa::http {

// `status`: another than the one that its code has.
net::Response problem_response(const Error& error, RequestId request, int status = 0);
// 401, with the challenge that tells a client how to sign in.
net::Response unauthenticated(const Error& error, RequestId request);

}  // namespace hansa::http
