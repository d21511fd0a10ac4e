// channel: where messages go besides the feed.
#include "api/channel.h"

#include <fmt/format.h>

#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/secret.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "model/ids.h"

namespace hansa::cli {
namespace {

const Operand kChannel{"CHANNEL", "its name or its id: hansa channel ls"};

// A URL of a webhook is as good as a key, so it is read like one.
Outcome<api::MakeChannel> wanted(Session& session, const Words& words) {
  api::MakeChannel ask{.name = words.text("NAME"), .owner = words.text("for")};
  if (words.has("mail")) {
    ask.kind = ChannelKind::mail;
    ask.address = words.text("mail");
    return ask;
  }
  if (words.has("slack")) ask.kind = ChannelKind::slack;
  else if (words.has("teams")) ask.kind = ChannelKind::teams;
  else if (words.has("webhook")) ask.kind = ChannelKind::webhook;
  else
    return usage("say what kind of channel it is", "--mail ADDRESS, --slack, --teams or --webhook");
  HANSA_TRY(ask.address, read_secret(session, "URL of " + ask.name));
  return ask;
}

// A secret alone is data, so that a script can take it.
Done tell_made(Session& session, const Json& answer, std::string_view done) {
  HANSA_TRY(const api::ChannelMade made, read_answer<api::ChannelMade>(answer));
  HANSA_TRY(const bool printed, session.machine(answer));
  if (!printed && !made.secret.empty()) HANSA_CHECK(session.out(made.secret + "\n"));
  if (!printed)
    session.say(fmt::format("{} {} of {}: {}.{}", done, made.channel.name, made.channel.owner,
                            made.channel.address,
                            made.secret.empty() ? "" : " Its secret is shown once."));
  return api::Exit::ok;
}

Done make(Session& session, const Words& words) {
  HANSA_TRY(const api::MakeChannel ask, wanted(session, words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::make_channel, ask));
  return tell_made(session, answer, "Made channel");
}

Done list(Session& session, const Words&) {
  HANSA_TRY(Client* const client, session.client());
  bool more = false;
  HANSA_TRY(const auto items, client->list(api::list_channels, {}, SIZE_MAX, more));
  return print_list(session, items,
                    {{"NAME", "name"},
                     {"OWNER", "owner"},
                     {"KIND", "kind"},
                     {"ADDRESS", "address"},
                     {"SINCE", "at", Show::time, true},
                     {"BY", "by", Show::text, true},
                     {"ID", "id"}},
                    "id");
}

Outcome<std::string> id_of(Client& client, const std::string& name) {
  if (parse_ulid(name)) return name;
  bool more = false;
  HANSA_TRY(const auto all, client.list(api::list_channels, {}, SIZE_MAX, more));
  std::vector<std::string> found;
  for (const Json& each : all)
    if (text_of(each, "name") == name) found.push_back(text_of(each, "id"));
  if (found.size() == 1) return found.front();
  if (found.empty())
    return std::unexpected(
        Failure(Error{Code::not_found, "you have no channel " + name, "hansa channel ls"}));
  return usage(fmt::format("{} channels are called {}", found.size(), name),
               "give the id: hansa channel ls");
}

Done remove(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const std::string id, id_of(*client, words.text("CHANNEL")));
  HANSA_TRY(const Json answer, client->call(api::remove_channel, {.id = id}));
  return session.acted(answer, fmt::format("Removed channel {}.", words.text("CHANNEL")));
}

Done renew(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const std::string id, id_of(*client, words.text("CHANNEL")));
  HANSA_TRY(const Json answer, client->call(api::renew_channel_secret, {.id = id}));
  return tell_made(session, answer, "New secret for channel");
}

Done rhythm(Session& session, const Words& words) {
  api::SetRhythm ask;
  if (words.has("daily") && words.has("weekly"))
    return usage("a digest is daily or weekly", "hansa channel rhythm inbox --daily --at 08:00");
  if (words.has("daily")) ask.rhythm.digest = DigestEvery::daily;
  if (words.has("weekly")) ask.rhythm.digest = DigestEvery::weekly;
  ask.rhythm.at = words.text("at");
  ask.rhythm.quiet = words.text("quiet-hours");
  ask.rhythm.zone = words.text("zone");
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(ask.id, id_of(*client, words.text("CHANNEL")));
  HANSA_TRY(const Json answer, client->call(api::set_rhythm, ask));
  HANSA_TRY(const api::NoticeChannelView view, read_answer<api::NoticeChannelView>(answer));
  const api::RhythmView& set = view.rhythm;
  std::string says = fmt::format("Channel {} takes messages at once", view.name);
  if (set.digest != DigestEvery::none)
    says = fmt::format("Channel {} takes one digest a {} at {}", view.name,
                       set.digest == DigestEvery::daily ? "day" : "week, on Mondays,", set.at);
  if (!set.quiet.empty()) says += ", and nothing from " + set.quiet;
  return session.acted(answer,
                       fmt::format("{} ({}). What is urgent comes at once.", says, set.zone));
}

