#include "service/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "service/step/find.h"
#include "service/step/gate.h"
#include "service/step/one_port.h"
#include "service/step/present.h"

namespace hansa::service {
namespace {

std::unexpected<Error> sees_a_part(const std::string& ref) {
  return denied(fmt::format("you see a part of {}, and its contract is about all of it", ref),
                "ask its owner for the state of its checks");
}

// Who may read all of it: what is counted in hidden columns and rows is hidden too.
Result<const Port*> readable(const Context& context, const View& view, const std::string& ref) {
  HANSA_TRY(const Port* port, find_port(context, view, ref));
  HANSA_TRY(const Permit permit,
            authorize(context, view, Action::read, on(*port), view.mesh.ref_of(*port)));
  if (permit.decision().visible) return sees_a_part(view.mesh.ref_of(*port));
  return port;
}

std::shared_ptr<Reads> reads_of(const Context& context, const Shelves& from, Running& running,
                                const std::string& sql) {
  return std::make_shared<Reads>(from.world.store, &running.figures(),
                                 ReadBy{.query = new_id<QueryId>(context.now),
                                        .request = context.request,
                                        .who = context.who,
                                        .kind = "check",
                                        .said = {},
                                        .asked = {.statement = {.sql = sql}},
                                        .makes = {},
                                        .makes_port = {},
                                        .started = context.now,
                                        .started_us = steady_us()});
}

struct Asked {
  PortId id;
  std::string ref;
  std::string sql;
};

Result<Asked> asked(const Context& context, const View& view, const api::RunChecks& ask) {
  HANSA_TRY(const Port* port, readable(context, view, fmt::format("{}/{}", ask.domain, ask.port)));
  HANSA_TRY(const OnePort one, one_port(context, view, ask.domain, ask.port));
  return Asked{port->id, one.ref, "select * from " + one.table};
}

// Every statement of the checks is cut when the right to read ends.
Guarding guarding(const Context& context, const Shelves& from, Running& running,
                  const Planned& planned, const std::string& ref) {
  return [&context, &from, &running, &planned, ref](const std::shared_ptr<engine::Lease>& lease,
                                                    engine::Opened opened) {
    Guard guard = running.guard(from.live, context.now,
                                Work{.id = new_id<QueryId>(context.now),
                                     .who = context.who.id,
                                     .credential = context.who.credential,
                                     .started = context.now,
                                     .permits = planned.permits,
                                     .borrowed = borrowed(planned),
                                     .ports = {ref},
                                     .counters = opened.counters,
                                     .gone = context.stop,
                                     .kill = [lease] { lease->kill(); },
                                     .end = {}},
                                std::move(opened.rows));
    return std::move(guard.rows);
  };
}

// A rule in SQL may read any.
std::vector<std::string> columns_of(const std::vector<Check>& checks, const Planned& planned) {
  std::set<std::string> out;
  for (const Check& check : checks) {
    out.insert(check.columns.begin(), check.columns.end());
    if (check.measure == Check::Measure::query)
      for (const Column& column : planned.plan.relations.front().columns.columns)
        out.insert(column.name);
  }
  return {out.begin(), out.end()};
}

Result<api::CheckReport> checked(const Context& context, const Shelves& from, Running& running,
                                 const Asked& wanted, Reads& reads) {
  HANSA_TRY(const ContractChecks contract, contract_checks(from.live, wanted.id));
  Opening opening(
      from, context,
      {.sql = wanted.sql, .parameters = {}, .catalog = std::string(kMeshCatalog), .schema = {}});
  HANSA_CHECK(opening.read());
  HANSA_TRY(const Planned planned, opening.plan(reads));
  if (planned.ports.size() != 1 || planned.ports.front().port != wanted.id)
    return unavailable(fmt::format("{} changed meanwhile", wanted.ref), "try again");
  if (planned.ports.front().visible) return sees_a_part(wanted.ref);
  opening.release();
  reads.bound({.columns = {}, .reads = {{0, columns_of(contract.checks, planned)}}});
  HANSA_TRY(const auto tickets, reads.open(opening.context().now));
  HANSA_CHECK(tickets.durable());
  const CheckData data{
      .relation = planned.plan.relations.front(), .added = {}, .permits = planned.permits};
  Measuring measuring(opening.context(), from.live, from.world.engine, data,
                      guarding(opening.context(), from, running, planned, wanted.ref));
  HANSA_TRY(const auto results, measuring.run(contract.checks));
  CheckRun run = run_of(results);
  run.at = context.now;
  run.rows = measuring.rows();
  run.results = results;
  api::CheckReport out = report_of(run);
  out.port = wanted.ref;
  out.refused = false;
  out.snapshot = state_of(planned.ports.front());
  return out;
}

Result<api::CheckRuns> listed(const Context& context, const View& view,
                              const api::ListChecks& ask) {
  HANSA_TRY(const Port* port, readable(context, view, fmt::format("{}/{}", ask.domain, ask.port)));
  api::CheckRuns out;
  const auto* checks = view.mesh.find<Checks>(port->id);
  if (checks == nullptr) return out;
  const std::string ref = view.mesh.ref_of(*port);
  // A page ends with the number of the run it ends with, counted from the newest.
  std::size_t from = 0;
  if (!ask.paging.after.empty()) {
    HANSA_TRY(const std::int64_t after, parse_int(ask.paging.after));
    from = after < 0 ? 0 : static_cast<std::size_t>(after);
  }
  for (std::size_t i = from; i < checks->runs.size(); ++i) {
    if (out.items.size() == ask.paging.limit) {
      out.next = std::to_string(i);
      break;
    }
    const CheckRun& run = checks->runs[checks->runs.size() - 1 - i];
    api::CheckReport& one = out.items.emplace_back(report_of(run));
    one.port = ref;
    one.by = name_of_principal(view, run.by);
  }
  return out;
}

}  // namespace

Result<api::CheckReport> run_checks(const Context& context, const Shelves& from, Running& running,
                                    const api::RunChecks& ask) {
  HANSA_TRY(const Asked wanted,
            from.live.read([&](const View& view) { return asked(context, view, ask); }));
  const auto reads = reads_of(context, from, running, wanted.sql);
  auto done = checked(context, from, running, wanted, *reads);
  reads->end(done ? Ending{.status = "ok", .error = {}, .tally = {.rows = done->rows}}
                  : ending_of(done.error(), context.stop.stop_requested()));
  return done;
}

Result<api::CheckRuns> list_checks(const Context& context, const Live& live,
                                   const api::ListChecks& ask) {
  return live.read([&](const View& view) { return listed(context, view, ask); });
}

}  // namespace hansa::service
