#include "service/remake.h"

#include <fmt/format.h>

#include <algorithm>
#include <shared_mutex>

#include "base/log.h"
#include "service/authority/commit.h"
#include "service/step/derive_job.h"
#include "service/step/gate.h"
#include "service/step/next_state.h"
#include "service/step/written.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

constexpr int kTriesMax = 4;

// One run of a port at a time: whoever comes second finds what the first has made.
std::string place_of(PortId port) { return "run " + to_text(port); }

Result<DeriveJob> job_of(const Context& context, const View& view, const std::string& ref) {
  HANSA_TRY(const Port* port, own_port(context, view, ref));
  const auto* derivation = view.mesh.find<Derivation>(port->id);
  const auto* contract = view.mesh.find<Contract>(port->contract);
  if (derivation == nullptr || contract == nullptr)
    return not_found(fmt::format("{} is not made by a query", ref),
                     fmt::format("set one: hansa publish {} --query FILE.sql", ref));
  if (port->kind == PortKind::view)
    return invalid(fmt::format("{} is a view: it is made of what is there whenever it is read",
                               view.mesh.ref_of(*port)));
  HANSA_CHECK(check_sources(view, *derivation));
  return DeriveJob{*derivation, port->kind, view.mesh.ref_of(*port), owner_of(view, *port),
                   contract->schema};
}

// Columns are known once it is bound, so they do not count.
bool same_sources(const std::vector<SourceRead>& a, const std::vector<SourceRead>& b) {
  return std::ranges::equal(a, b, [](const SourceRead& x, const SourceRead& y) {
    return x.port == y.port && x.version == y.version && x.state == y.state && x.part == y.part;
  });
}

bool is_made(const DeriveJob& job, const Target& target, const std::vector<SourceRead>& reads) {
  return job.derivation.snapshot != 0 && !job.derivation.moves && target.state &&
         target.state->snapshot == job.derivation.snapshot &&
         same_sources(job.derivation.sources, reads);
}

// Still the same query, still allowed to read all that was read, as it was when it was read.
Result<Attempt> along(const Context& as, const View& view, const DeriveJob& job,
                      const Planned& planned, const std::vector<SourceRead>& reads,
                      const Derivation& after) {
  Attempt out;
  const auto* now = view.mesh.find<Derivation>(job.derivation.id);
  if (now == nullptr || *now != job.derivation)
    return conflict("the query was changed or run by another while it ran", "run it again");
  HANSA_CHECK(decide_again(as, view, planned, out));
  HANSA_CHECK(check_place(view, job, reads, out));
  out.changes.push_back(
      change(as, share(Derivation(after)), "derivation.ran",
             Json::Object{{"port", job.ref}, {"snapshot", std::to_string(after.snapshot)}}));
  return out;
}

struct Rows {
  std::shared_ptr<Reads> reads;
  Planned planned;
  query::Bound bound;
};

// Runs the query into `at`.
Result<Rows> write_rows(const Context& as, const Shelves& from, Running& running,
                        const DeriveJob& job, const Target& target, Opening& opening,
                        Planned planned, const std::shared_ptr<Reads>& reads, const Location& at) {
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
  HANSA_CHECK(tickets.durable());
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
  HANSA_CHECK(write_object(from.world.objects, at, *guard.rows, room_of(target)));
  return out;
}

Result<std::optional<Seq>> publish(const Context& as, const Shelves& from, const DeriveJob& job,
                                   const Target& target, const Rows& rows, Unlisted& staged,
                                   const std::string& id, api::DerivationRun& out) {
  HANSA_TRY(const auto files, inspected(as, from.world, target, staged.files));
  const api::Publish ask{.publish = id,
                         .port = target.ref,
                         .mode = api::PublishMode::overwrite,
                         .files = 1,
                         .locations = {},
                         .made_by = {{"job", "derivation"}, {"run", id}}};
  HANSA_TRY(Gate gate, Gate::open(as, from.live, target, false));
  HANSA_CHECK(gate.hold(as, from.live, from.world, from.tables, target, files, ask));
  HANSA_TRY(const Next next, stage(as, from.world, from.tables, target, {}, files, ask));
  // It may have run for long: what ended meanwhile is decided by the time it is now.
  Context now = as;
  now.now = from.clock.now();
  Derivation after = job.derivation;
  after.sources = sources_of(rows.planned, rows.bound);
  const auto reads = with_behind(after.sources, rows.planned);
  after.snapshot = next.state.snapshot;
  after.ran_at = as.now;
  after.stopped.clear();
  after.next.clear();
  after.stopped_at.reset();
  out.snapshot = std::to_string(next.state.snapshot);
  out.rows = next.state.rows;
  out.bytes = next.state.bytes;
  const Move move{.state = next.state,
                  .registers = {},
                  .answer = {},
                  .reads = reads,
                  .along = [&](const View& view) -> Result<Attempt> {
                    HANSA_TRY(Attempt out, along(now, view, job, rows.planned, reads, after));
                    HANSA_TRY(Attempt checked, gate.along(now, view, target, next.state.snapshot));
                    std::ranges::move(checked.changes, std::back_inserter(out.changes));
                    return out;
                  }};
  staged.keep = true;
  HANSA_TRY(const auto seq, move_pointer(now, from.live, from.world, target, move));
  staged.keep = seq.has_value();
  return seq;
}

