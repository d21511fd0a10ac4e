#include "service/step/open_query.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
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

// Holds the first piece back until the records of restricted reads are durable, and the end until
// the read is counted. A crash may then leave the record of a read that never finished, which is
// harmless; the reverse is not.
class Recorded : public Source {
 public:
  Recorded(Reads::Tickets tickets, std::unique_ptr<Source> rows)
      : tickets_(std::move(tickets)), rows_(std::move(rows)) {}
  Result<std::optional<Chunk>> next(Want want) override {
    auto chunk = rows_->next(want);
    if (!chunk) return std::unexpected(with_next(std::move(chunk).error()));
    for (const auto& ticket : std::exchange(tickets_.opened, {})) HANSA_CHECK(ticket->durable());
    if (!*chunk)
      for (const auto& ticket : std::exchange(tickets_.counted, {})) HANSA_CHECK(ticket->durable());
    return chunk;
  }

 private:
  Reads::Tickets tickets_;
  std::unique_ptr<Source> rows_;
};

// A column that does not exist for the caller may exist in the port: whoever may see a part only is
// told which.
Error with_scope(Error error, const Planned& planned) {
  if (error.code != Code::invalid) return error;
  for (const PlannedPort& port : planned.ports) {
    if (!port.visible) continue;
    std::vector<std::string> names;
    for (const hansa::Column& column : shown(*port.visible, port.whole).columns)
      names.push_back(column.name);
    error.next += fmt::format("{}your access to {} shows the columns {}",
                              error.next.empty() ? "" : "; ", port.ref, join(names, ", "));
  }
  return error;
}

// Nobody wants the rows, but that they are as before is an answer too.
Result<OpenedQuery> end_unread(const Context& context, const QueryId& id, query::Format format,
                               const std::vector<std::string>& columns, Reads& reads) {
  reads.bound({.columns = {}, .reads = {{.relation = 0, .columns = columns}}});
  HANSA_TRY(auto tickets, reads.open(context.now));
  HANSA_CHECK(tickets.durable());
  reads.end({.status = "ok", .error = {}, .tally = {}});
  return OpenedQuery{.id = id,
                     .format = format,
                     .columns = {},
                     .rows = nullptr,
                     .cut = {},
                     .held = {},
                     .counters = {}};
}

// A statement with parameters starts while it is bound, where only their values say what it gives
// (worker/session): its error may be about a value that it has read.
bool may_have_run(const api::RunQuery& ask, const Error& error) {
  constexpr std::string_view kOfBinding[] = {"Binder Error", "Catalog Error", "Parser Error"};
  return !ask.parameters.empty() && error.code == Code::invalid &&
         std::ranges::none_of(kOfBinding,
                              [&](std::string_view each) { return error.text.starts_with(each); });
}

std::vector<VersionEnds> ends_of(const Planned& planned) {
  std::vector<VersionEnds> out;
  for (const PlannedPort& port : planned.ports)
    if (port.ends && std::ranges::find(out, port.ends->ref, &VersionEnds::ref) == out.end())
      out.push_back(*port.ends);
  return out;
}

std::vector<Trouble> troubles_of(const Planned& planned) {
  std::vector<Trouble> out;
  for (const PlannedPort& port : planned.ports)
    for (const Trouble& each : port.troubles)
      if (std::ranges::find(out, each.id, &Trouble::id) == out.end()) out.push_back(each);
  return out;
}

struct Begun {
  engine::Opened opened;
  Reads::Tickets tickets;
};

// Runs it. Where its words say what it reads, that is on its way to the disk meanwhile; else once
// it is bound.
Result<Begun> begin(engine::Lease& lease, query::ClosedPlan closed, const Planned& planned,
                    const std::optional<std::vector<query::ReadColumns>>& said,
                    const api::RunQuery& ask, Time now, Reads& reads) {
  std::optional<Reads::Tickets> tickets;
  const auto note = [&](const query::Bound& bound) -> Result<void> {
    if (tickets) return {};
    reads.bound(bound);
    HANSA_TRY(tickets, reads.open(now));
    return {};
  };
  if (said) HANSA_CHECK(note({.columns = {}, .reads = *said}));
  auto ran = lease.run(std::move(closed), Want{});
  if (ran || may_have_run(ask, ran.error())) {
    reads.runs();
    HANSA_CHECK(note(ran ? ran->bound : query::Bound{}));
    if (ran) return Begun{*std::move(ran), *std::move(tickets)};
    HANSA_CHECK(tickets->durable());
  }
  return std::unexpected(with_scope(std::move(ran).error(), planned));
}

