// deprecate, answer, default: moving readers from one version to the next.
#include <fmt/format.h>

#include "api/deprecation.h"
#include "base/text.h"
#include "door/cli/derive.h"
#include "door/cli/details.h"
#include "door/cli/version_words.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

constexpr std::size_t kShownMax = 300;  // of the SQL of a bridge

Outcome<Time> moment(Session& session, const Words& words, const std::string& name) {
  auto time = parse_moment(words.text(name), session.now());
  if (!time) return usage(name + ": " + time.error().text, time.error().next);
  return *time;
}

std::string standing_text(const api::ToldView& consumer) {
  std::string out(hansa::name_of(consumer.standing));
  if (consumer.wanted && consumer.agreed != consumer.wanted)
    out = "asks until " + to_words(*consumer.wanted);
  if (consumer.agreed) out = "agreed until " + to_words(*consumer.agreed);
  for (char& each : out)
    if (each == '_') each = ' ';
  return out;
}

Result<void> print_consumers(Session& session, const api::DeprecationView& view) {
  if (view.consumers.empty()) return {};
  HANSA_CHECK(session.out("\n"));
  Table table = session.table({{"CONSUMER"},
                               {"STANDS"},
                               {"READS", true},
                               {"LAST"},
                               {"LAST OF NEW"},
                               {"COLUMNS"},
                               {"BECAUSE"}});
  for (const api::ToldView& each : view.consumers)
    HANSA_CHECK(table.add({each.who, standing_text(each), std::to_string(each.reads),
                           each.last_read ? session.ago(*each.last_read) : "",
                           each.last_read_new ? session.ago(*each.last_read_new) : "",
                           join(each.columns, ", "), join(each.because, ", ")}));
  HANSA_CHECK(table.finish());
  for (const api::ToldView& each : view.consumers)
    if (!each.text.empty())
      HANSA_CHECK(session.out(fmt::format("  {}: {}\n", visible(each.who), visible(each.text))));
  return {};
}

Result<void> print_version(Session& session, const api::DeprecationView& view) {
  const std::string end = view.retired_at ? "was retired on " + to_words(*view.retired_at)
                                          : "is read until " + to_words(view.last_day);
  HANSA_CHECK(session.out(fmt::format("{} {}{}\n", session.paint(Paint::bold, visible(view.port)),
                                      end, view.use.empty() ? "" : ", use " + visible(view.use))));
  HANSA_CHECK(session.out(fmt::format("  why: {}\n", visible(view.why))));
  for (const api::RenamedView& each : view.renamed)
    HANSA_CHECK(session.out(
        fmt::format("  column {} is called {}\n", visible(each.from), visible(each.to))));
  if (view.bridged)
    HANSA_CHECK(session.out(
        fmt::format("  its rows are made of those of {}{}\n", visible(view.use),
                    view.bridge.empty() ? "" : ": " + visible(cut(view.bridge, kShownMax)))));
  HANSA_CHECK(session.out(fmt::format("  owner: {}\n", visible(view.owner))));
  HANSA_CHECK(session.out(fmt::format("  {} told, {} moved, {} read it lately\n",
                                      counted(static_cast<std::size_t>(view.told), "consumer"),
                                      view.moved, view.reading)));
  for (const api::BrownoutView& each : view.brownouts)
    HANSA_CHECK(
        session.out(fmt::format("  reads are refused from {} to {}, by {}\n", to_text(each.from),
                                to_text(each.until), visible(each.by))));
  HANSA_CHECK(print_consumers(session, view));
  if (view.blockers.empty()) return {};
  HANSA_CHECK(session.out("\nIt cannot be retired yet:\n"));
  for (const std::string& each : view.blockers)
    HANSA_CHECK(session.out("  - " + visible(each) + "\n"));
  return {};
}

Done show_version(Session& session, const Json& answer) {
  HANSA_TRY(const bool printed, session.machine(answer));
  if (printed) return api::Exit::ok;
  HANSA_TRY(const api::DeprecationView view, read_answer<api::DeprecationView>(answer));
  HANSA_CHECK(print_version(session, view));
  return api::Exit::ok;
}

// The SQL of a bridge, or of the file that is named: @bridge.sql, @- for standard input.
Outcome<std::string> bridge_of(Session& session, const std::string& text) {
  if (!text.starts_with('@')) return text;
  return query_of(session, text.substr(1));
}

