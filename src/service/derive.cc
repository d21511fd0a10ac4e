#include "service/derive.h"

#include <fmt/format.h>

#include <algorithm>
#include <shared_mutex>

#include "base/log.h"
#include "base/text.h"
#include "service/authority/commit.h"
#include "service/step/find.h"
#include "service/step/next_state.h"
#include "service/step/plan_view.h"
#include "service/step/present_derived.h"
#include "service/step/written.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

constexpr int kTriesMax = 4;

// A port and the query that makes it, as values: they outlive the view they were read from.
struct Job {
  Derivation derivation;
  PortKind kind = PortKind::table;
  std::string ref;
  std::string owner;
  Schema columns;
};

std::string ref_of(const api::GetPort& ask) { return fmt::format("{}/{}", ask.domain, ask.port); }

Result<const Port*> own_port(const Context& context, const View& view, const std::string& ref) {
  HANSA_TRY(const Port* port, find_port(context, view, ref));
  HANSA_CHECK(authorize(context, view, Action::publish, on(*port), ref));
  return port;
}

// The account that is named, the one there is, or the only one of the team.
Result<PrincipalId> account_for(const Context& context, const View& view, const Port& port,
                                const std::string& name) {
  if (!name.empty()) {
    HANSA_TRY(const Principal* named, find_principal(context, view, name));
    return named->id;
  }
  if (const auto* before = view.mesh.find<Derivation>(port.id)) return before->runs_as;
  const auto* domain = view.mesh.find<Domain>(port.domain);
  const auto all = domain ? view.rights.answering(domain->owner) : std::span<const Ulid>();
  if (all.size() == 1) return PrincipalId{all.front()};
  return invalid(fmt::format("{} has {}, and the query runs as one of them", owner_of(view, port),
                             counted(all.size(), "service account")),
                 all.empty() ? "an administrator makes one: hansa admin service-account add NAME "
                               "--team TEAM"
                             : "say which: --as NAME");
}

Result<Job> job_for(const Context& context, const View& view, const api::SetDerivation& ask) {
  const std::string ref = fmt::format("{}/{}", ask.domain, ask.port);
  HANSA_TRY(const Port* port, own_port(context, view, ref));
  const auto* contract = view.mesh.find<Contract>(port->contract);
  if (contract == nullptr || (port->kind != PortKind::table && port->kind != PortKind::view))
    return invalid(fmt::format("{} is neither a table nor a view", ref));
  if (port->kind == PortKind::view && ask.every_seconds != 0)
    return invalid(
        fmt::format("{} is a view: it is made of what is there whenever it is read", ref),
        "leave the interval out");
  HANSA_TRY(const PrincipalId account, account_for(context, view, *port, ask.as));
  HANSA_CHECK(check_account(view, account, *port));
  Job job{.derivation = {.id = port->id,
                         .sql = ask.query,
                         .catalog = ask.catalog.empty() ? std::string(kMeshCatalog)
                                                        : lower_ascii(ask.catalog),
                         .schema = lower_ascii(ask.schema),
                         .runs_as = account,
                         .every_seconds = ask.every_seconds,
                         .set_by = context.who.id,
                         .set_at = context.now},
          .kind = port->kind,
          .ref = view.mesh.ref_of(*port),
          .owner = owner_of(view, *port),
          .columns = contract->schema};
  return job;
}

Result<Job> job_of(const Context& context, const View& view, const std::string& ref) {
  HANSA_TRY(const Port* port, own_port(context, view, ref));
  const auto* derivation = view.mesh.find<Derivation>(port->id);
  const auto* contract = view.mesh.find<Contract>(port->contract);
  if (derivation == nullptr || contract == nullptr)
    return not_found(fmt::format("{} is not made by a query", ref),
                     fmt::format("set one: hansa publish {} --query FILE.sql", ref));
  return Job{*derivation, port->kind, view.mesh.ref_of(*port), owner_of(view, *port),
             contract->schema};
}

