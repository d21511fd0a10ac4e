// incident: something is wrong with a port, and its readers are warned.
#include "api/incident.h"

#include <fmt/format.h>

#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

Outcome<std::optional<Time>> expected_of(Session& session, const Words& words) {
  if (!words.has("expected")) return std::optional<Time>{};
  const auto time = parse_moment(words.text("expected"), session.now());
  if (!time) return usage("--expected: " + time.error().text, time.error().next);
  return std::optional(*time);
}

Done open_incident(Session& session, const Words& words) {
  api::OpenIncident wanted{
      .port = words.text("PORT"), .text = words.text("text"), .issue = words.text("report")};
  if (words.has("late")) wanted.cause = IncidentCause::late;
  if (words.has("failed")) wanted.cause = IncidentCause::failed;
  HANSA_TRY(wanted.expected, expected_of(session, words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::open_incident, wanted));
  HANSA_TRY(const api::IncidentView view, read_answer<api::IncidentView>(answer));
  return session.acted(
      answer,
      fmt::format("Opened an incident of {}; each answer with its rows says so.", view.port),
      fmt::format("then: hansa incident resolve {} --text TEXT", view.id));
}

Done update(Session& session, const Words& words) {
  HANSA_TRY(const auto expected, expected_of(session, words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::update_incident, {.id = words.text("INCIDENT"),
                                                                   .text = words.text("text"),
                                                                   .expected = expected}));
  return session.acted(answer, "Updated the incident.");
}

Done resolve(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::resolve_incident, {.id = words.text("INCIDENT"),
                                                                    .text = words.text("text")}));
  return session.acted(answer, "Resolved the incident.");
}

const Operand kIncident{"INCIDENT", "its id: hansa get incidents"};
const Option kExpected{"--expected", "TIME", "it should be over by then: 2h, 2026-11-24T09:00Z"};

}  // namespace

void add_incident(Verbs& verbs) {
  verbs.push_back(
      {.path = "incident open",
       .says = "Say that something is wrong with a port: whoever reads it is warned",
       .examples =
           {{"By oneself",
             "hansa incident open audience/plays --text \"totals are wrong\" --expected 4h"},
            {"From a report",
             "hansa incident open audience/plays --report 01K0000000000000000000000A --text "
             "\"totals are wrong\""}},
       .operands = {{"PORT", "DOMAIN/PORT, or DOMAIN/PORT@2"}},
       .options = {{"--text", "TEXT", "what is wrong"},
                   {"--report", "ISSUE", "the problem that was reported"},
                   {"--late", "", "because it is late"},
                   {"--failed", "", "because its query failed"},
                   kExpected},
       .outputs = "table json yaml csv",
       .run = open_incident});
  verbs.push_back({.path = "incident update",
                   .says = "Say what became known, or when it should be over",
                   .examples = {{"A later time",
                                 "hansa incident update 01K0000000000000000000000A --expected 8h"}},
                   .operands = {kIncident},
                   .options = {{"--text", "TEXT", "what became known"}, kExpected},
                   .outputs = "table json yaml csv",
                   .run = update});
  verbs.push_back(
      {.path = "incident resolve",
       .says = "Say how it ended: readers are not warned any more",
       .examples = {{"With words",
                     "hansa incident resolve 01K0000000000000000000000A --text \"counted anew\""}},
       .operands = {kIncident},
       .options = {{"--text", "TEXT", "how it ended"}},
       .outputs = "table json yaml csv",
       .run = resolve});
}

}  // namespace hansa::cli
