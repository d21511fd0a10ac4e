// Who a message reaches: which channels it goes to, and whether it may still go there.
#pragma once

#include <vector>

#include "service/authority/live.h"
#include "world/store/outbox.h"

namespace hansa::service {

// A team's channels, or its members' own where it has none that all may read. The same for whatever
// stands for a team. Never one of somebody who may not know of what it is about.
std::vector<Ulid> channels_for(const View& view, const store::Message& message, Time now);

// Whether everybody who reads the channel may know of what the message is about. False too if
// nobody does any more.
bool may_learn(const View& view, const NoticeChannel& channel, Ulid about, Time now);

}  // namespace hansa::service
