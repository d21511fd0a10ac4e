// mount, unmount: a port, a domain or a catalog under a name of one's own.
#include <fmt/format.h>

#include "api/product.h"
#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "model/ids.h"

namespace hansa::cli {
namespace {

Done mount(Session& session, const Words& words) {
  if (!words.has("into") || !words.has("as"))
    return usage(
        "hansa mount needs --into and --as",
        "for example: hansa mount audience/daily_plays --into ads-prod --as listening.plays");
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::create_mount, {.target = words.text("TARGET"),
                                                                .into = words.text("into"),
                                                                .as = words.text("as")}));
  HANSA_TRY(const api::MountView view, read_answer<api::MountView>(answer));
  const bool table = view.kind == "port";
  const std::string next =
      table
          ? fmt::format("query it: hansa sql --catalog {} -c \"from {} limit 5\"", view.into,
                        view.as)
          : fmt::format("see what it holds: hansa sql --catalog {} -c \"show tables\"", view.into);
  return session.acted(
      answer,
      fmt::format("Mounted {} as {} in {}. It grants nothing: reading is decided as before.",
                  view.target, view.as, view.into),
      next);
}

// By its id, or by the account and the name it has there.
Outcome<std::string> id_of(Client& client, const Words& words) {
  const std::string name = words.text("MOUNT");
  if (parse_ulid(name)) return name;
  if (!words.has("into"))
    return usage("'" + name + "' is no id: hansa unmount by name needs --into ACCOUNT",
                 "hansa get mounts -o wide shows the ids");
  bool more = false;
  HANSA_TRY(const auto mounts,
            client.list(api::list_mounts, {.into = words.text("into")}, SIZE_MAX, more));
  std::vector<std::string> names;
  for (const Json& mount : mounts) {
    names.push_back(text_of(mount, "as"));
    if (names.back() == name) return text_of(mount, "id");
  }
  const auto near = suggestions(name, names, 1);
  return std::unexpected(
      Failure(Error{Code::not_found, "nothing is mounted as " + name + " in " + words.text("into"),
                    near.empty() ? "hansa get mounts --into " + words.text("into")
                                 : "did you mean " + near[0] + "?"}));
}

Done unmount(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const std::string id, id_of(*client, words));
  HANSA_TRY(const Json answer, client->call(api::remove_mount, {.id = id}));
  return session.acted(answer, "Unmounted " + words.text("MOUNT") + ".");
}

}  // namespace

void add_mount(Verbs& verbs) {
  verbs.push_back(
      {.path = "mount",
       .says = "Map a port, domain or catalog into an account's catalog, without a copy",
       .examples = {{"One port",
                     "hansa mount audience/daily_plays --into ads-prod --as listening.plays"},
                    {"A whole domain, with what it gains later",
                     "hansa mount audience --into ads-prod --as listening"}},
       .operands = {{"TARGET", "DOMAIN/PORT, DOMAIN/PORT@2, a domain, or an account's catalog"}},
       .options = {{"--into", "ACCOUNT", "whose catalog"},
                   {"--as", "NAME", "SCHEMA.TABLE for a port, else SCHEMA"}},
       .outputs = "table json yaml csv",
       .run = mount});
  verbs.push_back({.path = "unmount",
                   .says = "Take a mount away",
                   .examples = {{"By name", "hansa unmount listening.plays --into ads-prod"}},
                   .operands = {{"MOUNT", "its id, or its name together with --into"}},
                   .options = {{"--into", "ACCOUNT", "whose catalog"}},
                   .outputs = "table json yaml csv",
                   .run = unmount});
}

}  // namespace hansa::cli