// The caller's own time and patience, as the service account.
Context as_account(const Context& context, const Job& job, Trail& trail) {
  return {.who = caller_of(job.derivation, job.ref),
          .request = context.request,
          .now = context.now,
          .deadline = context.deadline,
          .stop = context.stop,
          .trail = trail};
}

Opening opening_of(const Context& as, const Shelves& from, const Job& job) {
  return {from,
          as,
          {.sql = job.derivation.sql,
           .parameters = {},
           .catalog = job.derivation.catalog,
           .schema = job.derivation.schema},
          {},
          {job.derivation.id}};
}

std::shared_ptr<Reads> reads_of(const Context& as, const Shelves& from, const Job& job) {
  return std::make_shared<Reads>(from.world.store, nullptr,
                                 ReadBy{.query = new_id<QueryId>(as.now),
                                        .request = as.request,
                                        .who = as.who,
                                        .kind = {},
                                        .sql = job.derivation.sql,
                                        .makes = job.ref,
                                        .started = as.now,
                                        .started_us = steady_us()});
}

// One SELECT of ports and nothing else.
Result<void> check_facts(const query::TreeFacts& facts, const Job& job) {
  if (facts.kind != query::StatementKind::select)
    return invalid("a port is made by a SELECT, not by DESCRIBE, SUMMARIZE or SHOW");
  if (facts.parameters != 0)
    return invalid("the query has parameters, and nobody gives them", "write the values");
  if (facts.tables.empty()) return invalid("the query reads no port", "select from domain.port");
  for (const query::TableUse& use : facts.tables)
    if (use.table.kind != query::TableKind::port || !use.rows)
      return invalid(
          fmt::format("{}.{} is no port whose rows are read", use.table.schema, use.table.name),
          "read ports only");
  if (facts.moves && job.kind == PortKind::view)
    return invalid(
        "the query reads the time or chance, so a view of it would not stay the same "
        "while what it reads does",
        "leave now(), current_date, random() and their like to whoever reads the view, "
        "or make a table of it");
  return {};
}

std::vector<NamedTable> named(const query::TreeFacts& facts) {
  std::vector<NamedTable> out;
  for (const query::TableUse& use : facts.tables)
    out.push_back({use.table.catalog, use.table.schema, use.table.name});
  return out;
}

// By name; types are looked at once there is a file.
Result<void> check_columns(const Job& job, const query::Bound& bound) {
  Schema data;
  for (const query::Column& column : bound.columns) {
    const auto known = std::ranges::find(job.columns.columns, column.name, &Column::name);
    Column shape = known == job.columns.columns.end() ? Column{} : *known;
    shape.name = column.name;
    data.columns.push_back(std::move(shape));
  }
  const auto differ = misfits(job.columns, data);
  if (differ.empty()) return {};
  return blocked(
      fmt::format("the query does not fit the contract of {}: {}", job.ref, join(differ, "; ")),
      "name the query's columns as the contract does, or change the contract");
}

// What the change stands on, of the mesh as it is.
Result<void> check_place(const View& view, const Job& job, const std::vector<SourceRead>& reads,
                         Attempt& out) {
  const auto* port = view.mesh.find<Port>(job.derivation.id);
  if (port == nullptr) return unknown("port", job.ref);
  HANSA_CHECK(check_account(view, job.derivation.runs_as, *port));
  HANSA_CHECK(check_protection(view, *port, reads));
  HANSA_TRY(const Chain chain,
            check_acyclic(view.mesh, job.derivation.id, reads, sources_now(view)));
  for (const PortId below : chain.looked_at)
    if (below != job.derivation.id)
      out.relies_on.push_back(
          view.mesh.noun("derivation", below.ulid).value_or(share(Derivation{.id = below})));
  for (const auto& [kind, id] :
       {std::pair{"contract", port->contract.ulid}, std::pair{"product", port->product.ulid},
        std::pair{"principal", job.derivation.runs_as.ulid}})
    if (auto noun = view.mesh.noun(kind, id)) out.relies_on.push_back(*std::move(noun));
  return {};
}

