#include "service/step/reads.h"

#include <algorithm>

#include "base/text.h"
#include "policy/explain.h"
#include "service/step/plan_bridge.h"
#include "world/store/chain.h"

namespace hansa::service {
namespace {

constexpr std::size_t kErrorBytesMax = 500;

// The engine's own words, "Conversion Error: Could not convert ...", hold values of rows and
// literals of people: only what kind of error it was is kept.
std::string for_record(std::string_view text) {
  constexpr std::string_view kMark = " Error: ";
  const std::size_t at = text.find(kMark);
  if (at != std::string_view::npos) text = text.substr(0, at + kMark.size() - 2);
  return std::string(cut(text, kErrorBytesMax));
}

}  // namespace

Reads::Reads(store::Store& store, QueryFigures* figures, ReadBy by)
    : store_(store),
      figures_(figures),
      by_(std::move(by)),
      asked_(Json::Object{}),
      text_(recorded_text(std::exchange(by_.asked, {}), asked_)) {}

std::shared_ptr<Reads> Reads::behind(const PlannedView& made_of) const {
  return std::make_shared<Reads>(
      store_, nullptr,
      ReadBy{.query = by_.query,
             .request = by_.request,
             .who = made_of.as,
             .kind = {},
             .said = {},
             .asked =
                 {.statement = {.sql = made_of.sql, .parameters = {}, .catalog = {}, .schema = {}},
                  .place = {}},
             .makes = made_of.ref,
             .makes_port = made_of.port,
             .started = by_.started,
             .started_us = by_.started_us});
}

void Reads::decided(const std::vector<PlannedPort>& ports) {
  reads_.clear();
  for (const PlannedPort& port : ports) reads_.push_back({port, {}});
}

void Reads::bound(const query::Bound& bound) {
  for (const query::ReadColumns& columns : bound.reads)
    for (Read& read : reads_)
      if (read.port.relation == columns.relation) read.columns = columns.columns;
}

// Consuming reads count; an owner's own, and the server's checks, replays and previews do not.
// Nobody hides what it reads by calling it something else.
std::string Reads::kind_of(const Read& read) const {
  if (!by_.kind.empty()) return by_.kind;
  if (!read.port.own) return "consumer";
  return by_.said.empty() || by_.said == "consumer" ? "owner" : by_.said;
}

Json Reads::facts(const Read& read) const {
  const Decision& decision = read.port.decision;
  Json out{Json::Object{{"port", read.port.ref},
                        {"version", read.port.version},
                        {"role", read.port.role},
                        {"kind", kind_of(read)},
                        {"rule", std::string(policy::name_of(decision.reason.rule))},
                        {"epoch", decision.epoch.number}}};
  if (!by_.said.empty() && by_.said != kind_of(read)) out.set("said", by_.said);
  if (!by_.makes.empty()) out.set("makes", by_.makes);
  if (decision.reason.by) out.set("by", to_text(decision.reason.by));
  if (decision.until) out.set("until", to_text(*decision.until));
  if (read.port.visible) {
    Json& grants = out.set("grants", Json(Json::Array{}));
    for (const VisiblePart& part : read.port.visible->parts)
      grants.push(
          Json(Json::Object{{"grant", to_text(part.grant)}, {"scope", to_json(part.scope)}}));
  }
  if (read.port.state) out.set("snapshot", std::to_string(read.port.state->snapshot));
  if (read.port.bridge) {
    const PlannedBridge& bridge = *read.port.bridge;
    out.set("bridge", bridge.next_ref);
    if (bridge.state) out.set("snapshot", std::to_string(bridge.state->snapshot));
  }
  Json& columns = out.set("columns", Json(Json::Array{}));
  for (const std::string& column : read.columns) columns.push(column);
  return out;
}

store::Record Reads::record(std::string_view kind, const Read* read, Time at, Json body) const {
  body.set("query", to_text(by_.query));
  body.set("request", to_text(by_.request));
  body.set("door", by_.who.door);
  body.set("client", by_.who.client);
  body.set("peer", by_.who.peer);
  if (by_.asked_by) body.set("asked_by", to_text(by_.asked_by));
  for (const auto& [name, value] : *asked_.as_object()) body.set(name, value);
  return {.kind = std::string(kind),
          .who = by_.who.id,
          .at = at,
          .subject = read ? read->port.port.ulid : Ulid{},
          .body = to_text(body),
          .text = store::passing(text_)};
}

// One a port, however often the statement names it.
store::Uses Reads::uses(Time now) const {
  store::Uses out;
  for (const Read& read : reads_) {
    if (!read.port.decision.allowed || kind_of(read) != "consumer") continue;
    auto known = std::ranges::find(out.all, read.port.port, &store::Use::port);
    if (known == out.all.end())
      known = out.all.insert(known, {.port = read.port.port,
                                     .who = by_.who.id,
                                     .makes = by_.makes_port,
                                     .columns = {},
                                     .at = now,
                                     .client = by_.who.client});
    known->columns.insert(known->columns.end(), read.columns.begin(), read.columns.end());
  }
  return out;
}

Result<void> Reads::Tickets::durable() const {
  for (const auto& ticket : opened) HANSA_CHECK(ticket->durable());
  for (const auto& ticket : counted) HANSA_CHECK(ticket->durable());
  return {};
}

Result<Reads::Tickets> Reads::open(Time now) {
  Tickets tickets;
  for (const Read& read : reads_) {
    if (!read.port.decision.restricted) continue;
    Json body = facts(read);
    body.set("outcome", "opened");
    HANSA_TRY(auto ticket, store_.record(record("read.opened", &read, now, std::move(body))));
    tickets.opened.push_back(std::move(ticket));
  }
  store::Uses uses = this->uses(now);
  if (uses.all.empty()) return tickets;
  HANSA_TRY(auto ticket, store_.count(uses));
  tickets.counted.push_back(std::move(ticket));
  counted_ = std::move(uses);
  return tickets;
}

void Reads::tried() const {
  store::Uses uses = this->uses(by_.started + Micros{steady_us() - by_.started_us});
  std::erase_if(uses.all, [&](const store::Use& use) {
    return std::ranges::none_of(reads_, [&](const Read& read) {
      return read.port.browned_out && read.port.port == use.port;
    });
  });
  // Nothing is answered that stands on it.
  if (!uses.all.empty()) (void)store_.count(std::move(uses));
}

void Reads::end(const Ending& ending) {
  if (std::exchange(ended_, true)) return;
  const std::int64_t elapsed_us = steady_us() - by_.started_us;
  if (figures_ != nullptr) figures_->count(ending.status, ending.tally, elapsed_us);
  const Time at = by_.started + Micros{elapsed_us};
  const auto write = [&](std::string_view kind, const Read* read, Json body) {
    body.set("outcome", ending.status);
    if (ending.error) body.set("error", for_record(ending.error->text));
    body.set("rows", ending.tally.rows);
    body.set("bytes_out", ending.tally.bytes_out);
    body.set("bytes_scanned", ending.tally.bytes_scanned);
    body.set("elapsed_us", elapsed_us);
    store::Record line = record(kind, read, at, std::move(body));
    line.patient = true;
    // The queue is full only if the disk has stopped: then the store refuses the next read before
    // it starts.
    (void)store_.record(std::move(line));
  };
  for (Read& read : reads_) {
    // What its words would have read it did not, if it never ran.
    if (ending.status != "ok" && !runs_) read.columns.clear();
    Json body = facts(read);
    if (!read.port.decision.allowed) body.set("action", "read");
    write(read.port.decision.allowed ? "read" : "refused", &read, std::move(body));
  }
  // What ended before its first row was no use of the data, unless its error shows some.
  const bool failed = runs_ && ending.status == "failed";
  if (ending.status != "ok" && !failed && ending.tally.rows == 0 && !counted_.all.empty()) {
    counted_.taken_back = true;
    (void)store_.count(std::move(counted_));
  }
  if (reads_.empty() && ending.status != "ok") write("query.failed", nullptr, Json(Json::Object{}));
}

Ending ending_of(const Error& error, bool gone) {
  std::string_view status = "failed";
  if (gone) status = "dropped";
  else if (error.code == Code::denied) status = "refused";
  else if (error.code == Code::exhausted) status = "limit";
  return {std::string(status), error, {}};
}

}  // namespace hansa::service
