#include "service/query.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "query/tree.h"
#include "service/step/reads.h"
#include "world/engine/engine.h"

namespace hansa::service {
namespace {

query::Format format_of(std::string_view name) {
  if (name == "csv") return query::Format::csv;
  return name == "parquet" ? query::Format::parquet : query::Format::json;
}

// The engine's words say what is wrong; this says what helps.
Error with_next(Error error) {
  if (error.code != Code::invalid || !error.next.empty()) return error;
  if (error.text.starts_with("Binder Error"))
    error.next = "see a table's columns: hansa sql -c \"describe domain.port\"";
  else if (error.text.starts_with("Conversion Error"))
    error.next = "try_cast(... as ...) gives null where a value does not fit";
  else error.next = "one SELECT, DESCRIBE, SUMMARIZE or SHOW is run; hansa help sql has examples";
  return error;
}

// Holds the first piece back until the records of restricted reads are durable. A crash may then
// leave the record of a read that never finished, which is harmless; the reverse is not.
class Recorded : public Source {
 public:
  Recorded(std::vector<std::unique_ptr<store::Ticket>> tickets, std::unique_ptr<Source> rows)
      : tickets_(std::move(tickets)), rows_(std::move(rows)) {}
  Result<std::optional<Chunk>> next(Want want) override {
    auto chunk = rows_->next(want);
    if (!chunk) return std::unexpected(with_next(std::move(chunk).error()));
    for (const auto& ticket : std::exchange(tickets_, {})) HANSA_CHECK(ticket->durable());
    return chunk;
  }

 private:
  std::vector<std::unique_ptr<store::Ticket>> tickets_;
  std::unique_ptr<Source> rows_;
};

// The files of each port, from the state its decision was made on.
Result<void> add_files(World& world, Tables& tables, Planned& planned) {
  for (const PlannedPort& port : planned.ports) {
    if (!port.state) continue;  // nothing published yet: an empty table
    auto files = tables.files(world.objects, *port.state);
    if (!files) return in_context(port.ref, files.error());
    for (const TableFile& file : (*files)->files)
      planned.plan.relations[port.relation].files.push_back(
          {file.path, file.location.text(), file.bytes, file.rows});
  }
  return {};
}

api::QueryView view_of(const RunningWork& work) {
  return {.id = to_text(work.id),
          .state = "running",
          .started = work.started,
          .progress = work.tally.progress,
          .rows = work.tally.rows,
          .bytes_scanned = work.tally.bytes_scanned,
          .ports = work.ports};
}

// Opens it, and tells `reads` what it learns on the way.
Result<OpenedQuery> open(const Context& asked, Live& live, World& world, Running& running,
                         Tables& tables, Clock& clock, const api::RunQuery& ask, const QueryId& id,
                         const std::shared_ptr<Reads>& reads) {
  const query::Statement statement{
      .sql = ask.sql,
      .parameters = ask.parameters,
      .catalog = ask.catalog.empty() ? std::string(kMeshCatalog) : lower_ascii(ask.catalog),
      .schema = lower_ascii(ask.schema)};
  const Time deadline = std::min(asked.deadline, asked.now + std::chrono::seconds(ask.seconds_max));
  HANSA_TRY(std::shared_ptr<engine::Lease> lease,
            world.engine.lease(asked.who.id, deadline, asked.stop));
  // The wait for a worker may have been long: what ended meanwhile is decided by the time it is
  // now.
  Context context = asked;
  context.now = clock.now();
  HANSA_TRY(const engine::Tree tree, lease->parse(ask.sql));
  HANSA_TRY(const query::TreeFacts facts,
            query::walk(tree.json,
                        {.defaults = {.catalog = statement.catalog, .schema = statement.schema},
                         .sql = ask.sql}));
  if (facts.kind == query::StatementKind::summarize) reads->summarizes();
  Planned planned;
  const auto decided = live.read(
      [&](const View& view) { return plan_query(context, view, facts, statement, planned); });
  reads->decided(planned.ports);
  HANSA_CHECK(decided);
  HANSA_CHECK(add_files(world, tables, planned));
  const query::Format format = planned.plan.output.format = format_of(ask.format);
  planned.plan.bounds.rows_max = ask.rows_max;
  HANSA_TRY(query::ClosedPlan closed,
            query::ClosedPlan::close(std::move(planned.plan), planned.permits));
  HANSA_TRY(engine::Opened opened, lease->run(std::move(closed), Want{}));
  reads->bound(opened.bound);
  HANSA_TRY(auto tickets, reads->open(context.now));
  Work work{.id = id,
            .who = context.who.id,
            .credential = context.who.credential,
            .started = context.now,
            .permits = std::move(planned.permits),
            .ports = {},
            .counters = opened.counters,
            .gone = asked.stop,
            .kill = [lease] { lease->kill(); },
            .end = [reads, lease](const Ending& ending) { reads->end(ending); }};
  for (const PlannedPort& port : planned.ports) work.ports.push_back(port.ref);
  auto counters = opened.counters;
  auto recorded = std::make_unique<Recorded>(std::move(tickets), std::move(opened.rows));
  Guard guard = running.guard(live, context.now, std::move(work), std::move(recorded));
  return OpenedQuery{.id = id,
                     .format = format,
                     .columns = std::move(opened.bound.columns),
                     .rows = std::move(guard.rows),
                     .cut = std::move(guard.cut),
                     .counters = std::move(counters)};
}

}  // namespace

Result<OpenedQuery> open_query(const Context& asked, Live& live, World& world, Running& running,
                               Tables& tables, Clock& clock, const api::RunQuery& ask) {
  const QueryId id = new_id<QueryId>(asked.now);
  const auto reads = std::make_shared<Reads>(world.store, ReadBy{.query = id,
                                                                 .request = asked.request,
                                                                 .who = asked.who,
                                                                 .kind = ask.kind,
                                                                 .sql = ask.sql,
                                                                 .started = asked.now,
                                                                 .started_us = steady_us()});
  auto opened = open(asked, live, world, running, tables, clock, ask, id, reads);
  if (opened) return opened;
  reads->end(ending_of(opened.error(), asked.stop.stop_requested()));
  return std::unexpected(with_next(std::move(opened).error()));
}

Result<api::Queries> list_queries(const Context& context, const Running& running,
                                  const api::ListQueries&) {
  api::Queries out;
  for (const RunningWork& work : running.of(context.who.id)) out.items.push_back(view_of(work));
  return out;
}

Result<api::QueryView> get_query(const Context& context, const Running& running,
                                 const api::GetQuery& ask) {
  for (const RunningWork& work : running.of(context.who.id))
    if (to_text(work.id) == ask.id) return view_of(work);
  return not_found("no such query is running", "it may have ended already");
}

Result<api::Nothing> cancel_query(const Context& context, Running& running,
                                  const api::GetQuery& ask) {
  const auto id = parse_ulid(ask.id);
  HANSA_CHECK(running.cancel(QueryId{id.value_or(Ulid{})}, context.who.id));
  return api::Nothing{};
}

}  // namespace hansa::service
