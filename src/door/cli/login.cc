// login, logout, whoami, context: which server, and as whom.
#include <fmt/format.h>

#include "api/identity.h"
#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/secret.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

constexpr std::string_view kUrlDefault = "http://127.0.0.1:8080";

Outcome<std::unique_ptr<Client>> client_of(Session& session, const std::string& url,
                                           const std::string& token) {
  HANSA_TRY(auto transport, open_transport("hansa/" + session.tools().version));
  ClientOptions options{.debug = session.settings().debug};
  if (session.settings().timeout) options.timeout = *session.settings().timeout;
  return std::make_unique<Client>(Endpoint{.context = {}, .url = url, .token = token},
                                  std::move(transport), session.console(), options);
}

Outcome<std::string> url_of(Session& session, const Config& config) {
  Chosen chosen = session.settings().chosen;
  // --context names the context to be made; it may exist already.
  if (chosen.context && !config.find(*chosen.context)) chosen.context.reset();
  HANSA_TRY(const Endpoint endpoint, choose_endpoint(chosen, session.tools().env, config));
  if (!endpoint.url.empty()) return endpoint.url;
  return std::string(kUrlDefault);
}

Outcome<std::string> token_of(Session& session, const Words& words, const std::string& url) {
  if (!words.has("name")) return read_secret(session, "token");
  HANSA_TRY(const std::string password, read_secret(session, "password of " + words.text("name")));
  HANSA_TRY(const auto client, client_of(session, url, {}));
  HANSA_TRY(const Json answer,
            client->call(api::sign_in, {.name = words.text("name"), .password = password}));
  HANSA_TRY(const api::Token token, read_answer<api::Token>(answer));
  return token.token;
}

// As the principal is called; two servers may know the same name.
std::string context_name(const Session& session, const Config& config, const std::string& url,
                         const std::string& who) {
  if (session.settings().chosen.context) return *session.settings().chosen.context;
  const SavedContext* taken = config.find(who);
  return taken == nullptr || taken->url == url ? who : who + "@" + url.substr(url.find("://") + 3);
}

Done login(Session& session, const Words& words) {
  if (words.has("token") && words.has("name"))
    return usage("--token and --name are two ways to sign in", "give one of them");
  HANSA_TRY(const std::string path, config_path(session.tools().env));
  HANSA_TRY(Config config, read_config(path));
  HANSA_TRY(const std::string url, url_of(session, config));
  if (url.starts_with("http://") && !is_loopback(url))
    session.warn("the token goes to " + url + " unencrypted: use https://");
  HANSA_TRY(const std::string token, token_of(session, words, url));
  HANSA_TRY(const auto client, client_of(session, url, token));
  HANSA_TRY(const Json answer, client->call(api::who_am_i, {}));
  HANSA_TRY(const api::WhoAmI who, read_answer<api::WhoAmI>(answer));
  const std::string name = context_name(session, config, url, who.name);
  config.put({.name = name, .url = url, .token = token});
  config.current = name;
  HANSA_CHECK(write_config(path, config));
  return session.acted(answer,
                       fmt::format("Logged in to {} as {} (context {}).", url, who.name, name),
                       "look around: hansa get products");
}

Done logout(Session& session, const Words&) {
  HANSA_TRY(const std::string path, config_path(session.tools().env));
  HANSA_TRY(Config config, read_config(path));
  const std::string name = session.settings().chosen.context.value_or(config.current);
  const SavedContext* found = config.find(name);
  if (found == nullptr)
    return std::unexpected(
        Failure(Error{Code::not_found,
                      name.empty() ? "no context is in use" : "there is no context '" + name + "'",
                      "hansa context ls"}));
  SavedContext context = *found;
  context.token.clear();
  config.put(context);
  HANSA_CHECK(write_config(path, config));
  Json json{Json::Object{}};
  json.set("context", name);
  return session.acted(json,
                       "Forgot the token of context " + name + ". It is still valid on the server.",
                       "end it there: hansa admin token ls, then hansa admin token revoke");
}