Result<api::DerivationRun> make_once(const Context& as, const Shelves& from, Running& running,
                                     const DeriveJob& job, bool& again) {
  again = false;
  const auto reads = reads_of(as, from, job);
  const auto run = [&]() -> Result<api::DerivationRun> {
    HANSA_TRY(const Target target,
              from.live.read([&](const View& view) { return find_target(as, view, job.ref); }));
    Opening opening = opening_of(as, from, job, true);
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
    Unlisted staged(from.world.objects);
    staged.files = {at};
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

Context run_as(const Context& context, const Shelves& from, const DeriveJob& job, Trail& trail) {
  Context as = as_account(context, job, trail);
  as.now = from.clock.now();
  as.deadline = as.now + limits::query_deadline_max;
  return as;
}

// The caller holds a place.
Result<api::DerivationRun> make_anew(const Context& context, const Shelves& from, Running& running,
                                     const std::string& ref) {
  const std::shared_lock staying(
      from.tables.sweeping());  // What is staged stays until it is listed.
  for (int tries = 0; tries < kTriesMax; ++tries) {
    HANSA_TRY(const DeriveJob job,
              from.live.read([&](const View& view) { return job_of(context, view, ref); }));
    Trail trail;
    const Context as = run_as(context, from, job, trail);
    bool again = false;
    auto done = make_once(as, from, running, job, again);
    if (done && again) continue;
    if (!done && done.error().code == Code::conflict && tries + 1 < kTriesMax) continue;
    if (!done) note(context, from, job.derivation.id, done.error());
    else if (done->unchanged) note(context, from, job.derivation.id, {});
    return done;
  }
  return too_busy(ref, "run it again");
}

}  // namespace

Result<api::DerivationRun> run_derivation(const Context& context, const Shelves& from,
                                          Running& running, const api::GetPort& ask) {
  const std::string ref = fmt::format("{}/{}", ask.domain, ask.port);
  HANSA_TRY(const DeriveJob job,
            from.live.read([&](const View& view) { return job_of(context, view, ref); }));
  Trail trail;
  HANSA_TRY(const Turns::Turn turn, from.copies.places().take(run_as(context, from, job, trail),
                                                              place_of(job.derivation.id)));
  return make_anew(context, from, running, ref);
}

std::vector<Due> due(const Shelves& from, Timetable& timetable) {
  const Time now = from.clock.now();
  auto out = from.live.read([&](const View& view) {
    std::vector<Due> found;
    for (const auto& [id, entry] : view.mesh.all<Derivation>()) {
      const Derivation& each = *entry.noun;
      const auto* port = view.mesh.find<Port>(each.id);
      if (each.every_seconds == 0 || port == nullptr) continue;
      const auto tried = timetable.tried.find(each.id);
      const Time last =
          tried != timetable.tried.end() ? tried->second : each.ran_at.value_or(Time{});
      if (const Time since = last + Seconds(each.every_seconds); since <= now)
        found.push_back({view.mesh.ref_of(*port), each, since, {}});
    }
    return found;
  });
  std::ranges::sort(out, {}, &Due::since);
  std::erase_if(out, [&](Due& each) {
    each.turn =
        from.copies.places().try_take(each.derivation.runs_as, place_of(each.derivation.id));
    if (each.turn) timetable.tried[each.derivation.id] = now;
    return !each.turn;
  });
  return out;
}

void run_due(const Shelves& from, Running& running, Due due, std::stop_token stop) {
  Trail trail;
  const Time now = from.clock.now();
  const Context as{.who = caller_of(due.derivation, due.ref),
                   .request = new_id<RequestId>(now),
                   .now = now,
                   .deadline = now + limits::query_deadline_max,
                   .stop = std::move(stop),
                   .trail = trail};
  if (auto done = make_anew(as, from, running, due.ref); !done)
    log(Level::warning, "a port was not made anew",
        {{"port", due.ref}, {"code", std::string(name_of(done.error().code))}});
}

}  // namespace hansa::service
