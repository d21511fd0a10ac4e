#include "service/channels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "policy/explain.h"
#include "service/authority/commit.h"
#include "service/step/find.h"
#include "service/step/outbox.h"
#include "service/step/present.h"
#include "service/step/rhythm.h"
#include "service/step/subscribers.h"

namespace hansa::service {
namespace {

// As long as people need to give a receiver its new secret.
constexpr std::chrono::hours kEarlierSigns{24};
constexpr std::chrono::seconds kBetweenTests{10};
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kLookAgainAtOnce = 1'000;

api::NoticeChannelView view_of(const View& view, const NoticeChannel& channel) {
  return {.id = to_text(channel.id),
          .owner = policy::name_of(view.mesh, channel.owner),
          .name = channel.name,
          .kind = channel.kind,
          .address = channel.shown,
          .by = name_of_principal(view, channel.by),
          .at = channel.at,
          .rhythm = rhythm_view(channel.rhythm)};
}

Json details_of(const View& view, const NoticeChannel& channel) {
  return Json::Object{{"name", channel.name},
                      {"owner", policy::name_of(view.mesh, channel.owner)},
                      {"kind", name_of(channel.kind)}};
}

Result<Permit> as_oneself(const Context& context, const View& view) {
  return authorize(context, view, Action::know, {ResourceKind::principal, context.who.id.ulid},
                   "yourself");
}

// One of the caller's, or its teams'.
Result<const NoticeChannel*> find_channel(const Context& context, const View& view,
                                          const std::string& text) {
  const auto id = parse_ulid(text);
  const auto* found = id ? view.mesh.find<NoticeChannel>(*id) : nullptr;
  if (found == nullptr || !speaks_for(context, view, found->owner)) return unknown("channel", text);
  return found;
}

Result<Grantee> owner_of(const Context& context, const View& view, const std::string& text) {
  const auto* self = view.mesh.find<Principal>(context.who.id);
  if (self == nullptr) return unknown("principal", "?");
  HANSA_TRY(const Grantee owner, find_grantee(context, view, text.empty() ? self->name : text));
  if (owner.kind != GranteeKind::user && owner.kind != GranteeKind::team &&
      owner.kind != GranteeKind::service_account)
    return invalid("a user, service account or team has channels");
  if (!speaks_for(context, view, owner))
    return denied(fmt::format("you cannot speak for {}", policy::name_of(view.mesh, owner)),
                  "make a channel of your own, or let one of its team do it");
  return owner;
}

std::string new_secret() { return "whsec_" + to_base64(random_bytes(kSecretBytes)); }

Result<NoticeChannel> new_channel(const Context& context, const Sealer& sealer,
                                  const api::MakeChannel& ask, const std::string& secret) {
  HANSA_CHECK(check_name("channel", ask.name));
  NoticeChannel out{.id = new_id<ChannelId>(context.now),
                    .owner = {},
                    .name = ask.name,
                    .kind = ask.kind,
                    .by = context.who.id,
                    .at = context.now};
  if (ask.kind == ChannelKind::mail) {
    HANSA_CHECK(outbound::check_mail_address(ask.address));
    out.shown = ask.address;
    return out;
  }
  HANSA_TRY(out.shown, outbound::check_url(ask.address));
  out.sealed_url = sealer.seal(sealed_url_purpose, ask.address);
  if (ask.kind == ChannelKind::webhook)
    out.sealed_secret = sealer.seal(sealed_secret_purpose, secret);
  return out;
}

// What was held back by the rhythm before is due, so that it is judged by the new one.
Result<void> look_again(store::Outbox& outbox, ChannelId channel, Time now) {
  for (std::uint64_t before = 0;;) {
    HANSA_TRY(
        const auto page,
        outbox.deliveries({.channel = channel.ulid, .before = before, .max = kLookAgainAtOnce}));
    std::vector<store::Marked> marks;
    for (const store::Delivery& each : page)
      if (each.state == store::DeliveryState::waiting && each.due && each.attempts == 0)
        marks.push_back({.number = each.number,
                         .state = store::DeliveryState::waiting,
                         .at = now,
                         .said = {},
                         .due = now,
                         .attempted = false});
    if (!marks.empty()) HANSA_CHECK(outbox.mark(std::move(marks)));
    if (page.size() < kLookAgainAtOnce) return {};
    before = page.back().number;
  }
}

Result<api::ChannelMade> shown(const Live& live, ChannelId id, const std::string& secret) {
  return live.read([&](const View& view) -> Result<api::ChannelMade> {
    const auto* made = view.mesh.find<NoticeChannel>(id);
    if (made == nullptr) return unknown("channel", to_text(id));
    const bool signs = made->kind == ChannelKind::webhook;
    return api::ChannelMade{view_of(view, *made), signs ? secret : ""};
  });
}

}  // namespace

Result<api::ChannelMade> make_channel(const Context& context, Live& live, World& world,
                                      const Sealer& sealer, const api::MakeChannel& ask) {
  const std::string secret = new_secret();
  HANSA_TRY(NoticeChannel wanted, new_channel(context, sealer, ask, secret));
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(wanted.owner, owner_of(context, view, ask.owner));
    HANSA_TRY(Permit permit, as_oneself(context, view));
    const auto others = view.mesh.channels_of(wanted.owner.id);
    if (std::ranges::find(others, wanted.name, &NoticeChannel::name) != others.end())
      return conflict(fmt::format("there is a channel {} already", wanted.name),
                      "choose another name, or remove that one");
    if (others.size() >= channels_per_owner_max)
      return exhausted(fmt::format("one owner has at most {} channels", channels_per_owner_max),
                       "remove one: hansa channel remove");
    return attempt(std::move(permit),
                   change(context, share(wanted), "channel.made", details_of(view, wanted)));
  }));
  return shown(live, wanted.id, secret);
}

