// One message to one channel, once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/seal.h"
#include "base/time.h"
#include "model/channel.h"
#include "service/step/letter.h"
#include "world/outbound/outbound.h"
#include "world/store/outbox.h"

namespace hansa::service {

inline constexpr std::string_view sealed_url_purpose = "channel.url";
inline constexpr std::string_view sealed_secret_purpose = "channel.secret";

struct Post {
  outbound::Outbound& out;
  const Sealer& sealer;
  std::string mail_from;        // empty: no mail is sent
  std::string source;           // of events: a path
  std::string public_url = {};  // what links begin with; empty: mail holds none
};

// Waits for the other side, and returns what it said ("HTTP 204"). Errors: invalid: refused for
// good; blocked; denied; unavailable: another time perhaps; corrupt. None holds a secret.
// `add` puts in what is for the channel's reader alone.
using AddToLetter = std::function<void(Letter&)>;
Result<std::string> deliver(const Post& post, const NoticeChannel& channel,
                            const store::Message& message, Time now, const AddToLetter& add = {});
// Several as one: to mail, Slack or Teams. Its id is made of theirs.
Result<std::string> deliver_digest(const Post& post, const NoticeChannel& channel,
                                   const std::vector<const store::Message*>& messages, Time now);

}  // namespace hansa::service
