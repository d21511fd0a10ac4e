// Errors as answers.
#pragma once

#include "base/result.h"
#include "door/net/message.h"
#include "model/ids.h"

namespace hansa::http {

net::Response problem_response(const Error& error, RequestId request);
// 401, with the challenge that tells a client how to sign in.
net::Response unauthenticated(const Error& error, RequestId request);

}  // namespace hansa::http
