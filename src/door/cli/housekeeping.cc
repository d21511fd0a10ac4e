// housekeeping: what of a port's storage could go, dropping it, and taking that back.
#include "api/housekeeping.h"

#include <fmt/format.h>

#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/ports.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

// DOMAIN and PORT of a route's path.
Outcome<std::pair<std::string, std::string>> port_of(const Words& words) {
  const auto ref = parse_port_ref(words.text("PORT"));
  if (!ref) return usage(ref.error().text, "for example: hansa housekeeping plan shows/reviews");
  return std::pair(ref->domain, port_name(*ref));
}

std::string sentence_of(const api::HousekeepingPlan& plan) {
  if (plan.snapshots == 0) return fmt::format("No snapshot of {} is old enough to go.", plan.port);
  return fmt::format("{} of {} ceased to be current before {}; {}, {}, are needed by nothing else.",
                     counted(plan.snapshots, "snapshot"), plan.port, to_words(plan.before),
                     counted(plan.files, "file"), human_bytes(plan.bytes));
}

std::string small_of(const api::HousekeepingPlan& plan) {
  return fmt::format("{}, {}, would be {}.", counted(plan.small_files, "small file"),
                     human_bytes(plan.small_bytes), counted(plan.joined_files, "file"));
}

Done plan(Session& session, const Words& words) {
  HANSA_TRY(const auto port, port_of(words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer,
            client->call(api::plan_housekeeping, {.domain = port.first, .port = port.second}));
  HANSA_TRY(const bool written, session.machine(answer));
  if (written) return api::Exit::ok;
  HANSA_TRY(const auto found, read_answer<api::HousekeepingPlan>(answer));
  HANSA_CHECK(print_one(session, answer, "port"));
  session.say(sentence_of(found));
  if (found.snapshots > 0)
    session.say("to drop them: hansa housekeeping run " + words.text("PORT"));
  if (found.small_files > 0)
    session.say(small_of(found) + " To do so: hansa housekeeping compact " + words.text("PORT"));
  if (!found.expiries.empty())
    session.say("to take back what was dropped: hansa housekeeping undo " + words.text("PORT"));
  return api::Exit::ok;
}

Done run(Session& session, const Words& words) {
  HANSA_TRY(const auto port, port_of(words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json planned,
            client->call(api::plan_housekeeping, {.domain = port.first, .port = port.second}));
  HANSA_TRY(const auto plan, read_answer<api::HousekeepingPlan>(planned));
  session.say(sentence_of(plan));
  if (plan.snapshots > 0) {
    HANSA_TRY(const bool sure, session.confirm("Drop them?", "--yes"));
    if (!sure) {
      session.say("nothing was dropped");
      return api::Exit::failed;
    }
  }
  HANSA_TRY(const Json answer,
            client->call(api::expire_snapshots,
                         {.domain = port.first, .port = port.second, .before = plan.before}));
  HANSA_TRY(const auto done, read_answer<api::Expired>(answer));
  if (done.snapshots == 0)
    return session.acted(answer, fmt::format("Nothing of {} was dropped.", done.port));
  return session.acted(
      answer,
      fmt::format("Dropped {} of {}; {}, {}, go after {}.", counted(done.snapshots, "snapshot"),
                  done.port, counted(done.files, "file"), human_bytes(done.bytes),
                  to_words(done.until.value_or(Time{}))),
      "until then to take it back: hansa housekeeping undo " + words.text("PORT"));
}

Done compact(Session& session, const Words& words) {
  HANSA_TRY(const auto port, port_of(words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json planned,
            client->call(api::plan_housekeeping, {.domain = port.first, .port = port.second}));
  HANSA_TRY(const auto plan, read_answer<api::HousekeepingPlan>(planned));
  if (plan.small_files > 0) {
    session.say(small_of(plan));
    HANSA_TRY(const bool sure, session.confirm("Put them together?", "--yes"));
    if (!sure) {
      session.say("nothing was changed");
      return api::Exit::failed;
    }
  }
  HANSA_TRY(const Json answer,
            client->call(api::compact_files, {.domain = port.first, .port = port.second}));
  HANSA_TRY(const auto done, read_answer<api::Compacted>(answer));
  if (done.removed_files == 0)
    return session.acted(answer, fmt::format("{} has no small files to put together.", done.port));
  return session.acted(
      answer,
      fmt::format("{} of {} are {} now; its {} are as before.", counted(done.removed_files, "file"),
                  done.port, counted(done.added_files, "file"), counted(done.rows, "row")),
      "the way back: hansa get snapshots " + words.text("PORT") + ", then hansa rollback");
}

Done undo(Session& session, const Words& words) {
  HANSA_TRY(const auto port, port_of(words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer,
            client->call(api::undo_expiry, {.domain = port.first, .port = port.second}));
  HANSA_TRY(const auto done, read_answer<api::BroughtBack>(answer));
  return session.acted(
      answer, fmt::format("{} of {} are back.", counted(done.snapshots, "snapshot"), done.port),
      "its states: hansa get snapshots " + words.text("PORT"));
}

}  // namespace

void add_housekeeping(Verbs& verbs) {
  const std::vector<Operand> port{{"PORT", "DOMAIN/PORT, or DOMAIN/PORT@2"}};
  verbs.push_back({.path = "housekeeping plan",
                   .says = "Show what of a port's storage could go, and why the rest stays",
                   .examples = {{"Of one port", "hansa housekeeping plan shows/reviews"}},
                   .operands = port,
                   .options = {},
                   .outputs = "table json yaml",
                   .run = plan});
  verbs.push_back({.path = "housekeeping run",
                   .says = "Drop a port's old snapshots; their files go later",
                   .examples = {{"Shown first", "hansa housekeeping run shows/reviews"},
                                {"From a job", "hansa housekeeping run shows/reviews --yes"}},
                   .operands = port,
                   .options = {},
                   .outputs = "table json yaml",
                   .run = run});
  verbs.push_back({.path = "housekeeping compact",
                   .says = "Put a port's small files together: the same rows in few files",
                   .examples = {{"Shown first", "hansa housekeeping compact shows/reviews"}},
                   .operands = port,
                   .options = {},
                   .outputs = "table json yaml",
                   .run = compact});
  verbs.push_back({.path = "housekeeping undo",
                   .says = "Take back dropped snapshots whose files are still there",
                   .examples = {{"All of a port", "hansa housekeeping undo shows/reviews"}},
                   .operands = port,
                   .options = {},
                   .outputs = "table json yaml",
                   .run = undo});
}

}  // namespace hansa::cli