Done deprecate(Session& session, const Words& words) {
  for (const char* needed : {"by", "why"})
    if (!words.has(needed))
      return usage(fmt::format("hansa deprecate needs --{}", needed),
                   "--by 2027-03-01 --why \"what replaces it, and why\"");
  api::Deprecate ask{.port = words.text("PORT"),
                     .use = words.text("use"),
                     .until = {},
                     .why = words.text("why"),
                     .renamed = {},
                     .override_ = words.has("override")};
  HANSA_TRY(ask.until, moment(session, words, "by"));
  HANSA_TRY(ask.renamed, renamed(words));
  HANSA_TRY(ask.bridge, bridge_of(session, words.text("bridge")));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::deprecate, ask));
  HANSA_TRY(const api::DeprecationView view, read_answer<api::DeprecationView>(answer));
  for (const std::string& each : view.warnings)
    session.console().err(visible("warning: " + each) + "\n");
  return session.acted(
      answer,
      fmt::format("{} is deprecated and read until {}; {} told.", view.port, to_words(view.until),
                  view.told == 1 ? "1 consumer was" : fmt::format("{} consumers were", view.told)) +
          (view.bridged ? fmt::format(" Its rows are made of those of {}.", view.use) : ""),
      "see where they stand: hansa deprecate status " + view.port);
}

Done status(Session& session, const Words& words) {
  const Named name = named(words);
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::get_deprecation, {name.domain, name.port}));
  return show_version(session, answer);
}

Done withdraw(Session& session, const Words& words) {
  const Named name = named(words);
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::withdraw_deprecation, {name.domain, name.port}));
  return session.acted(answer, words.text("PORT") + " stays.");
}

Done extend(Session& session, const Words& words) {
  const Named name = named(words);
  HANSA_TRY(const Time until, moment(session, words, "DATE"));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::extend_version, {name.domain, name.port,
                                                                  words.text("CONSUMER"), until}));
  HANSA_TRY(const api::ToldView view, read_answer<api::ToldView>(answer));
  return session.acted(answer, fmt::format("{} is served {} until {}.", view.who,
                                           words.text("PORT"), to_words(until)));
}

Done remind(Session& session, const Words& words) {
  const Named name = named(words);
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::remind_version, {name.domain, name.port}));
  HANSA_TRY(const api::Reminded view, read_answer<api::Reminded>(answer));
  return session.acted(
      answer, view.reminded == 0
                  ? "Nobody who was told read it since."
                  : fmt::format("Reminded {}.",
                                counted(static_cast<std::size_t>(view.reminded), "consumer")));
}

Done brownout(Session& session, const Words& words) {
  const Named name = named(words);
  if (!words.has("at") || words.has("for") == words.has("cancel"))
    return usage("hansa deprecate brownout needs --at, and --for or --cancel",
                 "--at 2027-02-01T10:00:00Z --for 5m");
  HANSA_TRY(const Time from, moment(session, words, "at"));
  HANSA_TRY(Client* const client, session.client());
  if (words.has("cancel")) {
    HANSA_TRY(const Json answer,
              client->call(api::cancel_brownout, {name.domain, name.port, from}));
    return session.acted(answer, words.text("PORT") + " is read at that time, too.");
  }
  const auto length = parse_duration(words.text("for"));
  if (!length || *length < Micros(0)) return usage("--for is a time: 5m", "--for 5m");
  HANSA_TRY(
      const Json answer,
      client->call(api::brown_out, {name.domain, name.port, from,
                                    static_cast<std::uint64_t>(length->count() / 1'000'000)}));
  return session.acted(answer,
                       fmt::format("Reads of {} will be refused from {} for {}; everybody who was "
                                   "told hears of it.",
                                   words.text("PORT"), to_words(from), words.text("for")),
                       "call it off: hansa deprecate brownout PORT --at TIME --cancel");
}

Done bridge(Session& session, const Words& words) {
  const Named name = named(words);
  if (words.has("SQL") == words.has("none"))
    return usage("hansa deprecate bridge needs the SQL, or --none",
                 "hansa deprecate bridge PORT \"select ... from next\"");
  HANSA_TRY(const std::string sql, bridge_of(session, words.text("SQL")));
  HANSA_TRY(Client* const client, session.client());
  if (words.has("none")) {
    HANSA_TRY(const Json answer, client->call(api::remove_bridge, {name.domain, name.port}));
    return session.acted(answer, words.text("PORT") + " is read from its own data again.");
  }
  HANSA_TRY(const Json answer, client->call(api::set_bridge, {name.domain, name.port, sql}));
  HANSA_TRY(const api::DeprecationView view, read_answer<api::DeprecationView>(answer));
  return session.acted(
      answer, fmt::format("{} is served from {} from now on.", view.port, view.use),
      fmt::format("its own data is read again after: hansa deprecate bridge {} --none", view.port));
}