// A view is made once before it is set: it works, and its first reader does not wait for it.
Result<void> try_view(const Context& as, const Shelves& from, const Job& job, Opening& opening,
                      Planned planned, const std::shared_ptr<Reads>& reads) {
  opening.release();
  auto made_of = std::make_shared<PlannedView>();
  *made_of = {.port = job.derivation.id,
              .ref = job.ref,
              .owner = job.owner,
              .columns = job.columns,
              .as = as.who,
              .sql = job.derivation.sql,
              .sources = std::move(planned),
              .key = {}};
  made_of->key = key_of(*made_of, job.derivation);
  const ViewAsk ask{made_of, made_of->sources.plan, reads, true};
  HANSA_CHECK(from.copies.make(as, from.world.engine, ask));
  return {};
}

// Fills in what the query names and reads.
Result<void> learn(const Context& as, const Shelves& from, Job& job,
                   const std::shared_ptr<Reads>& reads) {
  Opening opening = opening_of(as, from, job);
  HANSA_CHECK(opening.read());
  HANSA_CHECK(check_facts(opening.facts(), job));
  job.derivation.tables = named(opening.facts());
  job.derivation.moves = opening.facts().moves;
  HANSA_TRY(Planned planned, opening.plan(*reads));
  HANSA_TRY(query::ClosedPlan closed,
            query::ClosedPlan::close(query::Plan(planned.plan), planned.permits));
  query::Bound bound;
  {
    HANSA_TRY(const engine::Opened opened, opening.lease()->run(std::move(closed)));
    bound = opened.bound;
  }
  HANSA_CHECK(check_columns(job, bound));
  job.derivation.sources = sources_of(planned, bound);
  if (job.kind != PortKind::view) return {};
  return try_view(as, from, job, opening, std::move(planned), reads);
}

// --- a run ------------------------------------------------------------------------------------

// Columns are known once it is bound, so they do not count.
bool same_sources(const std::vector<SourceRead>& a, const std::vector<SourceRead>& b) {
  return std::ranges::equal(a, b, [](const SourceRead& x, const SourceRead& y) {
    return x.port == y.port && x.version == y.version && x.state == y.state && x.part == y.part;
  });
}

bool is_made(const Job& job, const Target& target, const std::vector<SourceRead>& reads) {
  return job.derivation.snapshot != 0 && !job.derivation.moves && target.state &&
         target.state->snapshot == job.derivation.snapshot &&
         same_sources(job.derivation.sources, reads);
}

// Still the same query, still allowed to read all that was read, as it was when it was read.
Result<Attempt> along(const Context& as, const View& view, const Job& job, const Planned& planned,
                      const Derivation& after) {
  Attempt out;
  const auto* now = view.mesh.find<Derivation>(job.derivation.id);
  if (now == nullptr || *now != job.derivation)
    return conflict("the query was changed or run by another while it ran", "run it again");
  for (const Permit& read : planned.permits) {
    const auto* port = view.mesh.find<Port>(read.decision().ask.on.id);
    if (port == nullptr) return unknown("port", "one of those that were read");
    HANSA_TRY(Permit permit, authorize(as, view, Action::read, on(*port), view.mesh.ref_of(*port)));
    if (permit.decision().visible != read.decision().visible)
      return conflict("the access changed while it ran", "run it again");
    out.permits.push_back(std::move(permit));
  }
  for (const Borrowed& each : borrowed(planned)) {
    Ask ask = each.permit.decision().ask;
    ask.now = as.now;
    if (!policy::judge(view.rights, view.mesh, ask, view.seq).allowed)
      return std::unexpected(each.lost);
  }
  HANSA_CHECK(check_place(view, job, after.sources, out));
  out.changes.push_back(
      change(as, share(Derivation(after)), "derivation.ran",
             Json::Object{{"port", job.ref}, {"snapshot", std::to_string(after.snapshot)}}));
  return out;
}