Result<api::PageOf<api::NoticeChannelView>> list_channels(const Context& context, const Live& live,
                                                          const api::ListChannels& ask) {
  return live.read([&](const View& view) -> Result<api::PageOf<api::NoticeChannelView>> {
    std::vector<const NoticeChannel*> found;
    for (const auto& [id, entry] : view.mesh.all<NoticeChannel>())
      if (speaks_for(context, view, entry.noun->owner)) found.push_back(entry.noun.get());
    std::ranges::sort(found, {}, &NoticeChannel::id);
    return page_of<api::NoticeChannelView>(
        found, ask.paging, [](const NoticeChannel& each) { return to_text(each.id); },
        [&](const NoticeChannel& each) { return view_of(view, each); });
  });
}

Result<api::Nothing> remove_channel(const Context& context, Live& live, World& world,
                                    const api::OneChannel& ask) {
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const NoticeChannel* found, find_channel(context, view, ask.id));
    HANSA_TRY(Permit permit, as_oneself(context, view));
    return attempt(std::move(permit),
                   removal(context, share(*found), "channel.removed", details_of(view, *found)));
  }));
  return api::Nothing{};
}

Result<api::ChannelMade> renew_channel_secret(const Context& context, Live& live, World& world,
                                              const Sealer& sealer, const api::OneChannel& ask) {
  const std::string secret = new_secret();
  const std::string sealed = sealer.seal(sealed_secret_purpose, secret);
  ChannelId id;
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const NoticeChannel* found, find_channel(context, view, ask.id));
    if (found->kind != ChannelKind::webhook)
      return invalid("only a webhook's messages are signed", "make the channel anew");
    HANSA_TRY(Permit permit, as_oneself(context, view));
    NoticeChannel after = *found;
    after.sealed_earlier = std::exchange(after.sealed_secret, sealed);
    after.earlier_until = context.now + kEarlierSigns;
    id = after.id;
    const Json details = details_of(view, after);
    return attempt(std::move(permit),
                   change(context, share(std::move(after)), "channel.secret_renewed", details));
  }));
  return shown(live, id, secret);
}

