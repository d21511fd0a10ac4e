#include "service/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/digest.h"
#include "base/text.h"
#include "query/rewrite.h"
#include "service/authority/commit.h"
#include "service/step/derived.h"
#include "service/step/doomed.h"
#include "service/step/house_context.h"
#include "service/step/migration.h"
#include "service/step/present.h"
#include "service/step/recorded.h"
#include "service/step/replayed.h"
#include "service/step/replaying.h"
#include "service/step/shifts.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

constexpr std::size_t kLinesAtOnce = 1'000;
// So many recorded reads are looked at, the latest.
constexpr std::size_t kLinesMax = 50'000;
constexpr std::size_t kLeftOut = SIZE_MAX;
// A replay takes no longer; what is left then is said to be not run.
constexpr std::chrono::minutes kPatience{10};

struct Found {
  ReadersQuery query;
  bool cut = false;  // its text is not whole
  std::uint64_t line = 0;
  std::uint64_t reads = 0;
  Time last;
};

bool says(const Json& facts, std::string_view name, std::string_view wanted) {
  const Json* found = facts.find(name);
  return found != nullptr && *found == Json(wanted);
}

std::vector<std::string> columns_of(const Json& facts) {
  std::vector<std::string> out;
  const Json* columns = facts.find("columns");
  if (columns != nullptr && columns->is_array())
    for (const Json& column : *columns->as_array())
      if (column.is_string()) out.push_back(*column.as_string());
  return out;
}

struct Recorded {
  std::vector<Found> found;
  std::uint64_t left_out = 0;
};

// What consumers read by themselves, the latest of each shape.
Result<Recorded> recorded(store::Store& store, PortId port) {
  Recorded out;
  std::map<std::pair<PrincipalId, std::string>, std::size_t> known;
  store::Question question;
  question.max = kLinesAtOnce;
  question.newest_first = true;
  question.kinds = {"read"};
  question.subject = port.ulid;
  for (std::size_t looked = 0; looked < kLinesMax;) {
    HANSA_TRY(const std::vector<store::Line> lines, store.history(question));
    for (const store::Line& line : lines) {
      const auto facts = parse_json(line.body);
      if (!line.text || !facts || !says(*facts, "kind", "consumer") ||
          !says(*facts, "outcome", "ok") || facts->find("makes") != nullptr)
        continue;
      const auto whole = recorded_statement(*facts, line.text->text);
      const std::string shape = whole ? whole->statement.catalog + " " + whole->statement.schema +
                                            " " + query::shape_of(whole->statement.sql)
                                      : line.text->text;
      // Those that are newest come first; of the others, only how many there are.
      const auto [at, added] = known.try_emplace({line.who, sha256(shape)}, out.found.size());
      if (added && out.found.size() == replay_queries_max) {
        at->second = kLeftOut;
        ++out.left_out;
      } else if (added) {
        out.found.push_back({.query = {.who = line.who}, .cut = !whole, .line = line.number});
        Found& found = out.found.back();
        found.last = line.at;
        found.query.columns = columns_of(*facts);
        if (whole) {
          found.query.statement = whole->statement;
          found.query.place = whole->place;
        }
      }
      if (at->second != kLeftOut) ++out.found[at->second].reads;
    }
    looked += lines.size();
    if (lines.size() < question.max) break;
    question.after = lines.back().number;
  }
  return out;
}

// The queries of what is made of it.
std::vector<Found> derived(const View& view, PortId port) {
  std::vector<Found> out;
  for (const Port* made : made_of_it(view, port)) {
    const auto* derivation = view.mesh.find<Derivation>(made->id);
    if (derivation == nullptr) continue;
    Found found{.query = {.who = derivation->runs_as,
                          .statement = {.sql = derivation->sql,
                                        .parameters = {},
                                        .catalog = derivation->catalog,
                                        .schema = derivation->schema},
                          .makes = made->id}};
    for (const SourceRead& read : derivation->sources)
      if (read.port == port) found.query.columns = read.columns;
    found.last = derivation->ran_at.value_or(derivation->set_at);
    out.push_back(std::move(found));
  }
  return out;
}

