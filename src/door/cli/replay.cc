// replay: what readers' own queries become on the next version.
#include "api/replay.h"

#include <fmt/format.h>

#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/version_words.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

std::string summary(const api::ReplayView& view) {
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, std::string_view says) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, says));
  };
  add(view.breaks, "break");
  add(view.differs, "differ");
  add(view.same, "same");
  add(view.binds, view.ran ? "bind, rows not compared" : "bind");
  add(view.not_run, "not tried");
  return parts.empty() ? "no recorded query" : join(parts, ", ");
}

Result<void> print_texts(Session& session, const api::ReplayView& view) {
  for (const api::ReplayedView& query : view.queries) {
    if (query.sql.empty()) continue;
    HANSA_CHECK(session.out(fmt::format("\n{}: {}\n  {}\n", hansa::name_of(query.verdict),
                                        query.why.empty() ? "nothing to do" : visible(query.why),
                                        visible(query.sql))));
    if (!query.rewritten.empty())
      HANSA_CHECK(session.out(fmt::format("{}\n  {}\n", session.paint(Paint::bold, "write instead"),
                                          visible(query.rewritten))));
  }
  return {};
}

Result<void> print_replay(Session& session, const api::ReplayView& view) {
  HANSA_CHECK(
      session.out(fmt::format("{} on {}: {}\n", session.paint(Paint::bold, visible(view.port)),
                              visible(view.on), summary(view))));
  if (view.left_out > 0)
    HANSA_CHECK(session.out(
        fmt::format("  {} more were not tried: these are the latest\n", view.left_out)));
  if (view.queries.empty()) return {};
  HANSA_CHECK(session.out("\n"));
  Table table =
      session.table({{"WHO"}, {"VERDICT"}, {"READS", true}, {"LAST"}, {"REWRITE"}, {"WHY"}});
  for (const api::ReplayedView& query : view.queries)
    HANSA_CHECK(table.add({query.makes.empty() ? query.who : query.who + " for " + query.makes,
                           std::string(hansa::name_of(query.verdict)), std::to_string(query.reads),
                           session.ago(query.last), query.rewrite ? "works" : "", query.why}));
  HANSA_CHECK(table.finish());
  return print_texts(session, view);
}

Done show(Session& session, const Json& answer) {
  HANSA_TRY(const bool printed, session.machine(answer));
  HANSA_TRY(const api::ReplayView view, read_answer<api::ReplayView>(answer));
  if (!printed) HANSA_CHECK(print_replay(session, view));
  return view.breaks + view.differs > 0 ? api::Exit::check : api::Exit::ok;
}

Done replay(Session& session, const Words& words) {
  const Named name = named(words);
  HANSA_TRY(Client* const client, session.client());
  if (!words.has("on")) {
    for (const char* other : {"run", "map"})
      if (words.has(other))
        return usage(fmt::format("--{} needs --on", other),
                     fmt::format("hansa replay {} --on PORT@2", words.text("PORT")));
    HANSA_TRY(const Json answer, client->call(api::get_replay, {name.domain, name.port}));
    return show(session, answer);
  }
  api::ReplayVersion ask{
      .port = words.text("PORT"), .on = words.text("on"), .run = words.has("run"), .renamed = {}};
  HANSA_TRY(ask.renamed, renamed(words));
  HANSA_TRY(const Json answer, client->call(api::replay_version, ask));
  return show(session, answer);
}

}  // namespace

void add_replay(Verbs& verbs) {
  verbs.push_back(
      {.path = "replay",
       .says = "Try the queries of a version's readers on another version",
       .examples = {{"Whether they mean something there",
                     "hansa replay audience/plays@1 --on audience/plays@2"},
                    {"Whether they give the same rows",
                     "hansa replay audience/plays@1 --on audience/plays@2 --run"},
                    {"What the last one found, and how to write one's own queries",
                     "hansa replay audience/plays@1"}},
       .operands = {{"PORT", "the version that is read: DOMAIN/PORT@1"}},
       .options = {{"--on", "PORT", "the version to try them on; without it: the last replay"},
                   {"--run", "", "run them on both, and compare the rows"},
                   {"--map", "OLD=NEW", "columns that are called otherwise there", true}},
       .outputs = "table json yaml",
       .run = replay});
}

}  // namespace hansa::cli
