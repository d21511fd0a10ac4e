// admin: principals, tokens, passwords.
#include <fmt/format.h>

#include "api/identity.h"
#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/secret.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

// "a,b" and repeated options alike.
std::vector<std::string> names_in(const std::vector<std::string>& given) {
  std::vector<std::string> out;
  for (const std::string& list : given)
    for (const std::string_view name : split(list, ','))
      if (!name.empty()) out.emplace_back(name);
  return out;
}

template <PrincipalKind Kind>
Done add(Session& session, const Words& words) {
  const api::CreatePrincipal ask{.kind = Kind,
                                 .name = words.text("NAME"),
                                 .title = words.text("title"),
                                 .guest = words.has("guest"),
                                 .administrator = words.has("admin"),
                                 .belongs_to = names_in(words.all("in")),
                                 .team = words.text("team")};
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::create_principal, ask));
  const bool signs_in = Kind == PrincipalKind::user || Kind == PrincipalKind::service_account;
  return session.acted(
      answer,
      fmt::format("Added {} {}.",
                  Kind == PrincipalKind::service_account ? "service account" : name_of(Kind),
                  ask.name),
      signs_in ? "let it in: hansa admin token create " + ask.name : "");
}

template <bool Disabled>
Done disable(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::disable_principal,
                                            {.name = words.text("NAME"), .disabled = Disabled}));
  return session.acted(
      answer,
      words.text("NAME") + (Disabled ? " can no longer sign in, and its running queries were ended."
                                     : " may sign in again."));
}

// The token alone is data, so that a script can take it; what it is for is a message.
Done token_create(Session& session, const Words& words) {
  api::CreateToken ask{.name = words.text("NAME"), .label = words.text("label")};
  if (words.has("expires")) {
    auto expires = parse_moment(words.text("expires"), session.now());
    if (!expires) return usage("--expires: " + expires.error().text, expires.error().next);
    ask.expires = *expires;
  }
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::create_token, ask));
  HANSA_TRY(const api::Token token, read_answer<api::Token>(answer));
  HANSA_TRY(const bool printed, session.machine(answer));
  if (!printed) HANSA_CHECK(session.out(token.token + "\n"));
  if (!printed)
    session.say("This token of " + token.principal + " is shown once. Its id is " + token.id + ".");
  return api::Exit::ok;
}

Done token_ls(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  std::string name = words.text("NAME");
  if (name.empty()) {
    HANSA_TRY(const Json me, client->call(api::who_am_i, {}));
    name = text_of(me, "name");
  }
  bool more = false;
  HANSA_TRY(const auto items, client->list(api::list_tokens, {.name = name}, SIZE_MAX, more));
  return print_list(session, items,
                    {{"TOKEN", "id"},
                     {"LABEL", "label"},
                     {"CREATED", "created", Show::time},
                     {"EXPIRES", "expires", Show::time},
                     {"REVOKED", "revoked", Show::flag}},
                    "id");
}

Done token_revoke(Session& session, const Words& words) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer,
            client->call(api::revoke_token, {.name = words.text("NAME"), .id = words.text("ID")}));
  return session.acted(
      answer, "Token " + words.text("ID") + " of " + words.text("NAME") + " is no longer valid.");
}

Done password(Session& session, const Words& words) {
  const std::string whose = "password of " + words.text("NAME");
  api::SetPassword ask{.name = words.text("NAME"), .password = {}, .old = {}};
  if (words.has("--change")) {
    HANSA_TRY(ask.old, read_secret(session, "present " + whose));
    // Piped in, both stand in one text: the present one in the first line.
    if (const auto end = ask.old.find('\n'); end != std::string::npos) {
      ask.password = trim(std::string_view(ask.old).substr(end + 1));
      ask.old = trim(std::string_view(ask.old).substr(0, end));
    }
  }
  if (ask.password.empty()) {
    HANSA_TRY(ask.password, read_secret(session, "new " + whose));
  }
  if (session.console().in_is_terminal()) {
    HANSA_TRY(const std::string again, read_secret(session, "the same again"));
    if (ask.password != again) return usage("the two passwords differ", "nothing was changed");
  }
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::set_password, ask));
  return session.acted(answer, "The password of " + words.text("NAME") + " is set.",
                       "sign in: hansa login --name " + words.text("NAME"));
}