Done test(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const std::string id, id_of(*client, words.text("CHANNEL")));
  HANSA_TRY(const Json answer, client->call(api::test_channel, {.id = id}));
  HANSA_TRY(const api::ChannelTried tried, read_answer<api::ChannelTried>(answer));
  return session.acted(answer,
                       fmt::format("{}: {}.", tried.delivered ? "Sent" : "Not sent", tried.said));
}

Done log(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const std::string id, id_of(*client, words.text("CHANNEL")));
  std::size_t max = 100;
  if (words.has("limit")) {
    const auto limit = parse_int(words.text("limit"));
    if (!limit || *limit < 1)
      return usage("--limit is a number", "hansa channel log NAME --limit 20");
    max = static_cast<std::size_t>(*limit);
  }
  bool more = false;
  HANSA_TRY(const auto items, client->list(api::list_deliveries, {.id = id}, max, more));
  return print_list(session, items,
                    {{"AT", "at", Show::time},
                     {"TYPE", "type"},
                     {"STATE", "state"},
                     {"TRIES", "attempts", Show::number},
                     {"SAID", "said"},
                     {"NEXT", "due", Show::time, true},
                     {"ID", "id", Show::text, true}},
                    "id");
}

}  // namespace

void add_channel(Verbs& verbs) {
  verbs.push_back(
      {.path = "channel make",
       .says = "Have messages sent to a mail address, Slack, Teams or a signed webhook",
       .examples = {{"Mail to oneself", "hansa channel make inbox --mail ada@example.org"},
                    {"Slack of a team; its URL is read from the input",
                     "hansa channel make alerts --for team:ads --slack < url"},
                    {"A webhook, whose secret is printed once",
                     "hansa channel make hook --for team:ads --webhook < url > secret"}},
       .operands = {{"NAME", "lower-case letters, digits, '_' and '-'"}},
       .options = {{"--for", "WHO", "team:NAME or service:NAME of one's own; else oneself"},
                   {"--mail", "ADDRESS", "to this address"},
                   {"--slack", "", "to an incoming webhook of Slack"},
                   {"--teams", "", "to an incoming webhook of Microsoft Teams"},
                   {"--webhook", "", "as CloudEvents, signed by Standard Webhooks"}},
       .outputs = "table json yaml",
       .run = make});
  verbs.push_back({.path = "channel ls",
                   .says = "Channels of oneself and one's teams",
                   .examples = {{"All", "hansa channel ls"}},
                   .outputs = "table wide json yaml csv name",
                   .run = list});
  verbs.push_back({.path = "channel test",
                   .says = "Send a test message to a channel now",
                   .examples = {{"Does it arrive?", "hansa channel test alerts"}},
                   .operands = {kChannel},
                   .outputs = "table json yaml",
                   .run = test});
  verbs.push_back(
      {.path = "channel rhythm",
       .says = "When a channel takes what can wait: at once, in one digest, not at night",
       .examples = {{"Once a week, on Monday morning",
                     "hansa channel rhythm inbox --weekly --at 08:00 --zone +01:00"},
                    {"Not at night", "hansa channel rhythm alerts --quiet-hours 22:00-07:00"},
                    {"At once again", "hansa channel rhythm inbox"}},
       .operands = {kChannel},
       .options = {{"--daily", "", "one digest a day"},
                   {"--weekly", "", "one digest a week, on Mondays"},
                   {"--at", "HH:MM", "when a digest is sent; 08:00"},
                   {"--quiet-hours", "HH:MM-HH:MM", "nothing is sent meanwhile"},
                   {"--zone", "OFFSET", "whose clock: +02:00 from UTC, without summer time; UTC"}},
       .outputs = "table json yaml",
       .run = rhythm});
  verbs.push_back({.path = "channel log",
                   .says = "What became of messages to a channel, newest first",
                   .examples = {{"The last 100", "hansa channel log alerts"}},
                   .operands = {kChannel},
                   .options = {{"--limit", "N", "so many"}},
                   .outputs = "table wide json yaml csv name",
                   .run = log});
  verbs.push_back({.path = "channel secret",
                   .says = "Make a new secret for a webhook; the one before signs too for a day",
                   .examples = {{"Printed once", "hansa channel secret hook > secret"}},
                   .operands = {kChannel},
                   .outputs = "table json yaml",
                   .run = renew});
  verbs.push_back({.path = "channel remove",
                   .says = "Send nothing to a channel any more",
                   .examples = {{"It ends", "hansa channel remove alerts"}},
                   .operands = {kChannel},
                   .outputs = "table json yaml",
                   .run = remove});
}

}  // namespace hansa::cli