// One file of rows, staged under its final name; removed again unless it is published.
struct Staged {
  object::ObjectStore& objects;
  Location at;
  bool keep = false;
  ~Staged() {
    if (!keep) (void)objects.remove(at);
  }
};

struct Rows {
  std::shared_ptr<Reads> reads;
  Planned planned;
  query::Bound bound;
};

// Runs the query into `at`.
Result<Rows> write_rows(const Context& as, const Shelves& from, Running& running, const Job& job,
                        const Target& target, Opening& opening, Planned planned,
                        const std::shared_ptr<Reads>& reads, const Location& at) {
  planned.plan.output.format = query::Format::parquet;
  planned.plan.bounds.rows_max = query::rows_all;  // a table is whole or none
  HANSA_TRY(query::ClosedPlan closed,
            query::ClosedPlan::close(query::Plan(planned.plan), planned.permits));
  const std::shared_ptr<engine::Lease> lease = opening.lease();
  HANSA_TRY(engine::Opened opened, lease->run(std::move(closed), Want{}));
  Rows out{reads, std::move(planned), opened.bound};
  HANSA_CHECK(check_columns(job, out.bound));
  reads->bound(out.bound);
  HANSA_TRY(const auto tickets, reads->open(opening.context().now));
  for (const auto& ticket : tickets) HANSA_CHECK(ticket->durable());
  Guard guard = running.guard(from.live, opening.context().now,
                              Work{.id = reads->query(),
                                   .who = as.who.id,
                                   .credential = {},
                                   .started = as.now,
                                   .permits = out.planned.permits,
                                   .borrowed = borrowed(out.planned),
                                   .ports = {job.ref},
                                   .counters = opened.counters,
                                   .gone = as.stop,
                                   .kill = [lease] { lease->kill(); },
                                   .end = [reads](const Ending& end) { reads->end(end); }},
                              std::move(opened.rows));
  const std::uint64_t room = target.quota_bytes == 0 ? UINT64_MAX
                             : target.quota_bytes > target.other_bytes
                                 ? target.quota_bytes - target.other_bytes
                                 : 0;
  HANSA_CHECK(write_object(from.world.objects, at, *guard.rows, room));
  return out;
}

Result<std::optional<Seq>> publish(const Context& as, const Shelves& from, const Job& job,
                                   const Target& target, const Rows& rows, Staged& staged,
                                   const std::string& id, api::DerivationRun& out) {
  HANSA_TRY(const auto files, inspected(as, from.world, target, {staged.at}));
  const api::Publish ask{.publish = id,
                         .port = target.ref,
                         .mode = api::PublishMode::overwrite,
                         .files = 1,
                         .locations = {},
                         .made_by = {{"job", "derivation"}, {"run", id}}};
  HANSA_TRY(const Next next, stage(as, from.world, from.tables, target, {}, files, ask));
  Derivation after = job.derivation;
  after.sources = sources_of(rows.planned, rows.bound);
  after.snapshot = next.state.snapshot;
  after.ran_at = as.now;
  after.stopped.clear();
  after.next.clear();
  after.stopped_at.reset();
  out.snapshot = std::to_string(next.state.snapshot);
  out.rows = next.state.rows;
  out.bytes = next.state.bytes;
  const Move move{
      .state = next.state,
      .registers = {},
      .answer = {},
      .reads = after.sources,
      .along = [&](const View& view) { return along(as, view, job, rows.planned, after); }};
  // A lost answer of the store may mean that it is listed now.
  staged.keep = true;
  HANSA_TRY(const auto seq, move_pointer(as, from.live, from.world, target, move));
  staged.keep = seq.has_value();
  return seq;
}

