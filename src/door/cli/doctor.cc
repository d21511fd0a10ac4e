// admin doctor: what is wrong with a mesh, where, and what to do.
#include "api/doctor.h"

#include <fmt/format.h>

#include "base/text.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

Outcome<Json> asked(Session& session, const Words& words) {
  if (words.has("data")) {
    if (words.has("without-objects"))
      return usage("--data looks at everything", "leave --without-objects out");
    if (!session.tools().examine) return usage("this program cannot look into a folder");
    HANSA_TRY(const api::Diagnosis found, session.tools().examine(words.text("data")));
    return to_json(found);
  }
  HANSA_TRY(Client* const client, session.client());
  return client->call(api::examine, {.objects = !words.has("without-objects")});
}

Done doctor(Session& session, const Words& words) {
  HANSA_TRY(const Json answer, asked(session, words));
  HANSA_TRY(const api::Diagnosis found, read_answer<api::Diagnosis>(answer));
  HANSA_TRY(const bool printed, session.machine(answer));
  for (const api::Symptom& each : found.symptoms) {
    if (printed) break;
    const bool error = each.severity == api::Severity::error;
    HANSA_CHECK(session.out(fmt::format(
        "{} {}: {}\n    {}\n",
        session.paint(error ? Paint::red : Paint::yellow, hansa::name_of(each.severity)),
        visible(each.check), visible(each.where), visible(each.says))));
    if (!each.next.empty()) HANSA_CHECK(session.out("    " + visible(each.next) + "\n"));
  }
  if (!printed && found.more > 0)
    HANSA_CHECK(session.out(fmt::format("and {} more\n", found.more)));
  std::string looked;
  for (const api::Looked& each : found.looked)
    looked += fmt::format("{}{} {}", looked.empty() ? "" : ", ", each.check, each.at);
  session.say((found.healthy ? "Healthy. Looked at: " : "Looked at: ") + looked);
  return found.healthy ? api::Exit::ok : api::Exit::check;
}

}  // namespace

void add_doctor(Verbs& verbs) {
  verbs.push_back(
      {.path = "admin doctor",
       .says = "Look for damage and dangers: store, audit, objects, secrets, disk, workers",
       .examples = {{"Of the running server", "hansa admin doctor"},
                    {"Of one that does not start", "hansa admin doctor --data ./hansa-data"}},
       .options = {{"--data", "DIR", "a data directory that no server has open"},
                   {"--without-objects", "", "not every object that a table names"}},
       .outputs = "table json yaml",
       .run = doctor});
}

}  // namespace hansa::cli
