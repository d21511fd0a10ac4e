// access: ask for restricted data, decide, explain.
#include "api/access.h"

#include <fmt/format.h>

#include "api/product.h"
#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/scope.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "door/cli/width.h"

namespace hansa::cli {

Done list_of_access(Session& session, const Words& words);  // find.cc

namespace {

Outcome<std::optional<Time>> moment(Session& session, const Words& words,
                                    const std::string& option) {
  if (!words.has(option)) return std::optional<Time>{};
  auto time = parse_moment(words.text(option), session.now());
  if (!time) return usage("--" + option + ": " + time.error().text, time.error().next);
  return *time;
}

// " (columns id, country; rows where country = 'SE')": what of the port, if not all.
std::string scope_text(const api::AccessView& view) {
  return view.scope.empty() ? "" : " (" + visible(words(view.scope)) + ")";
}

std::string until_text(const api::AccessView& view) {
  return view.until ? " until " + to_words(*view.until) : "";
}

// Nobody plans by the second.
std::string roughly(std::uint64_t seconds) {
  constexpr std::uint64_t minute = 60, hour = 60 * minute, day = 24 * hour;
  if (seconds < 2 * hour) return counted(std::max(seconds / minute, std::uint64_t{1}), "minute");
  return seconds < 2 * day ? counted(seconds / hour, "hour") : counted(seconds / day, "day");
}

std::string sent_text(const api::AccessView& view) {
  std::string out =
      fmt::format("Request {} for {}{} sent to {}.", view.number, view.port, scope_text(view),
                  view.stewards.empty() ? "the stewards" : join(view.stewards, ", "));
  if (view.usual_answer_seconds)
    out += fmt::format(" Half of the last ones were answered within {}.",
                       roughly(*view.usual_answer_seconds));
  return out;
}

Done request(Session& session, const Words& words) {
  api::RequestAccess ask{
      .port = words.text("PORT"), .purpose = words.text("purpose"), .on_behalf = words.text("for")};
  HANSA_TRY(ask.scope, scope_of(words));
  if (!words.has("purpose"))
    return usage("hansa access request needs --purpose: a steward decides by it",
                 "--purpose \"what the data is for\"");
  HANSA_TRY(ask.from, moment(session, words, "from"));
  HANSA_TRY(ask.until, moment(session, words, "until"));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::request_access, ask));
  HANSA_TRY(const api::AccessView view, read_answer<api::AccessView>(answer));
  const bool anothers = trim(ask.purpose) != view.purpose;
  const std::string text =
      anothers ? fmt::format("{} asks for {} already: by {}, \"{}\". Nothing was added to it.",
                             view.number, view.port, view.requested_by, view.purpose)
      : view.state == "active"
          ? fmt::format("{} is active: {} may read {}{}{}.", view.number, view.grantee, view.port,
                        scope_text(view), until_text(view))
          : sent_text(view);
  return session.acted(answer, text, "follow it: hansa get access " + view.number);
}

Done approve(Session& session, const Words& words) {
  api::Approve ask{.number = words.text("NUMBER")};
  HANSA_TRY(ask.scope, scope_of(words));
  HANSA_TRY(ask.until, moment(session, words, "until"));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::approve_access, ask));
  HANSA_TRY(const api::AccessView view, read_answer<api::AccessView>(answer));
  return session.acted(answer,
                       fmt::format("{} approved: {} may read {}{}{}.", view.number, view.grantee,
                                   view.port, scope_text(view), until_text(view)),
                       "take it back: hansa access revoke " + view.number);
}

Done reject(Session& session, const Words& words) {
  if (!words.has("reason"))
    return usage("hansa access reject needs --reason: whoever asked will read it",
                 "--reason \"...\"");
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer,
            client->call(api::reject_access,
                         api::GiveReason{words.text("NUMBER"), words.text("reason")}));
  HANSA_TRY(const api::AccessView view, read_answer<api::AccessView>(answer));
  return session.acted(
      answer, fmt::format("{} rejected: {} was told why.", view.number, view.requested_by));
}