Done needs_why(const Words& words, std::string_view verb) {
  if (!words.has("override") || !trim(words.text("why")).empty()) return api::Exit::ok;
  return usage("--override needs --why: those who still read it will read that, too",
               fmt::format("hansa {} {} --override --why \"...\"", verb, words.text("PORT")));
}

Done retire(Session& session, const Words& words) {
  HANSA_CHECK(needs_why(words, "deprecate retire"));
  const Named name = named(words);
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer,
            client->call(api::retire_version,
                         {name.domain, name.port, words.has("override"), words.text("why")}));
  return session.acted(answer,
                       words.text("PORT") + " is retired: reads of it are told what replaced it.",
                       "take it back: hansa deprecate restore " + words.text("PORT"));
}

Done restore(Session& session, const Words& words) {
  const Named name = named(words);
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::restore_version, {name.domain, name.port}));
  return session.acted(answer, words.text("PORT") + " is read again.");
}

Done answer_notice(Session& session, const Words& words) {
  const Named name = named(words);
  api::AnswerNotice ask{.domain = name.domain,
                        .port = name.port,
                        .answer = Answer::none,
                        .until = {},
                        .text = words.text("text"),
                        .on_behalf = words.text("for")};
  int given = 0;
  const auto take = [&](const char* option, Answer answer) {
    if (!words.has(option)) return;
    ask.answer = answer;
    ++given;
  };
  take("moved", Answer::moved);
  take("until", Answer::needs_until);
  take("not-mine", Answer::not_mine);
  take("question", Answer::question);
  if (given != 1)
    return usage("hansa answer takes one of --moved, --until DATE, --not-mine, --question TEXT",
                 fmt::format("hansa answer {} --moved", words.text("PORT")));
  if (words.has("question")) ask.text = words.text("question");
  if (words.has("until")) {
    HANSA_TRY(ask.until, moment(session, words, "until"));
  }
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::answer_notice, ask));
  HANSA_TRY(const api::ToldView view, read_answer<api::ToldView>(answer));
  return session.acted(answer, fmt::format("{} answered for {}: {}.", words.text("PORT"), view.who,
                                           standing_text(view)));
}

Done move_default(Session& session, const Words& words) {
  HANSA_CHECK(needs_why(words, "default"));
  const Named name = named(words);
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer,
            client->call(api::move_default,
                         {name.domain, name.port, words.has("override"), words.text("why")}));
  const std::string bare = words.text("PORT").substr(0, words.text("PORT").find('@'));
  return session.acted(answer, fmt::format("{} means {} from now on.", bare, words.text("PORT")));
}

const Operand kVersion{"PORT", "a version of a port: DOMAIN/PORT@1"};
const Option kOverride{"--override", "", "although somebody needs it; needs --why"};
const Option kWhy{"--why", "TEXT", "everybody who was told reads it"};

