#include "api/channel.h"

namespace hansa::api {

void describe(Fields& f, RhythmView& v) {
  f.optional("digest", v.digest, "none, daily, or weekly: several messages become one");
  f.optional("at", v.at,
             "when a digest is sent, on Mondays if weekly: 08:00, which is the default");
  f.optional("quiet", v.quiet, "nothing is sent meanwhile: 22:00-07:00; absent: at no time");
  f.optional("zone", v.zone, "whose clock that is, as a distance from UTC: +02:00; absent: UTC");
}
void describe(Fields& f, SetRhythm& v) {
  f.required("id", v.id, "of the channel");
  f.required("rhythm", v.rhythm);
}
void describe(Fields& f, NoticeChannelView& v) {
  f.required("id", v.id);
  f.required("owner", v.owner);
  f.required("name", v.name);
  f.required("kind", v.kind);
  f.required("address", v.address, "a mail address, or scheme and host of a URL");
  f.required("by", v.by, "who made it");
  f.required("at", v.at);
  f.required("rhythm", v.rhythm);
}
void describe(Fields& f, MakeChannel& v) {
  f.required("name", v.name, "lower-case letters, digits, '_' and '-'");
  f.optional("for", v.owner, "team:NAME or service:NAME of one's own; absent: the caller");
  f.required("kind", v.kind);
  f.required("address", v.address,
             "a mail address, or a URL: of an incoming webhook, or one's own");
}
void describe(Fields& f, ChannelMade& v) {
  f.required("channel", v.channel);
  f.optional("secret", v.secret,
             "of a webhook: what its messages are signed with (Standard Webhooks, v1); shown once");
}
void describe(Fields& f, ListChannels& v) { describe_paging(f, v.paging); }
void describe(Fields& f, OneChannel& v) { f.required("id", v.id); }
void describe(Fields& f, ChannelTried& v) {
  f.required("delivered", v.delivered);
  f.required("said", v.said, "what the other side answered, or why it was not reached");
}
void describe(Fields& f, ListDeliveries& v) {
  f.required("id", v.id, "of the channel");
  describe_paging(f, v.paging);
}
void describe(Fields& f, DeliveryView& v) {
  f.required("id", v.id, "of the message: the same however often it is sent");
  f.required("type", v.type);
  f.required("state", v.state, "waiting, sent or given_up");
  f.required("attempts", v.attempts);
  f.required("at", v.at, "when the message was made");
  f.optional("last", v.last, "the last attempt");
  f.optional("due", v.due, "the next attempt; absent: none, or it stands behind another");
  f.optional("said", v.said);
}

}  // namespace hansa::api
