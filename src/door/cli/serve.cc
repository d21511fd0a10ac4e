// serve, version: what main does.
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

std::optional<std::string> given(const Words& words, const std::string& name) {
  return words.has(name) ? std::optional(words.text(name)) : std::nullopt;
}

Done serve(Session& session, const Words& words) {
  const ServeOptions options{.data = given(words, "data"),
                             .listen = given(words, "listen"),
                             .config = given(words, "config"),
                             .demo = words.has("demo")};
  if (!options.data && !options.config)
    return usage("hansa serve needs --data: the folder that holds everything",
                 "hansa serve --data ./hansa-data");
  if (!session.tools().serve)
    return std::unexpected(Failure(Error{Code::unavailable, "this program cannot serve", {}}));
  return static_cast<api::Exit>(session.tools().serve(options));
}

Done version(Session& session, const Words&) {
  Json json{Json::Object{}};
  json.set("version", session.tools().version);
  return session.acted(json, "hansa " + session.tools().version);
}

}  // namespace

void add_serve(Verbs& verbs) {
  verbs.push_back(
      {.path = "serve",
       .says = "Run the server",
       .examples = {{"Try it with example data", "hansa serve --data ./hansa-data --demo"},
                    {"On a port of its choice (see DIR/endpoints.json)",
                     "hansa serve --data ./hansa-data --listen 127.0.0.1:0"}},
       .options = {{"--data", "DIR", "the folder that holds everything; made if it is not there"},
                   {"--listen", "ADDRESS", "without it: 127.0.0.1:8080"},
                   {"--demo", "", "load the example company"},
                   {"--config", "FILE", "settings; flags win"}},
       .run = serve});
  verbs.push_back({.path = "version",
                   .says = "The version of this program",
                   .examples = {{"Which one", "hansa version"}},
                   .outputs = "table json yaml csv",
                   .run = version});
}

}  // namespace hansa::cli
