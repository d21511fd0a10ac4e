// subscribe, unsubscribe: to say that one relies on a port, and that one does no longer.
#include <fmt/format.h>

#include "api/subscription.h"
#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "model/ids.h"

namespace hansa::cli {
namespace {

Done subscribe(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::subscribe, {.port = words.text("PORT"),
                                                             .as = words.text("as"),
                                                             .purpose = words.text("purpose")}));
  HANSA_TRY(const api::SubscriptionView view, read_answer<api::SubscriptionView>(answer));
  return session.acted(answer,
                       fmt::format("Subscribed {} to {}{}. It grants nothing.", view.subscriber,
                                   view.port, view.pinned ? "" : ", the default version now"),
                       "end it: hansa unsubscribe " + view.id);
}

// By its id, or by the port if one is there.
Outcome<std::string> id_of(Client& client, const Words& words) {
  const std::string name = words.text("SUBSCRIPTION");
  if (parse_ulid(name)) return name;
  bool more = false;
  HANSA_TRY(const auto all, client.list(api::list_subscriptions, {.port = name}, SIZE_MAX, more));
  if (all.size() == 1) return text_of(all.front(), "id");
  if (all.empty())
    return std::unexpected(Failure(
        Error{Code::not_found, "there is no subscription to " + name, "hansa get subscriptions"}));
  return usage(fmt::format("there are {} subscriptions to {}", all.size(), name),
               "give the id: hansa get subscriptions --port " + name);
}

Done unsubscribe(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const std::string id, id_of(*client, words));
  HANSA_TRY(const Json answer, client->call(api::unsubscribe, {.id = id}));
  return session.acted(answer, "Ended the subscription " + words.text("SUBSCRIPTION") + ".");
}

}  // namespace

void add_subscribe(Verbs& verbs) {
  verbs.push_back(
      {.path = "subscribe",
       .says = "Say that you rely on a port, so that its owner knows; it grants nothing",
       .examples = {{"Oneself", "hansa subscribe audience/daily_plays --purpose \"weekly report\""},
                    {"A product of one's team, on one version",
                     "hansa subscribe audience/daily_plays@1 --as product:ads/reach"}},
       .operands = {{"PORT", "DOMAIN/PORT, or DOMAIN/PORT@2"}},
       .options = {{"--as", "WHO", "service:NAME, team:NAME or product:DOMAIN/NAME of one's own"},
                   {"--purpose", "TEXT", "what for"}},
       .outputs = "table json yaml csv",
       .run = subscribe});
  verbs.push_back({.path = "unsubscribe",
                   .says = "End a subscription",
                   .examples = {{"The only one", "hansa unsubscribe audience/daily_plays"}},
                   .operands = {{"SUBSCRIPTION", "its id, or the port if there is one only"}},
                   .options = {},
                   .outputs = "table json yaml csv",
                   .run = unsubscribe});
}

}  // namespace hansa::cli
