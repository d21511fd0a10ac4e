// One message to one channel, once.
#pragma once

#include <string>

#include "base/seal.h"
#include "base/time.h"
#include "model/channel.h"
#include "world/outbound/outbound.h"
#include "world/store/outbox.h"

namespace hansa::service {

inline constexpr std::string_view sealed_url_purpose = "channel.url";
inline constexpr std::string_view sealed_secret_purpose = "channel.secret";

struct Post {
  outbound::Outbound& out;
  const Sealer& sealer;
  std::string mail_from;  // empty: no mail is sent
  std::string source;     // of events: a path
};

// Waits for the other side, and returns what it said ("HTTP 204"). Errors: invalid: refused for
// good; blocked; denied; unavailable: another time perhaps; corrupt. None holds a secret.
Result<std::string> deliver(const Post& post, const NoticeChannel& channel,
                            const store::Message& message, Time now);

}  // namespace hansa::service