// Both versions, of a team that the caller is of, and what is tried.
Result<ReplayJob> job_of(const Context& context, const View& view, const api::ReplayVersion& ask) {
  HANSA_TRY(const Port* from, find_version(context, view, ask.port));
  HANSA_TRY(const Port* on, find_version(context, view, ask.on));
  HANSA_CHECK(authorize(context, view, Action::manage, service::on(*from), ask.port));
  HANSA_CHECK(authorize(context, view, Action::manage, service::on(*on), ask.on));
  if (from->id == on->id)
    return invalid(fmt::format("{} is tried on itself", view.mesh.ref_of(*from)),
                   "name the version that shall replace it: --on PORT@2");
  ReplayJob job{.instead = {from->id, on->id},
                .to = view.mesh.ref_of(*on),
                .table = table_of(view, *on),
                .renamed = {},
                .missing = {},
                .run = ask.run};
  HANSA_TRY(auto renamed, renamed_columns(view, *from, on, ask.renamed));
  const auto* ends = view.mesh.find<Deprecation>(from->id);
  if (renamed.empty() && ends != nullptr && ends->use == on->id) renamed = ends->renamed;
  job.renamed = std::move(renamed);
  const auto* before = view.mesh.find<Contract>(from->contract);
  const auto* after = view.mesh.find<Contract>(on->contract);
  if (before == nullptr || after == nullptr) return unknown("contract", ask.on);
  for (const Column& column : before->schema.columns)
    if (find_column(after->schema, column.name) == nullptr) job.missing.push_back(column.name);
  return job;
}

// That somebody has queries of others run, on disk before the first of them.
Result<void> note_begin(const Context& context, store::Store& store, const ReplayJob& job) {
  HANSA_TRY(const auto ticket,
            store.record(
                {.kind = "replay",
                 .who = context.who.id,
                 .at = context.now,
                 .subject = job.instead.from.ulid,
                 .body = to_text(Json(Json::Object{
                     {"on", job.to}, {"run", job.run}, {"request", to_text(context.request)}}))}));
  return ticket->durable();
}

ReplayedQuery tried(const Context& context, const Shelves& from, Running& running,
                    const ReplayJob& job, const Found& found) {
  ReplayedQuery out{.who = found.query.who,
                    .makes = found.query.makes,
                    .line = found.line,
                    .reads = found.reads,
                    .last = found.last};
  const bool exists = from.live.read([&](const View& view) {
    const auto* reader = view.mesh.find<Principal>(found.query.who);
    return reader != nullptr && !reader->disabled;
  });
  if (!exists) {
    out.why = "its reader is gone";
  } else if (found.cut) {
    out.why = "it is longer than what is kept of a statement";
  } else if (from.clock.now() >= context.deadline) {
    out.why = fmt::format("the replay took more than {} minutes", kPatience.count());
  } else {
    const Trial trial = try_query(context, from, running, job, found.query);
    out.verdict = trial.verdict;
    out.why = trial.why;
    out.rewrite = !trial.rewrite.empty();
  }
  return out;
}

struct Shown {
  api::ReplayView view;
  std::vector<std::pair<std::size_t, ReplayedQuery>> own;  // by their place in `view.queries`
  ReplayJob job;
};

void count(api::ReplayView& out, ReplayVerdict verdict) {
  switch (verdict) {
    case ReplayVerdict::same: ++out.same; break;
    case ReplayVerdict::binds: ++out.binds; break;
    case ReplayVerdict::differs: ++out.differs; break;
    case ReplayVerdict::breaks: ++out.breaks; break;
    case ReplayVerdict::not_run: ++out.not_run; break;
  }
}

Result<Shown> shown(const Context& context, const View& view, const std::string& text) {
  HANSA_TRY(const Port* port, find_version(context, view, text));
  const auto* replay = view.mesh.find<Replay>(port->id);
  const auto* on = replay ? view.mesh.find<Port>(replay->on) : nullptr;
  const std::string ref = view.mesh.ref_of(*port);
  const bool owner = may(context, view, Action::manage, service::on(*port));
  if (on == nullptr || (!owner && !may(context, view, Action::know, service::on(*on))))
    return not_found(fmt::format("nobody has tried the queries of {}", ref),
                     fmt::format("the team that owns it does: hansa replay {} --on PORT@2", ref));
  Shown out;
  out.job = {.instead = {port->id, on->id},
             .to = view.mesh.ref_of(*on),
             .table = table_of(view, *on),
             .renamed = replay->renamed,
             .missing = {},
             .run = replay->ran};
  out.view.port = ref;
  out.view.on = out.job.to;
  out.view.ran = replay->ran;
  out.view.by = name_of_principal(view, replay->by);
  out.view.at = replay->at;
  for (const Renamed& each : replay->renamed) out.view.renamed.push_back({each.from, each.to});
  if (owner) out.view.left_out = replay->left_out;
  for (const ReplayedQuery& each : replay->queries) {
    const bool own = is_callers(context, view, each.who);
    if (!owner && !own) continue;
    count(out.view, each.verdict);
    if (own) out.own.emplace_back(out.view.queries.size(), each);
    out.view.queries.push_back(query_view(context, view, each));
  }
  return out;
}

