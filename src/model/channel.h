// Where messages to a team or a person go besides the feed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/grant.h"
#include "model/ids.h"

namespace hansa {

enum class ChannelKind { mail, slack, teams, webhook };
enum class DigestEvery { none, daily, weekly };  // weekly: on Mondays

// When a channel takes messages that can wait. Times of day are minutes of its zone, which is a
// fixed distance from UTC: it knows no summer time.
struct Rhythm {
  DigestEvery digest = DigestEvery::none;  // several messages become one
  std::uint32_t digest_at = 480;           // when
  std::int32_t zone = 0;                   // minutes east of UTC
  // Nothing is sent from the one to the other, which may lie on the next day. The same: at no time.
  std::uint32_t quiet_from = 0;
  std::uint32_t quiet_until = 0;
  friend bool operator==(const Rhythm&, const Rhythm&) = default;
};
// Until when a message of `made` waits; none: it is sent now.
std::optional<Time> held_until(const Rhythm& rhythm, Time made, Time now);
// The last moment until `now` at which a digest was to be sent.
Time last_digest(const Rhythm& rhythm, Time now);

struct NoticeChannel {
  ChannelId id;
  Grantee owner;     // a team, user or service account
  std::string name;  // of its owner: "alerts"
  ChannelKind kind = ChannelKind::mail;
  // What may be shown: a mail address, or scheme and host of a URL, whose rest is as good as a key.
  std::string shown;
  std::string sealed_url = {};  // empty: mail
  // A webhook's: what its messages are signed with, and with what they were until it was changed.
  std::string sealed_secret = {};
  std::string sealed_earlier = {};
  std::optional<Time> earlier_until = {};
  PrincipalId by;
  Time at;
  Rhythm rhythm = {};
  friend bool operator==(const NoticeChannel&, const NoticeChannel&) = default;
};

}  // namespace hansa