Result<api::DerivationRun> make_once(const Context& as, const Shelves& from, Running& running,
                                     const Job& job, bool& again) {
  again = false;
  const auto reads = reads_of(as, from, job);
  const auto run = [&]() -> Result<api::DerivationRun> {
    HANSA_TRY(const Target target,
              from.live.read([&](const View& view) { return find_target(as, view, job.ref); }));
    Opening opening = opening_of(as, from, job);
    HANSA_CHECK(opening.read());
    HANSA_CHECK(check_facts(opening.facts(), job));
    HANSA_TRY(Planned planned, opening.plan(*reads));
    api::DerivationRun out{.port = job.ref};
    if (is_made(job, target, sources_of(planned, {}))) {
      out = {job.ref,
             true,
             std::to_string(target.state->snapshot),
             0,
             target.state->rows,
             target.state->bytes};
      return out;
    }
    const std::string id = to_text(new_ulid(as.now));
    HANSA_TRY(const Location at, upload_location(target, id, 0));
    Staged staged{from.world.objects, at};
    HANSA_TRY(const Rows rows,
              write_rows(as, from, running, job, target, opening, std::move(planned), reads, at));
    opening.release();
    HANSA_TRY(const auto seq, publish(as, from, job, target, rows, staged, id, out));
    again = !seq;
    out.seq = seq ? seq->number : 0;
    return out;
  };
  auto done = run();
  if (!done) reads->end(ending_of(done.error(), as.stop.stop_requested()));
  return done;
}

// Kept with the derivation, so that its owners see it; what passes by itself is not.
void note(const Context& by, const Shelves& from, PortId port, const std::optional<Error>& why) {
  if (why && (why->code == Code::unavailable || why->code == Code::conflict)) return;
  const auto noted =
      commit(by, from.live, from.world.store, [&](const View& view) -> Result<Attempt> {
        const auto* now = view.mesh.find<Derivation>(port);
        const auto* noun = view.mesh.find<Port>(port);
        if (now == nullptr || noun == nullptr || now->stopped == (why ? why->text : ""))
          return Attempt{};
        HANSA_TRY(Permit permit,
                  authorize(by, view, Action::publish, on(*noun), view.mesh.ref_of(*noun)));
        Derivation after = *now;
        after.stopped = why ? why->text : "";
        after.next = why ? why->next : "";
        after.stopped_at = why ? std::optional(by.now) : std::nullopt;
        return attempt(std::move(permit), change(by, share(std::move(after)),
                                                 why ? "derivation.stopped" : "derivation.resumed",
                                                 Json::Object{{"port", view.mesh.ref_of(*noun)}}));
      });
  if (!noted)
    log(Level::warning, "a stopped derivation was not noted", {{"why", noted.error().text}});
}

Result<api::DerivationRun> make_anew(const Context& context, const Shelves& from, Running& running,
                                     const std::string& ref) {
  const std::shared_lock staying(
      from.tables.sweeping());  // What is staged stays until it is listed.
  for (int tries = 0; tries < kTriesMax; ++tries) {
    HANSA_TRY(const Job job,
              from.live.read([&](const View& view) { return job_of(context, view, ref); }));
    if (job.kind == PortKind::view)
      return invalid(
          fmt::format("{} is a view: it is made of what is there whenever it is read", job.ref));
    Trail trail;
    Context as = as_account(context, job, trail);
    as.deadline = as.now + limits::query_deadline_max;
    bool again = false;
    auto done = make_once(as, from, running, job, again);
    if (done && again) continue;
    if (!done && done.error().code == Code::conflict && tries + 1 < kTriesMax) continue;
    if (!done) note(context, from, job.derivation.id, done.error());
    else if (done->unchanged) note(context, from, job.derivation.id, {});
    return done;
  }
  return conflict(fmt::format("too many others publish into {} at once", ref), "run it again");
}

}  // namespace

