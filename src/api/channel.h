// Where messages go besides the feed: channels of teams and people, and what became of deliveries.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"
#include "model/channel.h"
#include "model/spelling.h"

namespace hansa::api {

// When a channel takes messages that can wait.
struct RhythmView {
  DigestEvery digest = DigestEvery::none;
  std::string at;     // "08:00", of a digest
  std::string quiet;  // "22:00-07:00"; empty: at no time
  std::string zone;   // "+02:00"
};
void describe(Fields& f, RhythmView& v);

struct NoticeChannelView {
  std::string id;
  std::string owner;
  std::string name;
  ChannelKind kind = ChannelKind::mail;
  std::string address;  // scheme and host of a URL
  std::string by;
  Time at;
  RhythmView rhythm;
};
void describe(Fields& f, NoticeChannelView& v);

struct MakeChannel {
  std::string name;
  std::string owner;  // "team:ads"; empty: the caller
  ChannelKind kind = ChannelKind::mail;
  std::string address;
};
void describe(Fields& f, MakeChannel& v);
// The secret is in this answer and nowhere else.
struct ChannelMade {
  NoticeChannelView channel;
  std::string secret;  // of a webhook
};
void describe(Fields& f, ChannelMade& v);
inline constexpr Route<MakeChannel, ChannelMade> make_channel{
    Method::post, "/api/v1/channels", "makeChannel",
    "Send messages to a mail address, Slack, Teams or a signed webhook", "channels"};

struct SetRhythm {
  std::string id;
  RhythmView rhythm;
};
void describe(Fields& f, SetRhythm& v);
inline constexpr Route<SetRhythm, NoticeChannelView> set_rhythm{
    Method::put, "/api/v1/channels/{id}/rhythm", "setRhythm",
    "When a channel takes messages that can wait: at once, in a digest, not at night", "channels"};

struct ListChannels {
  Paging paging;
};
void describe(Fields& f, ListChannels& v);
inline constexpr Route<ListChannels, PageOf<NoticeChannelView>> list_channels{
    Method::get, "/api/v1/channels", "listChannels", "Channels of the caller and its teams",
    "channels"};

struct OneChannel {
  std::string id;
};
void describe(Fields& f, OneChannel& v);
inline constexpr Route<OneChannel, Nothing> remove_channel{
    Method::delete_, "/api/v1/channels/{id}", "removeChannel", "Send nothing there any more",
    "channels"};
inline constexpr Route<OneChannel, ChannelMade> renew_channel_secret{
    Method::post, "/api/v1/channels/{id}/secret", "renewChannelSecret",
    "A new secret for a webhook; the one before signs too for a day", "channels"};
struct ChannelTried {
  bool delivered = false;
  std::string said;
};
void describe(Fields& f, ChannelTried& v);
inline constexpr Route<OneChannel, ChannelTried> test_channel{
    Method::post, "/api/v1/channels/{id}/test", "testChannel", "Send a test message now",
    "channels"};

struct ListDeliveries {
  std::string id;  // of the channel
  Paging paging;
};
void describe(Fields& f, ListDeliveries& v);
struct DeliveryView {
  std::string id;  // of the message
  std::string type;
  std::string state;  // waiting, sent, given_up
  std::uint32_t attempts = 0;
  Time at;
  std::optional<Time> last;
  std::optional<Time> due;
  std::string said;
};
void describe(Fields& f, DeliveryView& v);
inline constexpr Route<ListDeliveries, PageOf<DeliveryView>> list_deliveries{
    Method::get, "/api/v1/channels/{id}/deliveries", "listDeliveries",
    "What became of messages to a channel, newest first", "channels"};

}  // namespace hansa::api