// Opens it, and tells `reads` what it learns on the way.
Result<OpenedQuery> open(const Context& asked, const Shelves& from, Running& running,
                         const api::RunQuery& ask, const HowToOpen& how, const QueryId& id,
                         const std::shared_ptr<Reads>& reads) {
  Context bounded = asked;
  const Seconds seconds_max = std::min(Seconds(ask.seconds_max), running.limits().seconds_max);
  bounded.deadline = std::min(asked.deadline, asked.now + seconds_max);
  Opening opening(
      from, bounded,
      {.sql = ask.sql,
       .parameters = ask.parameters,
       .catalog = ask.catalog.empty() ? std::string(kMeshCatalog) : lower_ascii(ask.catalog),
       .schema = lower_ascii(ask.schema)},
      how.pin, {}, how.instead, how.aside);
  HANSA_CHECK(opening.read());
  HANSA_TRY(Planned planned, opening.plan(*reads));
  const Context& context = opening.context();
  const std::shared_ptr<engine::Lease> lease = opening.lease();
  const query::Format format = planned.plan.output.format = format_of(ask.format);
  if (how.wanted) {
    HANSA_TRY(const bool wanted, how.wanted(planned));
    if (!wanted) return end_unread(context, id, format, how.reads, *reads);
  }
  if (!how.place.empty())
    for (query::Relation& relation : planned.plan.relations) relation.place = how.place;
  planned.plan.bounds.rows_max = std::min(ask.rows_max, running.limits().rows_max);
  const std::optional<std::vector<query::ReadColumns>> said = planned.plan.reads;
  HANSA_TRY(query::ClosedPlan closed,
            query::ClosedPlan::close(std::move(planned.plan), planned.permits));
  HANSA_TRY(Begun begun, begin(*lease, std::move(closed), planned, said, ask, context.now, *reads));
  engine::Opened opened = std::move(begun.opened);
  Work work{.id = id,
            .who = context.who.id,
            .credential = context.who.credential,
            .started = context.now,
            .permits = std::move(planned.permits),
            .borrowed = borrowed(planned),
            .ports = {},
            .counters = opened.counters,
            .gone = asked.stop,
            .kill = [lease] { lease->kill(); },
            .end = [reads, lease](const Ending& ending) { reads->end(ending); }};
  for (const PlannedPort& port : planned.ports) work.ports.push_back(port.ref);
  auto counters = opened.counters;
  auto recorded = std::make_unique<Recorded>(std::move(begun.tickets), std::move(opened.rows));
  Guard guard = running.guard(from.live, context.now, std::move(work), std::move(recorded));
  return OpenedQuery{.id = id,
                     .format = format,
                     .columns = std::move(opened.bound.columns),
                     .rows = std::move(guard.rows),
                     .cut = std::move(guard.cut),
                     .held = std::move(guard.held),
                     .counters = std::move(counters),
                     .ends = ends_of(planned),
                     .troubles = troubles_of(planned)};
}

}  // namespace

Result<OpenedQuery> open_query(const Context& asked, const Shelves& from, Running& running,
                               const api::RunQuery& ask, const HowToOpen& how) {
  const QueryId id = new_id<QueryId>(asked.now);
  const auto reads =
      std::make_shared<Reads>(from.world.store, &running.figures(),
                              ReadBy{.query = id,
                                     .request = asked.request,
                                     .who = asked.who,
                                     .kind = how.kind,
                                     .said = ask.kind,
                                     .asked = {.statement = {.sql = ask.sql,
                                                             .parameters = ask.parameters,
                                                             .catalog = lower_ascii(ask.catalog),
                                                             .schema = lower_ascii(ask.schema)},
                                               .place = how.place},
                                     .makes = {},
                                     .makes_port = {},
                                     .asked_by = how.asked_by,
                                     .started = asked.now,
                                     .started_us = steady_us()});
  auto opened = open(asked, from, running, ask, how, id, reads);
  if (opened) return opened;
  reads->end(ending_of(opened.error(), asked.stop.stop_requested()));
  return std::unexpected(with_next(std::move(opened).error()));
}

}  // namespace hansa::service
