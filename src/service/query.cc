#include "service/query.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policy/explain.h"
#include "query/tree.h"
#include "service/step/plan_query.h"
#include "world/engine/engine.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

// Query text is kept this long at most: enough to recognise it, and to replay most.
constexpr std::size_t kSqlRecordedMax = 8 * 1024;

query::Format format_of(std::string_view name) {
  if (name == "csv") return query::Format::csv;
  return name == "parquet" ? query::Format::parquet : query::Format::json;
}

// What is written about each port a query reads: the facts its decision used, and what became of
// it.
struct ReadFacts {
  QueryId query;
  Caller who;
  PlannedPort port;
  std::vector<std::string> columns;
  std::string kind;
  std::string sql;
};

Json base_record(const ReadFacts& facts) {
  Json out{Json::Object{{"query", to_text(facts.query)},
                        {"port", facts.port.ref},
                        {"door", facts.who.door},
                        {"client", facts.who.client},
                        {"kind", facts.kind},
                        {"rule", std::string(policy::name_of(facts.port.decision.reason.rule))},
                        {"epoch", facts.port.decision.epoch.number}}};
  if (facts.port.decision.reason.by) out.set("by", to_text(facts.port.decision.reason.by));
  if (facts.port.decision.until) out.set("until", to_text(*facts.port.decision.until));
  if (facts.port.state) out.set("snapshot", std::to_string(facts.port.state->snapshot));
  Json& columns = out.set("columns", Json(Json::Array{}));
  for (const std::string& column : facts.columns) columns.push(column);
  return out;
}

store::Record record_of(const ReadFacts& facts, std::string_view kind, Time at, Json body) {
  return {.kind = std::string(kind),
          .who = facts.who.id,
          .at = at,
          .subject = facts.port.port.ulid,
          .body = to_text(body)};
}

// Consuming reads count; an owner's own, checks and previews do not.
std::string kind_of(const PlannedPort& port, const api::RunQuery& ask) {
  if (port.decision.reason.rule == Rule::owner) return "owner";
  return ask.kind.empty() ? "consumer" : ask.kind;
}

// Holds the first piece back until the records of restricted reads are durable. A crash may then
// leave the record of a read that never finished, which is harmless; the reverse is not.
class Recorded : public Source {
 public:
  Recorded(std::vector<std::unique_ptr<store::Ticket>> tickets, std::unique_ptr<Source> rows)
      : tickets_(std::move(tickets)), rows_(std::move(rows)) {}
  Result<std::optional<Chunk>> next(Want want) override {
    auto chunk = rows_->next(want);
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

// What of a relation the bound plan reads.
std::vector<std::string> columns_read(const query::Bound& bound, std::size_t relation) {
  for (const query::ReadColumns& reads : bound.reads)
    if (reads.relation == relation) return reads.columns;
  return {};
}

std::vector<ReadFacts> facts_of(const Context& context, const QueryId& id, const Planned& planned,
                                const query::Bound& bound, const api::RunQuery& ask) {
  std::vector<ReadFacts> out;
  for (const PlannedPort& port : planned.ports)
    out.push_back({id, context.who, port, columns_read(bound, port.relation), kind_of(port, ask),
                   ask.sql.substr(0, kSqlRecordedMax)});
  return out;
}

Result<std::vector<std::unique_ptr<store::Ticket>>> record_restricted(
    World& world, const std::vector<ReadFacts>& reads, Time now) {
  std::vector<std::unique_ptr<store::Ticket>> tickets;
  for (const ReadFacts& read : reads) {
    if (!read.port.decision.restricted) continue;
    Json body = base_record(read);
    body.set("outcome", "opened");
    HANSA_TRY(auto ticket,
              world.store.record(record_of(read, "read.opened", now, std::move(body))));
    tickets.push_back(std::move(ticket));
  }
  return tickets;
}

void record_ending(store::Store& store, const std::vector<ReadFacts>& reads, Time started,
                   std::int64_t started_us, const Ending& ending) {
  const std::int64_t elapsed_us = steady_us() - started_us;
  for (const ReadFacts& read : reads) {
    Json body = base_record(read);
    body.set("outcome", ending.status);
    if (ending.error) body.set("error", ending.error->text.substr(0, 500));
    body.set("rows", ending.tally.rows);
    body.set("bytes_out", ending.tally.bytes_out);
    body.set("bytes_scanned", ending.tally.bytes_scanned);
    body.set("elapsed_us", elapsed_us);
    body.set("sql", read.sql);
    // The queue is full only if the disk has stopped: then the store refuses the next read before
    // it starts.
    (void)store.record(record_of(read, "read", started + Micros{elapsed_us}, std::move(body)));
  }
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

}  // namespace

Result<OpenedQuery> open_query(const Context& asked, Live& live, World& world, Running& running,
                               Tables& tables, Clock& clock, const api::RunQuery& ask) {
  const std::int64_t started_us = steady_us();
  const QueryId id = new_id<QueryId>(asked.now);
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
  HANSA_TRY(Planned planned, live.read([&](const View& view) {
    return plan_query(context, view, facts, statement);
  }));
  HANSA_CHECK(add_files(world, tables, planned));
  const query::Format format = planned.plan.output.format = format_of(ask.format);
  planned.plan.bounds.rows_max = ask.rows_max;
  HANSA_TRY(query::ClosedPlan closed,
            query::ClosedPlan::close(std::move(planned.plan), planned.permits));
  HANSA_TRY(engine::Opened opened, lease->run(std::move(closed), Want{}));
  const std::vector<ReadFacts> reads = facts_of(context, id, planned, opened.bound, ask);
  HANSA_TRY(auto tickets, record_restricted(world, reads, context.now));
  Work work{
      .id = id,
      .who = context.who.id,
      .credential = context.who.credential,
      .started = context.now,
      .permits = std::move(planned.permits),
      .ports = {},
      .counters = opened.counters,
      .kill = [lease] { lease->kill(); },
      .end = [&store = world.store, reads, now = context.now, started_us, lease](
                 const Ending& ending) { record_ending(store, reads, now, started_us, ending); }};
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