Result<api::NoticeChannelView> set_rhythm(const Context& context, Live& live, World& world,
                                          const api::SetRhythm& ask) {
  HANSA_TRY(const Rhythm rhythm, rhythm_of(ask.rhythm));
  ChannelId id;
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const NoticeChannel* found, find_channel(context, view, ask.id));
    if (found->kind == ChannelKind::webhook && rhythm != Rhythm{})
      return invalid("a webhook takes each message when it is made",
                     "mail, Slack and Teams have digests and quiet hours");
    HANSA_TRY(Permit permit, as_oneself(context, view));
    NoticeChannel after = *found;
    after.rhythm = rhythm;
    id = after.id;
    if (after == *found) return Attempt{};
    const Json details = details_of(view, after);
    return attempt(std::move(permit),
                   change(context, share(std::move(after)), "channel.rhythm_set", details));
  }));
  HANSA_CHECK(look_again(world.store.outbox(), id, context.now));
  return live.read([&](const View& view) -> Result<api::NoticeChannelView> {
    const auto* found = view.mesh.find<NoticeChannel>(id);
    if (found == nullptr) return unknown("channel", ask.id);
    return view_of(view, *found);
  });
}

Result<api::ChannelTried> test_channel(const Context& context, Live& live, World& world,
                                       const Post& post, const api::OneChannel& ask) {
  HANSA_TRY(const NoticeChannel channel, live.read([&](const View& view) -> Result<NoticeChannel> {
    HANSA_TRY(const NoticeChannel* found, find_channel(context, view, ask.id));
    return *found;
  }));
  HANSA_TRY(const auto before, world.store.history({.max = 1,
                                                    .newest_first = true,
                                                    .kinds = {"channel.tested"},
                                                    .who = {},
                                                    .subject = channel.id.ulid,
                                                    .behind = {}}));
  if (!before.empty() && context.now < before.front().at + kBetweenTests)
    return exhausted("this channel was tried just now", "wait ten seconds");
  // Before it is sent: who makes the server dial out is on record whatever comes of it.
  HANSA_TRY(auto ticket, world.store.record({.kind = "channel.tested",
                                             .who = context.who.id,
                                             .at = context.now,
                                             .subject = channel.id.ulid,
                                             .body = R"({})"}));
  HANSA_CHECK(ticket->durable());
  const store::Message message =
      message_to(context, channel.owner, channel.id.ulid, "channel.tested",
                 Json::Object{{"channel", channel.name}});
  const auto said = deliver(post, channel, message, context.now);
  return api::ChannelTried{said.has_value(), said ? *said : said.error().text};
}

Result<api::PageOf<api::DeliveryView>> list_deliveries(const Context& context, Live& live,
                                                       World& world,
                                                       const api::ListDeliveries& ask) {
  HANSA_TRY(const ChannelId id, live.read([&](const View& view) -> Result<ChannelId> {
    HANSA_TRY(const NoticeChannel* found, find_channel(context, view, ask.id));
    return found->id;
  }));
  const auto before = parse_int(ask.paging.after.empty() ? "0" : ask.paging.after);
  if (!before || *before < 0)
    return invalid("this is no place in the list", "give `after` the `next` of the page before");
  HANSA_TRY(const auto found,
            world.store.outbox().deliveries({.channel = id.ulid,
                                             .before = static_cast<std::uint64_t>(*before),
                                             .max = ask.paging.limit + std::size_t{1}}));
  constexpr std::array<std::string_view, 3> states{"waiting", "sent", "given_up"};
  api::PageOf<api::DeliveryView> page;
  for (const store::Delivery& each : found) {
    if (page.items.size() == ask.paging.limit) {
      page.next = std::to_string(found[page.items.size() - 1].number);
      break;
    }
    page.items.push_back({.id = to_text(each.message.id),
                          .type = "hansa." + each.message.type,
                          .state = std::string(states.at(static_cast<std::size_t>(each.state))),
                          .attempts = each.attempts,
                          .at = each.message.at,
                          .last = each.last,
                          .due = each.due,
                          .said = each.said});
  }
  return page;
}

}  // namespace hansa::service