// The text of one's own query; none: it is not kept any more.
Result<std::optional<RecordedStatement>> text_of(const Shelves& from, const ReplayedQuery& query,
                                                 Time replayed_at) {
  if (query.line == 0)
    return from.live.read([&](const View& view) -> std::optional<RecordedStatement> {
      const auto* made = view.mesh.find<Derivation>(query.makes);
      // Another query than the one that was tried.
      if (made == nullptr || made->set_at > replayed_at || made->runs_as != query.who)
        return std::nullopt;
      return RecordedStatement{{made->sql, {}, made->catalog, made->schema}, {}};
    });
  store::Question question;
  question.after = query.line - 1;
  question.max = 1;
  HANSA_TRY(const auto lines, from.world.store.history(question));
  if (lines.size() != 1 || lines.front().number != query.line || !lines.front().text)
    return std::optional<RecordedStatement>();
  const auto facts = parse_json(lines.front().body);
  return facts ? recorded_statement(*facts, lines.front().text->text) : std::nullopt;
}

}  // namespace

Result<api::ReplayView> replay_version(const Context& context, const Shelves& from,
                                       Running& running, const api::ReplayVersion& ask) {
  Context bounded = context;
  bounded.deadline = std::min(context.deadline, context.now + kPatience);
  HANSA_TRY(const ReplayJob job,
            from.live.read([&](const View& view) { return job_of(context, view, ask); }));
  const auto turn = running.replay_turn();
  if (!turn) return exhausted("another replay runs", "try again once it is over");
  HANSA_CHECK(note_begin(context, from.world.store, job));
  HANSA_TRY(auto all, recorded(from.world.store, job.instead.from));
  std::vector<Found>& found = all.found;
  std::ranges::move(
      from.live.read([&](const View& view) { return derived(view, job.instead.from); }),
      std::back_inserter(found));
  std::ranges::sort(found, std::ranges::greater{}, &Found::last);
  Replay replay{.id = job.instead.from,
                .on = job.instead.to,
                .renamed = job.renamed,
                .ran = ask.run,
                .by = context.who.id,
                .at = context.now,
                .left_out = all.left_out,
                .queries = {}};
  if (found.size() > replay_queries_max) {
    replay.left_out += found.size() - replay_queries_max;
    found.resize(replay_queries_max);
  }
  // One reader's queries behind each other: its worker is kept for it.
  std::ranges::stable_sort(found, {}, [](const Found& each) { return each.query.who; });
  for (const Found& each : found) {
    if (context.stop.stop_requested()) return unavailable("the caller has gone");
    replay.queries.push_back(tried(bounded, from, running, job, each));
  }
  HANSA_CHECK(
      commit(context, from.live, from.world.store, [&](const View& view) -> Result<Attempt> {
        HANSA_TRY(const ReplayJob now, job_of(context, view, ask));
        const auto* port = view.mesh.find<Port>(now.instead.from);
        HANSA_TRY(Permit permit, authorize(context, view, Action::manage, on(*port), ask.port));
        Attempt out =
            attempt(std::move(permit), change(context, share(Replay(replay)), "version.replayed",
                                              Json::Object{{"port", view.mesh.ref_of(*port)},
                                                           {"on", now.to},
                                                           {"queries", replay.queries.size()}}));
        for (const PortId each : {now.instead.from, now.instead.to})
          out.relies_on.push_back(*view.mesh.noun("port", each.ulid));
        return out;
      }));
  const auto slash = ask.port.find('/');
  return get_replay(context, from, {ask.port.substr(0, slash), ask.port.substr(slash + 1)});
}

Result<api::ReplayView> get_replay(const Context& context, const Shelves& from,
                                   const api::OneVersion& ask) {
  HANSA_TRY(Shown out, from.live.read([&](const View& view) {
    return shown(context, view, ask.domain + "/" + ask.port);
  }));
  for (const auto& [at, query] : out.own) {
    HANSA_TRY(const auto whole, text_of(from, query, out.view.at));
    if (!whole) continue;
    api::ReplayedView& view = out.view.queries[at];
    view.sql = whole->statement.sql;
    if (!query.rewrite) continue;
    HANSA_TRY(view.rewritten, rewrite_again(context, from, out.job, whole->statement));
  }
  return std::move(out.view);
}

std::vector<api::ReplayedView> statements_of(const Shelves& from, PrincipalId who,
                                             const std::string& port, std::size_t max) {
  Trail trail;
  Context context = house_context(from.clock.now(), "notices", trail);
  context.who.id = who;
  // Other notices wait behind this one.
  context.deadline = context.now + std::chrono::seconds(5);
  auto found = from.live.read([&](const View& view) { return shown(context, view, port); });
  std::vector<api::ReplayedView> out;
  if (!found) return out;
  for (const auto& [at, query] : found->own) {
    if (out.size() == max) break;
    const auto whole = text_of(from, query, found->view.at);
    if (!whole || !*whole) continue;
    api::ReplayedView& view = out.emplace_back(std::move(found->view.queries[at]));
    view.sql = (*whole)->statement.sql;
    // Without one it is worth a look all the same.
    if (!query.rewrite) continue;
    if (auto again = rewrite_again(context, from, found->job, (*whole)->statement))
      view.rewritten = *std::move(again);
  }
  return out;
}

}  // namespace hansa::service
