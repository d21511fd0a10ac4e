// Channels of teams and people.
#pragma once

#include <cstddef>

#include "api/channel.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/deliver.h"
#include "world/world.h"

namespace hansa::service {

// Of one team or principal: each gets every message.
inline constexpr std::size_t channels_per_owner_max = 20;

// For oneself, or for a team or service account of one's own. Errors: invalid; denied; not_found;
// conflict: the name is taken; exhausted: too many of one owner.
Result<api::ChannelMade> make_channel(const Context& context, Live& live, World& world,
                                      const Sealer& sealer, const api::MakeChannel& ask);
Result<api::PageOf<api::NoticeChannelView>> list_channels(const Context& context, const Live& live,
                                                          const api::ListChannels& ask);
// Errors of all that follow: not_found, also for what is somebody else's.
Result<api::Nothing> remove_channel(const Context& context, Live& live, World& world,
                                    const api::OneChannel& ask);
// Errors: invalid: it is no webhook.
Result<api::ChannelMade> renew_channel_secret(const Context& context, Live& live, World& world,
                                              const Sealer& sealer, const api::OneChannel& ask);
// What waits already is looked at again by it. Errors: invalid: no times, or a webhook, which takes
// each message when it is made.
Result<api::NoticeChannelView> set_rhythm(const Context& context, Live& live, World& world,
                                          const api::SetRhythm& ask);
// Goes past the outbox, and leaves a record. Errors: exhausted: it was tried just now.
Result<api::ChannelTried> test_channel(const Context& context, Live& live, World& world,
                                       const Post& post, const api::OneChannel& ask);
Result<api::PageOf<api::DeliveryView>> list_deliveries(const Context& context, Live& live,
                                                       World& world,
                                                       const api::ListDeliveries& ask);

}  // namespace hansa::service