Result<api::DerivationView> set_derivation(const Context& context, const Shelves& from,
                                           const api::SetDerivation& ask) {
  HANSA_TRY(Job job, from.live.read([&](const View& view) { return job_for(context, view, ask); }));
  Trail trail;
  const Context as = as_account(context, job, trail);
  const auto reads = reads_of(as, from, job);
  if (auto learnt = learn(as, from, job, reads); !learnt) {
    reads->end(ending_of(learnt.error(), context.stop.stop_requested()));
    return std::unexpected(std::move(learnt).error());
  }
  HANSA_CHECK(
      commit(context, from.live, from.world.store, [&](const View& view) -> Result<Attempt> {
        HANSA_TRY(const Port* port, own_port(context, view, job.ref));
        const auto* contract = view.mesh.find<Contract>(port->contract);
        if (contract == nullptr || contract->schema != job.columns)
          return conflict("the contract changed meanwhile", "set it again");
        HANSA_TRY(Permit permit, authorize(context, view, Action::publish, on(*port), job.ref));
        Attempt out = attempt(std::move(permit),
                              change(context, share(Derivation(job.derivation)), "derivation.set",
                                     Json::Object{{"port", job.ref}, {"as", to_text(as.who.id)}}));
        HANSA_CHECK(check_place(view, job, job.derivation.sources, out));
        return out;
      }));
  return from.live.read([&](const View& view) -> Result<api::DerivationView> {
    const auto* derivation = view.mesh.find<Derivation>(job.derivation.id);
    if (derivation == nullptr) return conflict("it was ended meanwhile");
    return derivation_view(context, view, *derivation);
  });
}

Result<api::Nothing> remove_derivation(const Context& context, const Shelves& from,
                                       const api::GetPort& ask) {
  HANSA_CHECK(
      commit(context, from.live, from.world.store, [&](const View& view) -> Result<Attempt> {
        HANSA_TRY(const Port* port, own_port(context, view, ref_of(ask)));
        HANSA_TRY(Permit permit, authorize(context, view, Action::publish, on(*port), ref_of(ask)));
        const auto noun = view.mesh.noun("derivation", port->id.ulid);
        if (!noun) return not_found(fmt::format("{} is not made by a query", ref_of(ask)));
        return attempt(std::move(permit), removal(context, *noun, "derivation.removed",
                                                  Json::Object{{"port", view.mesh.ref_of(*port)}}));
      }));
  return api::Nothing{};
}

Result<api::DerivationRun> run_derivation(const Context& context, const Shelves& from,
                                          Running& running, const api::GetPort& ask) {
  return make_anew(context, from, running, ref_of(ask));
}

void run_due(const Shelves& from, Running& running, Timetable& timetable, std::stop_token stop) {
  const Time now = from.clock.now();
  const auto due = from.live.read([&](const View& view) {
    std::vector<std::pair<std::string, Derivation>> out;
    for (const auto& [id, entry] : view.mesh.all<Derivation>()) {
      const Derivation& each = *entry.noun;
      const auto* port = view.mesh.find<Port>(each.id);
      if (each.every_seconds == 0 || port == nullptr) continue;
      const auto tried = timetable.tried.find(each.id);
      const Time last =
          tried != timetable.tried.end() ? tried->second : each.ran_at.value_or(Time{});
      if (last + Seconds(each.every_seconds) <= now)
        out.emplace_back(view.mesh.ref_of(*port), each);
    }
    return out;
  });
  for (const auto& [ref, derivation] : due) {
    if (stop.stop_requested()) return;
    Trail trail;
    const Time begins = from.clock.now();
    timetable.tried[derivation.id] = begins;
    const Context as{.who = caller_of(derivation, ref),
                     .request = new_id<RequestId>(begins),
                     .now = begins,
                     .deadline = begins + limits::query_deadline_max,
                     .stop = stop,
                     .trail = trail};
    if (auto done = make_anew(as, from, running, ref); !done)
      log(Level::warning, "a port was not made anew",
          {{"port", ref}, {"code", std::string(name_of(done.error().code))}});
  }
}

}  // namespace hansa::service
