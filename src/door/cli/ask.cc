// ask, report, issue: to say something to those who make a product, and to answer it.
#include <fmt/format.h>

#include "api/issue.h"
#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

Done said(Session& session, const Json& answer) {
  HANSA_TRY(const api::RaisedView view, read_answer<api::RaisedView>(answer));
  if (view.merged)
    return session.acted(
        answer,
        fmt::format(
            "The same was said already; {} for it now.",
            view.issue.askers == 1 ? "you ask alone" : counted(view.issue.askers, "user") + " ask"),
        "see it: hansa get issues " + view.issue.id);
  for (const api::AlikeView& each : view.alike)
    session.say(fmt::format("perhaps the same: {} ({})", each.text.substr(0, each.text.find('\n')),
                            each.id));
  return session.acted(answer, fmt::format("Told the owner of {}.", view.issue.product),
                       view.alike.empty() ? "see it: hansa get issues " + view.issue.id
                                          : "ask for the same: hansa issue join ID");
}

Done ask(Session& session, const Words& words) {
  api::RaiseIssue wanted{.product = words.text("PRODUCT"), .port = {}, .text = {}};
  int kinds = 0;
  for (const auto& [kind, name] : names_of(std::type_identity<IssueKind>{})) {
    if (!words.has(std::string(name))) continue;
    ++kinds;
    wanted.kind = kind;
    wanted.text = words.text(std::string(name));
  }
  if (kinds != 1)
    return usage("say one thing",
                 "for example: hansa ask shows/catalogue --wish \"the country of a show\"");
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::raise_issue, wanted));
  return said(session, answer);
}

Done report(Session& session, const Words& words) {
  if (!words.has("text"))
    return usage("say what is wrong", "for example: hansa report shows/episodes --text \"...\"");
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::raise_issue, {.product = {},
                                                               .port = words.text("PORT"),
                                                               .kind = IssueKind::problem,
                                                               .text = words.text("text")}));
  return said(session, answer);
}

Done join_issue(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::join_issue, {.id = words.text("ISSUE")}));
  HANSA_TRY(const api::IssueView view, read_answer<api::IssueView>(answer));
  return session.acted(answer, fmt::format("Asked by {} now.", counted(view.askers, "user")));
}

Done answer_with(Session& session, const Words& words, IssueAct act, std::string_view done) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::answer_issue, {.id = words.text("ISSUE"),
                                                                .act = act,
                                                                .text = words.text("text"),
                                                                .version = words.text("by")}));
  HANSA_TRY(const api::IssueView view, read_answer<api::IssueView>(answer));
  return session.acted(answer,
                       fmt::format("{} it; {} told.", done,
                                   view.askers == 1 ? "who asked is" : "all who asked are"));
}

Done accept(Session& session, const Words& words) {
  return answer_with(session, words, IssueAct::accept, "Accepted");
}
Done decline(Session& session, const Words& words) {
  return answer_with(session, words, IssueAct::decline, "Declined");
}
Done fulfil(Session& session, const Words& words) {
  return answer_with(session, words, IssueAct::fulfil, "Fulfilled");
}

const Operand kIssue{"ISSUE", "its id: hansa get issues"};
const Option kText{"--text", "TEXT", "everybody who asked reads it"};

}  // namespace

void add_ask(Verbs& verbs) {
  verbs.push_back(
      {.path = "ask",
       .says = "Say a wish, a question or a problem to those who make a product",
       .examples = {{"A wish", "hansa ask audience/plays --wish \"the country of a play\""},
                    {"What is asked already", "hansa get issues --product audience/plays"}},
       .operands = {{"PRODUCT", "DOMAIN/PRODUCT"}},
       .options = {{"--wish", "TEXT", "what it should have"},
                   {"--question", "TEXT", "what is not clear"},
                   {"--problem", "TEXT", "what is wrong"}},
       .outputs = "table json yaml csv",
       .run = ask});
  verbs.push_back(
      {.path = "report",
       .says = "Report a problem with a port to its owner",
       .examples = {{"Wrong data", "hansa report audience/plays --text \"no rows since Monday\""}},
       .operands = {{"PORT", "DOMAIN/PORT, or DOMAIN/PORT@2"}},
       .options = {{"--text", "TEXT", "what is wrong"}},
       .outputs = "table json yaml csv",
       .run = report});
  verbs.push_back({.path = "issue join",
                   .says = "Ask for the same as others",
                   .examples = {{"One of them", "hansa issue join 01K0000000000000000000000A"}},
                   .operands = {kIssue},
                   .options = {},
                   .outputs = "table json yaml csv",
                   .run = join_issue});
  verbs.push_back(
      {.path = "issue accept",
       .says = "Say that it will be done, or is looked into",
       .examples = {{"With a word",
                     "hansa issue accept 01K0000000000000000000000A --text \"in May\""}},
       .operands = {kIssue},
       .options = {kText},
       .outputs = "table json yaml csv",
       .run = accept});
  verbs.push_back(
      {.path = "issue decline",
       .says = "Say that it will not be done, and why",
       .examples = {{"With the reason",
                     "hansa issue decline 01K0000000000000000000000A --text \"nobody counts it\""}},
       .operands = {kIssue},
       .options = {kText},
       .outputs = "table json yaml csv",
       .run = decline});
  verbs.push_back(
      {.path = "issue fulfil",
       .says = "Say what fulfils it, or answer it",
       .examples = {{"By a version",
                     "hansa issue fulfil 01K0000000000000000000000A --by audience/plays@2"}},
       .operands = {kIssue},
       .options = {kText, {"--by", "PORT", "DOMAIN/PORT@2: the version that fulfils it"}},
       .outputs = "table json yaml csv",
       .run = fulfil});
}

}  // namespace hansa::cli