Done revoke(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer,
            client->call(api::revoke_access,
                         api::GiveReason{words.text("NUMBER"), words.text("reason")}));
  HANSA_TRY(const api::AccessView view, read_answer<api::AccessView>(answer));
  return session.acted(
      answer, fmt::format("{} revoked: {} may no longer read {}; running queries were ended.",
                          view.number, view.grantee, view.port));
}

Done renew(Session& session, const Words& words) {
  if (!words.has("until"))
    return usage("hansa access renew needs --until",
                 "for example --until 90d or --until 2027-06-30");
  HANSA_TRY(const auto until, moment(session, words, "until"));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer,
            client->call(api::renew_access, api::Renew{words.text("NUMBER"), *until}));
  HANSA_TRY(const api::AccessView view, read_answer<api::AccessView>(answer));
  return session.acted(answer, fmt::format("{} renewed{}.", view.number, until_text(view)));
}

// A name that nobody signs in with may be a team's; then its members are meant.
Failure way_on(Client& client, const api::Explain& ask, Failure failure) {
  Error& error = failure.error;
  if (error.code != Code::not_found || !error.text.starts_with("no principal")) return failure;
  const std::string name(ask.who.substr(ask.who.starts_with("team:") ? 5 : 0));
  bool more = false;
  const auto teams = client.list(api::list_teams, {}, SIZE_MAX, more);
  if (!teams) return failure;
  for (const Json& item : *teams) {
    if (text_of(item, "name") != name) continue;
    error.text = "'" + name + "' is a team; ask about one of its members";
    const Json* members = item.find("members");
    error.next.clear();
    for (const Json& member : members && members->as_array() ? *members->as_array() : Json::Array{})
      if (member.is_string())
        error.next += "hansa access explain " + *member.as_string() + " " + ask.what + "\n";
    if (error.next.empty()) error.next = "it has none: hansa get teams " + name;
  }
  return failure;
}

// One word asks about oneself: `access explain finance/payouts`.
Done explain(Session& session, const Words& words) {
  api::Explain ask{.who = words.text("WHO"), .what = words.text("WHAT")};
  if (ask.what.empty()) std::swap(ask.who, ask.what);
  HANSA_TRY(Client* const client, session.client());
  auto answered = client->call(api::explain_access, ask);
  if (!answered) return std::unexpected(way_on(*client, ask, std::move(answered).error()));
  const Json answer = *std::move(answered);
  HANSA_TRY(const bool printed, session.machine(answer));
  if (printed) return api::Exit::ok;
  HANSA_TRY(const api::Explanation found, read_answer<api::Explanation>(answer));
  const std::string verdict = found.may_read ? session.paint(Paint::green, "may read")
                                             : session.paint(Paint::red, "may not read");
  const std::string until = found.until ? " until " + to_words(*found.until) : "";
  HANSA_CHECK(session.out(
      fmt::format("{} {} {}{}\n", visible(found.who), verdict, visible(found.what), until)));
  HANSA_CHECK(session.out(fmt::format("  because: {}{}\n", visible(found.says),
                                      found.rule.empty() ? "" : " (" + visible(found.rule) + ")")));
  for (const api::RuleView& rule : found.rules) {
    const std::string_view mark = rule.holds ? "holds" : "     ";
    HANSA_CHECK(
        session.out(fmt::format("  {}  {}: {}\n", mark, visible(rule.rule), visible(rule.says))));
  }
  if (!found.owner.empty()) HANSA_CHECK(session.out("  owner: " + visible(found.owner) + "\n"));
  if (!found.stewards.empty())
    HANSA_CHECK(session.out("  stewards: " + visible(join(found.stewards, ", ")) + "\n"));
  if (!found.next.empty()) HANSA_CHECK(session.out("  next: " + visible_lines(found.next) + "\n"));
  return api::Exit::ok;
}

std::vector<Option> with_scope(std::vector<Option> options) {
  for (Option& option : scope_options()) options.push_back(std::move(option));
  return options;
}