Done whoami(Session& session, const Words&) {
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::who_am_i, {}));
  HANSA_TRY(const api::Exit exit, print_one(session, answer, "name"));
  session.say(
      "server " + client->endpoint().url +
      (client->endpoint().context.empty() ? "" : ", context " + client->endpoint().context));
  return exit;
}

Done context_ls(Session& session, const Words&) {
  HANSA_TRY(const Config config, session.config());
  Json::Array items;
  for (const SavedContext& context : config.contexts) {
    Json item{Json::Object{}};
    item.set("name", context.name);
    item.set("url", context.url);
    item.set("current", context.name == config.current);
    item.set("token", context.token.empty() ? "none" : "saved");
    items.push_back(std::move(item));
  }
  HANSA_TRY(const api::Exit exit, print_list(session, items,
                                             {{"CONTEXT", "name"},
                                              {"CURRENT", "current", Show::flag},
                                              {"SERVER", "url"},
                                              {"TOKEN", "token"}},
                                             "name"));
  if (items.empty()) session.say("no server is known yet: hansa login --url http://127.0.0.1:8080");
  return exit;
}

Done change_context(Session& session, const Words& words, bool remove) {
  HANSA_TRY(const std::string path, config_path(session.tools().env));
  HANSA_TRY(Config config, read_config(path));
  const std::string name = words.text("NAME");
  if (!config.find(name)) {
    std::vector<std::string> names;
    for (const SavedContext& context : config.contexts) names.push_back(context.name);
    const auto near = suggestions(name, names, 1);
    return std::unexpected(
        Failure(Error{Code::not_found, "there is no context '" + name + "'",
                      near.empty() ? "hansa context ls" : "did you mean '" + near[0] + "'?"}));
  }
  if (remove) config.remove(name);
  else config.current = name;
  HANSA_CHECK(write_config(path, config));
  Json json{Json::Object{}};
  json.set("context", name);
  return session.acted(
      json, remove ? "Removed context " + name + "." : "Context " + name + " is in use now.");
}

}  // namespace

void add_login(Verbs& verbs) {
  verbs.push_back(
      {.path = "login",
       .says = "Sign in to a server and remember it",
       .examples =
           {{"With a token, typed or pasted unseen",
             "hansa login --url https://data.example.org --token"},
            {"With a token from a file",
             "hansa login --url http://127.0.0.1:8080 --token < hansa-data/secrets/admin.token"},
            {"With a password", "hansa login --name ada"}},
       .options = {{"--token", "",
                    "read a token from the terminal or standard input (the default)"},
                   {"--name", "USER", "sign in with this name and a password"}},
       .outputs = "table json yaml csv",
       .run = login});
  verbs.push_back({.path = "logout",
                   .says = "Forget the token of the context in use",
                   .examples = {{"Leave", "hansa logout"}},
                   .outputs = "table json yaml csv",
                   .run = logout});
  verbs.push_back({.path = "whoami",
                   .says = "Who you are to the server, and which server that is",
                   .examples = {{"Me", "hansa whoami"}},
                   .outputs = "table json yaml csv name",
                   .run = whoami});
  verbs.push_back({.path = "context ls",
                   .says = "Servers this machine knows",
                   .examples = {{"All of them", "hansa context ls"}},
                   .outputs = "table json yaml csv name",
                   .run = context_ls});
  verbs.push_back({.path = "context use",
                   .says = "Use another saved server or identity from now on",
                   .examples = {{"Work as the steward", "hansa context use steward"}},
                   .operands = {{"NAME", "of the context"}},
                   .outputs = "table json yaml csv",
                   .run = [](Session& session, const Words& words) {
                     return change_context(session, words, false);
                   }});
  verbs.push_back({.path = "context rm",
                   .says = "Forget a saved server",
                   .examples = {{"Tidy up", "hansa context rm old"}},
                   .operands = {{"NAME", "of the context"}},
                   .outputs = "table json yaml csv",
                   .run = [](Session& session, const Words& words) {
                     return change_context(session, words, true);
                   }});
}

}  // namespace hansa::cli
