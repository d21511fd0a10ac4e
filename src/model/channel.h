// Where messages to a team or a person go besides the feed.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "model/grant.h"
#include "model/ids.h"

namespace hansa {

enum class ChannelKind { mail, slack, teams, webhook };

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
  friend bool operator==(const NoticeChannel&, const NoticeChannel&) = default;
};

}  // namespace hansa