const Operand kNumber{"NUMBER", "of the request or grant: r-7"};
const Option kUntil{"--until", "TIME",
                    "when it ends: 2027-01-31, 2027-01-31T12:00:00Z, or 90d from now"};
constexpr std::string_view kOutputs = "table json yaml csv";

void add_decisions(Verbs& verbs, const std::string& outputs) {
  verbs.push_back({.path = "access approve",
                   .says = "Approve a request, as a steward of the domain",
                   .examples = {{"As it was asked", "hansa access approve r-7"},
                                {"For a shorter time", "hansa access approve r-7 --until 30d"},
                                {"Less than was asked for",
                                 "hansa access approve r-7 --filter \"country = 'SE'\" --mask "
                                 "email=hash"}},
                   .operands = {kNumber},
                   .options = with_scope({kUntil}),
                   .outputs = outputs,
                   .run = approve});
  verbs.push_back(
      {.path = "access reject",
       .says = "Reject a request, with a reason",
       .examples =
           {{"Say why",
             "hansa access reject r-7 --reason \"ask for finance/payouts_by_month instead\""}},
       .operands = {kNumber},
       .options = {{"--reason", "TEXT", "what the asker will read"}},
       .outputs = outputs,
       .run = reject});
  verbs.push_back({.path = "access revoke",
                   .says = "End a grant now, running queries included",
                   .examples = {{"At once", "hansa access revoke r-7 --reason \"left the team\""}},
                   .operands = {kNumber},
                   .options = {{"--reason", "TEXT", "what its holder will read"}},
                   .outputs = outputs,
                   .run = revoke});
  verbs.push_back({.path = "access renew",
                   .says = "Move the end of a grant",
                   .examples = {{"By a quarter", "hansa access renew r-7 --until 90d"}},
                   .operands = {kNumber},
                   .options = {kUntil},
                   .outputs = outputs,
                   .run = renew});
}

}  // namespace

void add_access(Verbs& verbs) {
  const std::string outputs(kOutputs);
  verbs.push_back(
      {.path = "access request",
       .says = "Ask a steward for access to restricted data",
       .examples = {{"For myself",
                     "hansa access request finance/payouts --purpose \"Q4 creator forecast\" "
                     "--until 2027-01-31"},
                    {"For a service account",
                     "hansa access request finance/payouts --purpose \"nightly report\" --for "
                     "service:reporting"},
                    {"For a part of it",
                     "hansa access request finance/payouts --purpose \"Swedish forecast\" "
                     "--columns month,country,amount --filter \"country = 'SE'\""}},
       .operands = {{"PORT", "DOMAIN/PORT, or one major of it: DOMAIN/PORT@2"}},
       .options = with_scope(
           {{"--purpose", "TEXT", "what the data is for; the steward decides by it"},
            {"--for", "WHO",
             "a name, or user:, service:, role:, group:, team:, account: or product: and a name"},
            {"--from", "TIME", "when it begins"},
            kUntil}),
       .outputs = outputs,
       .run = request});
  add_decisions(verbs, outputs);
  verbs.push_back(
      {.path = "access ls",
       .says = "Requests and grants you may see",
       .examples = {{"What waits for me", "hansa access ls --to-decide"},
                    {"My own", "hansa access ls --mine"}},
       .options = {{"--state", "STATE", "requested, active, rejected, revoked, expired"},
                   {"--mine", "", "asked by or for me"},
                   {"--to-decide", "", "waiting for my decision"},
                   {"--port", "PORT", "of this port"},
                   {"--limit", "N", "at most so many; 0: all"}},
       .outputs = "table wide json yaml csv name",
       .run = list_of_access});
  verbs.push_back(
      {.path = "access explain",
       .says = "Why somebody may or may not read a port, rule by rule",
       .examples = {{"May I?", "hansa access explain finance/payouts"},
                    {"May she?", "hansa access explain ada finance/payouts"}},
       .operands = {{"WHO",
                     "a user, service account, role or group; or only a port, and you are meant"},
                    {"WHAT", "DOMAIN/PORT", false}},
       .outputs = outputs,
       .run = explain});
}

}  // namespace hansa::cli
