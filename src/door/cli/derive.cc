#include "door/cli/derive.h"

#include <fmt/format.h>

#include "api/derivation.h"
#include "base/file.h"
#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/ports.h"

namespace hansa::cli {
namespace {

Outcome<std::uint64_t> interval_of(const Words& words) {
  if (!words.has("every")) return 0;
  const auto every = parse_duration(words.text("every"));
  if (!every || *every < limits::derivation_every_min || *every > limits::derivation_every_max)
    return usage("--every must be a time from 1s to 366d", "for example --every 1h");
  return static_cast<std::uint64_t>(std::chrono::duration_cast<Seconds>(*every).count());
}

Outcome<void> check_words(const Words& words) {
  if (words.has("FILE"))
    return usage("a port is made of files or by a query", "leave out the one or the other");
  for (const char* option : {"in-place", "overwrite", "id", "repository", "commit", "job", "run"})
    if (words.has(option))
      return usage(fmt::format("--{} is for files, and this port is made by a query", option));
  if (words.has("no-query") && (words.has("query") || words.has("every") || words.has("as")))
    return usage("--no-query ends the query that there is", "give it alone");
  if (words.has("view") && words.has("every"))
    return usage("a view is made of what is there whenever it is read", "leave --every out");
  return {};
}

std::string sentence_of(const api::DerivationRun& run) {
  if (run.unchanged)
    return fmt::format("Nothing that {} is made of has changed: {}, snapshot {}.", run.port,
                       counted(run.rows, "row"), run.snapshot);
  return fmt::format("Made {}: {}, {}. Snapshot {}.", run.port, counted(run.rows, "row"),
                     human_bytes(run.bytes), run.snapshot);
}

std::string look_at(const PortRef& ref) {
  return fmt::format("look: hansa sql -c \"from {} limit 5\"", sql_name(ref));
}

// Without files and without a query: what makes the port is run again.
Done make(Session& session, Client& client, const api::GetPort& port) {
  auto answer = client.wait(api::run_derivation, port);
  if (!answer && answer.error().error.text.ends_with("is not made by a query"))
    return usage("hansa publish needs files, or a query that makes the port",
                 "hansa publish PORT FILE, or --query FILE.sql");
  if (!answer) return std::unexpected(std::move(answer).error());
  HANSA_TRY(const api::DerivationRun run, read_answer<api::DerivationRun>(*answer));
  const auto ref = parse_port_ref(port.domain + "/" + port.port);
  return session.acted(*answer, sentence_of(run), ref ? look_at(*ref) : "");
}

// "--view" says what the caller expects: the contract's side decides it.
Outcome<void> expect_view(Client& client, const PortRef& ref, const std::string& name) {
  HANSA_TRY(const Json port, client.call(api::get_port, {.domain = ref.domain, .port = name}));
  if (text_of(port, "kind") == "view") return {};
  return usage(text_of(port, "ref") + " is a table",
               "a view says so in its product: outputPorts: [{type: view, ...}]; leave --view out "
               "to make the table");
}

void say_inputs(Session& session, const api::DerivationView& made) {
  if (!made.not_declared.empty())
    session.say("read, but no input port of the product: " + join(made.not_declared, ", "));
  if (!made.not_read.empty())
    session.say("input ports of the product that it does not read: " + join(made.not_read, ", "));
}

}  // namespace

Outcome<std::string> query_of(Session& session, const std::string& path) {
  if (path == "-") {
    HANSA_TRY(std::string sql, session.console().read_all(limits::sql_bytes_max));
    return sql;
  }
  HANSA_TRY(std::string sql, read_file(path, limits::sql_bytes_max));
  return sql;
}

bool is_derivation(const Words& words) {
  if (!words.has("FILE")) return true;
  for (const char* option : {"query", "no-query", "view", "every", "as"})
    if (words.has(option)) return true;
  return false;
}

Done derive(Session& session, const Words& words) {
  HANSA_CHECK(check_words(words));
  const std::string port = words.text("PORT");
  const auto ref = parse_port_ref(port);
  if (!ref) return usage(ref.error().text, ref.error().next);
  const std::string name = port_name(*ref);
  const bool sets = words.has("query");
  if (!sets && (words.has("view") || words.has("every") || words.has("as")))
    return usage("--view, --every and --as go with a query", "add --query FILE.sql");
  HANSA_TRY(const std::uint64_t every, interval_of(words));
  HANSA_TRY(Client* const client, session.client());
  if (words.has("no-query")) {
    HANSA_TRY(const Json answer,
              client->call(api::remove_derivation, {.domain = ref->domain, .port = name}));
    return session.acted(answer, port + " is no longer made by a query.");
  }
  if (!sets) return make(session, *client, {.domain = ref->domain, .port = name});
  api::SetDerivation ask{.domain = ref->domain, .port = name, .as = words.text("as")};
  ask.every_seconds = every;
  HANSA_TRY(ask.query, query_of(session, words.text("query")));
  if (words.has("view")) HANSA_CHECK(expect_view(*client, *ref, name));
  HANSA_TRY(const Json set, client->wait(api::set_derivation, ask));
  HANSA_TRY(const api::DerivationView made, read_answer<api::DerivationView>(set));
  say_inputs(session, made);
  if (made.kind == PortKind::view)
    return session.acted(set, fmt::format("{} is a view now, made as {}.", made.port, made.as),
                         look_at(*ref));
  return make(session, *client, {.domain = ref->domain, .port = name});
}

std::vector<Option> derive_options() {
  return {{"--query", "FILE", "make the port of other ports by this SELECT; - reads it here"},
          {"--as", "NAME", "the service account that the query runs as"},
          {"--view", "", "the port is a view: nothing is kept"},
          {"--every", "TIME", "make it anew so often, if what it reads has changed: 15m, 1d"},
          {"--no-query", "", "it is made by a query no more; a table keeps its data"}};
}

}  // namespace hansa::cli