void add_steps(Verbs& verbs) {
  verbs.push_back({.path = "deprecate status",
                   .says = "Where each consumer of a deprecated version stands",
                   .examples = {{"The ledger", "hansa deprecate status audience/plays@1"}},
                   .operands = {kVersion},
                   .outputs = "table json yaml",
                   .run = status});
  verbs.push_back(
      {.path = "deprecate extend",
       .says = "Agree with a consumer on a later date",
       .examples = {{"For a team", "hansa deprecate extend audience/plays@1 team:ads 2027-06-01"}},
       .operands = {kVersion,
                    {"CONSUMER", "as the status names it: team:ads, service:reporting"},
                    {"DATE", "2027-06-01, or 90d from now"}},
       .outputs = "table json yaml",
       .run = extend});
  verbs.push_back({.path = "deprecate remind",
                   .says = "Remind those who still read a deprecated version; once a day",
                   .examples = {{"Now", "hansa deprecate remind audience/plays@1"}},
                   .operands = {kVersion},
                   .outputs = "table json yaml",
                   .run = remind});
  verbs.push_back({.path = "deprecate brownout",
                   .says = "Announce a while in which reads of a deprecated version are refused",
                   .examples = {{"Five minutes, in two days",
                                 "hansa deprecate brownout audience/plays@1 --at 2d --for 5m"},
                                {"Not after all",
                                 "hansa deprecate brownout audience/plays@1 --at "
                                 "2027-02-01T10:00:00Z --cancel"}},
                   .operands = {kVersion},
                   .options = {{"--at", "TIME", "when it begins, a day ahead at least"},
                               {"--for", "TIME", "how long: 1m to 1h"},
                               {"--cancel", "", "call it off"}},
                   .outputs = "table json yaml",
                   .run = brownout});
  verbs.push_back(
      {.path = "deprecate bridge",
       .says = "Serve a deprecated version as a view over the one that replaces it",
       .examples = {{"The old shape of the new rows",
                     "hansa deprecate bridge audience/plays@1 \"select listener as listener_id, "
                     "seconds from next\""},
                    {"Its own data again", "hansa deprecate bridge audience/plays@1 --none"}},
       .operands = {kVersion, {"SQL", "one SELECT over next; @FILE reads it there", false}},
       .options = {{"--none", "", "let its own data be read again"}},
       .outputs = "table json yaml",
       .run = bridge});
  verbs.push_back({.path = "deprecate withdraw",
                   .says = "Let a deprecated version stay after all",
                   .examples = {{"It stays", "hansa deprecate withdraw audience/plays@1"}},
                   .operands = {kVersion},
                   .outputs = "table json yaml",
                   .run = withdraw});
  verbs.push_back(
      {.path = "deprecate retire",
       .says = "End reads of a version that nobody needs any more",
       .examples = {{"Once everybody has moved", "hansa deprecate retire audience/plays@1"}},
       .operands = {kVersion},
       .options = {kOverride, kWhy},
       .outputs = "table json yaml",
       .run = retire});
  verbs.push_back({.path = "deprecate restore",
                   .says = "Take a retirement back",
                   .examples = {{"It is read again", "hansa deprecate restore audience/plays@1"}},
                   .operands = {kVersion},
                   .outputs = "table json yaml",
                   .run = restore});
}

}  // namespace

void add_deprecate(Verbs& verbs) {
  verbs.push_back(
      {.path = "deprecate",
       .says = "Announce the end of a version to everybody who reads it",
       .examples = {{"Say what replaces it, until when, and why",
                     "hansa deprecate audience/plays@1 --use audience/plays@2 --by 2027-03-01 "
                     "--why \"listener_id is restricted now\" --map listener_id=listener"}},
       .operands = {kVersion},
       .options = {{"--use", "PORT", "the version that replaces it"},
                   {"--by", "DATE", "it is read until then: 2027-03-01, or 90d from now"},
                   {"--why", "TEXT", "everybody who is told reads it"},
                   {"--map", "OLD=NEW", "columns that are called otherwise now", true},
                   {"--bridge", "SQL",
                    "one SELECT over next, the version of --use, that gives the old rows: they are "
                    "read from there; @FILE reads it there"},
                   {"--override", "", "although the notice is short"}},
       .outputs = "table json yaml",
       .run = deprecate});
  add_steps(verbs);
  verbs.push_back(
      {.path = "answer",
       .says = "Answer the notice about a version that ends",
       .examples = {{"You read the new one", "hansa answer audience/plays@1 --moved"},
                    {"You need more time",
                     "hansa answer audience/plays@1 --until 2027-06-01 --for team:ads"}},
       .operands = {kVersion},
       .options = {{"--moved", "", "you read the new version now"},
                   {"--until", "DATE", "you need it until then"},
                   {"--not-mine", "", "you do not read it"},
                   {"--question", "TEXT", "ask the owning team"},
                   {"--text", "TEXT", "what else the owning team should know"},
                   {"--for", "NAME", "for whom: team:ads, service:reporting"}},
       .outputs = "table json yaml",
       .run = answer_notice});
  verbs.push_back({.path = "default",
                   .says = "Let the name without a version mean this version",
                   .examples = {{"Move it", "hansa default audience/plays@2"}},
                   .operands = {kVersion},
                   .options = {kOverride, kWhy},
                   .outputs = "table json yaml",
                   .run = move_default});
}

}  // namespace hansa::cli