const Operand kName{"NAME", "lower-case letters, digits, _ and -"};
const Option kTitle{"--title", "TEXT", "for people: \"Ada, analyst\""};
const Option kIn{"--in", "NAMES", "roles and groups it belongs to: a,b", true};
constexpr std::string_view kOutputs = "table json yaml csv";

template <PrincipalKind Kind>
void add_kind(Verbs& verbs, const std::string& noun, const std::string& thing,
              const std::string& example, std::vector<Option> options) {
  const std::string outputs(kOutputs);
  verbs.push_back({.path = "admin " + noun + " add",
                   .says = "Add a " + thing,
                   .examples = {{"A new one", "hansa admin " + noun + " add " + example}},
                   .operands = {kName},
                   .options = std::move(options),
                   .outputs = outputs,
                   .run = add<Kind>});
  verbs.push_back({.path = "admin " + noun + " disable",
                   .says = "Switch a " + thing + " off",
                   .examples = {{"Off, at once", "hansa admin " + noun + " disable NAME"}},
                   .operands = {kName},
                   .outputs = outputs,
                   .run = disable<true>});
  verbs.push_back({.path = "admin " + noun + " enable",
                   .says = "Switch a " + thing + " on again",
                   .examples = {{"On", "hansa admin " + noun + " enable NAME"}},
                   .operands = {kName},
                   .outputs = outputs,
                   .run = disable<false>});
}

void add_tokens(Verbs& verbs) {
  const std::string outputs(kOutputs);
  verbs.push_back(
      {.path = "admin token create",
       .says = "Make a token; it is shown once",
       .examples =
           {{"For a job, into a file",
             "hansa admin token create airflow --label nightly --expires 365d > airflow.token"}},
       .operands = {kName},
       .options = {{"--label", "TEXT", "what it is for"},
                   {"--expires", "TIME", "2027-12-31 or 90d; without it: never"}},
       .outputs = outputs,
       .run = token_create});
  verbs.push_back({.path = "admin token ls",
                   .says = "A principal's tokens, without their secrets",
                   .examples = {{"Mine", "hansa admin token ls"}},
                   .operands = {{"NAME", "whose; without it: yours", false}},
                   .outputs = "table wide json yaml csv name",
                   .run = token_ls});
  verbs.push_back(
      {.path = "admin token revoke",
       .says = "End a token now",
       .examples = {{"By its id", "hansa admin token revoke airflow 01JD3Q6Y8K6S1V5N2T7W9X4Z0B"}},
       .operands = {kName, {"ID", "of the token"}},
       .outputs = outputs,
       .run = token_revoke});
  verbs.push_back({.path = "admin password",
                   .says = "Set a user's password, typed unseen or from standard input",
                   .examples = {{"The first one", "hansa admin password ada"},
                                {"Another one", "hansa admin password ada --change"}},
                   .operands = {kName},
                   .options = {{"--change", "",
                                "you have one: the present one is asked for first, or "
                                "stands in the first line of standard input"}},
                   .outputs = outputs,
                   .run = password});
}

}  // namespace

void add_admin(Verbs& verbs) {
  const Option guest{"--guest", "", "no member of the organisation: open data is not open to them"};
  const Option admin{"--admin", "", "may administer the server"};
  const Option team{"--team", "NAME", "the team that answers for it"};
  add_kind<PrincipalKind::user>(verbs, "user", "user", "ada --title \"Ada, analyst\" --in analysts",
                                {kTitle, guest, admin, kIn});
  add_kind<PrincipalKind::service_account>(verbs, "service-account", "service account",
                                           "airflow --team ads", {kTitle, team, admin, kIn});
  add_kind<PrincipalKind::role>(verbs, "role", "role", "restricted-readers", {kTitle});
  add_kind<PrincipalKind::group>(verbs, "group", "group", "analysts", {kTitle});
  add_tokens(verbs);
}

}  // namespace hansa::cli
