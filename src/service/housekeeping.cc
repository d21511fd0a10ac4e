#include "service/housekeeping.h"

#include <fmt/format.h>

#include <algorithm>
#include <shared_mutex>

#include "base/text.h"
#include "iceberg/expire.h"
#include "model/states.h"
#include "service/authority/authorize.h"
#include "service/authority/commit.h"
#include "service/step/find.h"
#include "service/step/leftovers.h"
#include "service/step/next_state.h"
#include "service/step/present.h"
#include "service/step/references.h"
#include "service/step/small_files.h"
#include "service/step/staged.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

constexpr int kTriesMax = 16;
constexpr std::size_t kSampleMax = 10;

std::string ref_of(const auto& ask) { return fmt::format("{}/{}", ask.domain, ask.port); }

struct Known {
  Target target;
  std::shared_ptr<const Table> table;
  std::set<std::int64_t> derived;  // what other ports were made of last
};

Result<Known> look_up(const Context& context, const View& view, const std::string& ref) {
  HANSA_TRY(Target target, find_target(context, view, ref));
  const auto* table = view.mesh.all<Table>().find(target.port.ulid);
  if (table == nullptr) return unknown("port", ref);
  Known out{std::move(target), table->noun, {}};
  for (const auto& [id, entry] : view.mesh.all<Derivation>())
    for (const SourceRead& source : entry.noun->sources)
      if (source.port == out.target.port)
        if (const auto snapshot = parse_int(source.state)) out.derived.insert(*snapshot);
  return out;
}

// Which snapshots go, which stay and why, and what the former alone need.
struct Choice {
  iceberg::TableMetadata metadata;
  std::set<std::int64_t> going;
  std::map<std::string, std::uint64_t> kept;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

class Choosing {
 public:
  Choosing(World& world, const Known& known) : objects_(world.objects), known_(known) {}

  Result<Choice> choose(iceberg::TableMetadata metadata, std::int64_t before_ms) {
    out_.metadata = std::move(metadata);
    out_.going = iceberg::replaced_before(out_.metadata, before_ms);
    for (const iceberg::Snapshot& snapshot : out_.metadata.snapshots)
      if (const char* why = why_kept(snapshot)) {
        out_.going.erase(snapshot.id);
        ++out_.kept[why];
        HANSA_CHECK(keep(snapshot));
      }
    // What registered a file that a kept snapshot lists says what the file was then, and may list
    // others in its turn.
    for (bool more = true; more;) {
      more = false;
      for (const iceberg::Snapshot& snapshot : out_.metadata.snapshots) {
        if (!registered_by_.contains(snapshot.id) || out_.going.erase(snapshot.id) == 0) continue;
        ++out_.kept["registered"];
        HANSA_CHECK(keep(snapshot));
        more = true;
      }
    }
    for (const iceberg::Snapshot& snapshot : out_.metadata.snapshots)
      if (out_.going.contains(snapshot.id)) HANSA_CHECK(count(snapshot));
    return std::move(out_);
  }

 private:
  const char* why_kept(const iceberg::Snapshot& snapshot) const {
    if (snapshot.id == out_.metadata.current_snapshot_id) return "current";
    if (iceberg::is_named(out_.metadata, snapshot.id)) return "named";
    if (known_.derived.contains(snapshot.id)) return "derived";
    return out_.going.contains(snapshot.id) ? nullptr : "window";
  }
  // Below the table everything is written once; elsewhere a team's own tools write.
  bool is_registered(const Location& at) const { return !known_.table->location.contains(at); }

  Result<void> keep(const iceberg::Snapshot& snapshot) {
    return each_of_snapshot(objects_, snapshot, Gone::refuse, seen_,
                            [&](const Reference& reference) -> Result<void> {
                              if (is_registered(reference.location))
                                registered_by_.insert(reference.added_by);
                              return {};
                            });
  }
  Result<void> count(const iceberg::Snapshot& snapshot) {
    return each_of_snapshot(objects_, snapshot, Gone::refuse, seen_,
                            [&](const Reference& reference) -> Result<void> {
                              if (is_registered(reference.location)) return {};
                              ++out_.files;
                              if (reference.bytes) {
                                out_.bytes += *reference.bytes;
                                return {};
                              }
                              HANSA_TRY(const auto info, objects_.info(reference.location));
                              out_.bytes += info.bytes;
                              return {};
                            });
  }

  object::ObjectStore& objects_;
  const Known& known_;
  Choice out_;
  std::set<Location> seen_;
  std::set<std::int64_t> registered_by_;
};

Result<Choice> choose(World& world, Tables& tables, const Known& known, Time before) {
  HANSA_TRY(TableBase base, tables.base(world.objects, known.target.state->metadata));
  return Choosing(world, known).choose(std::move(base.metadata), before.us / 1000);
}

void show(const Choice& choice, api::HousekeepingPlan& out) {
  out.snapshots = choice.going.size();
  out.files = choice.files;
  out.bytes = choice.bytes;
  out.kept = choice.kept;
  for (const iceberg::Snapshot& snapshot : choice.metadata.snapshots) {
    if (out.sample.size() == kSampleMax) break;
    if (choice.going.contains(snapshot.id))
      out.sample.push_back({std::to_string(snapshot.id),
                            {snapshot.timestamp_ms * 1000},
                            summary_number(snapshot, "total-records")});
  }
}

void show(const std::vector<Leftover>& all, api::HousekeepingPlan& out) {
  for (const Leftover& each : all) {
    ++out.leftovers;
    out.leftover_bytes += each.file.bytes;
    out.leftovers_due += each.due ? 1 : 0;
    if (out.leftover_sample.size() < kSampleMax)
      out.leftover_sample.push_back(
          {each.file.location.text(), each.file.bytes, each.file.modified});
  }
}

void show(const TableFiles& all, api::HousekeepingPlan& out) {
  for (const SmallFiles& each : small_files(all)) {
    out.small_files += each.files.size();
    out.small_bytes += each.bytes;
    ++out.joined_files;
  }
}

// Puts other metadata of the same snapshot into the table's place, unless somebody moved it.
Result<std::optional<Seq>> swap(const Context& context, const Live& live, World& world,
                                const Known& known, std::string_view event, const Json& details,
                                const std::function<Result<void>(Table&)>& step) {
  bool moved_on = false;
  const auto seq = commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    const auto* found = view.mesh.find<Table>(known.target.port.ulid);
    const auto* port = view.mesh.find<Port>(known.target.port);
    if (found == nullptr || port == nullptr) return unknown("port", known.target.ref);
    HANSA_TRY(Permit permit,
              authorize(context, view, Action::publish, on(*port), known.target.ref));
    moved_on =
        !same_pointer(*found, known.target.state) || found->expiries != known.table->expiries;
    if (moved_on) return Attempt{};
    Table table = *found;
    HANSA_CHECK(step(table));
    return attempt(std::move(permit), change(context, share(std::move(table)), event, details));
  });
  if (!seq) return std::unexpected(seq.error());
  return moved_on ? std::optional<Seq>() : std::optional(*seq);
}

// Writes it beside the current one. Readers see the same state as before.
Result<TableState> rewrite(const Context& context, World& world, Tables& tables, const Known& known,
                           const iceberg::TableMetadata& metadata) {
  const auto* snapshot = iceberg::current_snapshot(metadata);
  if (snapshot == nullptr)
    return corrupt(fmt::format("{} has no current snapshot", known.target.ref));
  HANSA_TRY(const TableState written,
            write_state(context, world, tables, metadata, *snapshot, "expiry"));
  TableState out = *known.target.state;
  out.metadata = written.metadata;
  return out;
}

// Expiries that cannot be taken back and whose files are removed: the sweep takes the metadata
// last.
Result<std::set<Location>> done_with(World& world, const Table& table, Time now) {
  std::set<Location> out;
  for (const Expiry& expiry : table.expiries) {
    if (now < expiry.until) continue;
    const auto info = world.objects.info(expiry.metadata);
    if (!info && info.error().code != Code::not_found) return std::unexpected(info.error());
    if (!info) out.insert(expiry.metadata);
  }
  return out;
}

std::unexpected<Error> too_many(const Known& known) {
  return exhausted(
      fmt::format("{} has {} expiries that can still be taken back; there are at most {}",
                  known.target.ref, known.table->expiries.size(), limits::expiries_per_table_max),
      "wait until the first of them is over: hansa housekeeping plan shows when");
}

Result<std::optional<api::Expired>> expire_once(const Context& context, Live& live, World& world,
                                                Tables& tables, Clock& clock,
                                                const HouseRules& rules, const Known& known,
                                                Time before) {
  api::Expired out{.port = known.target.ref};
  if (!known.target.state) return out;
  HANSA_TRY(const Choice choice, choose(world, tables, known, before));
  if (choice.going.empty()) return out;
  HANSA_TRY(const auto forgotten, done_with(world, *known.table, clock.now()));
  if (known.table->expiries.size() - forgotten.size() >= limits::expiries_per_table_max)
    return too_many(known);
  HANSA_TRY(const auto metadata,
            iceberg::expire(choice.metadata, choice.going, before.us / 1000, context.now));
  // Not in the log of the new one: it goes with what it names.
  HANSA_TRY(const TableState state, rewrite(context, world, tables, known, metadata));
  out.snapshots = choice.going.size();
  out.files = choice.files;
  out.bytes = choice.bytes;
  const Time now = clock.now();
  out.until = now + rules.expired_kept;
  const Json details = Json::Object{{"port", known.target.ref},  {"snapshots", out.snapshots},
                                    {"files", out.files},        {"bytes", out.bytes},
                                    {"before", to_text(before)}, {"until", to_text(*out.until)}};
  HANSA_TRY(const auto seq,
            swap(context, live, world, known, "snapshots.expired", details,
                 [&](Table& table) -> Result<void> {
                   std::erase_if(table.expiries, [&](const Expiry& expiry) {
                     return forgotten.contains(expiry.metadata);
                   });
                   table.expiries.push_back({.metadata = known.target.state->metadata,
                                             .at = now,
                                             .by = context.who.id,
                                             .until = *out.until,
                                             .snapshots = out.snapshots,
                                             .files = out.files,
                                             .bytes = out.bytes});
                   table.states.back() = state;
                   drop_states(table, choice.going);
                   return {};
                 }));
  if (!seq) return std::nullopt;
  out.seq = seq->number;
  return out;
}

Result<std::optional<api::BroughtBack>> undo_once(const Context& context, Live& live, World& world,
                                                  Tables& tables, Clock& clock,
                                                  const Known& known) {
  api::BroughtBack out{.port = known.target.ref};
  // Whoever removes files cannot begin before this has ended: Tables::sweeping() is held.
  const Time now = clock.now();
  const auto open = [&](const Expiry& expiry) { return now < expiry.until; };
  if (std::ranges::none_of(known.table->expiries, open) || !known.target.state)
    return not_found(
        fmt::format("nothing that was expired in {} can be taken back", known.target.ref),
        "hansa housekeeping plan shows what can, and until when");
  HANSA_TRY(TableBase base, tables.base(world.objects, known.target.state->metadata));
  const std::size_t had = base.metadata.snapshots.size();
  for (const Expiry& expiry : known.table->expiries) {
    if (!open(expiry)) continue;
    HANSA_TRY(const TableBase before, tables.base(world.objects, expiry.metadata));
    HANSA_TRY(base.metadata,
              iceberg::bring_back(std::move(base.metadata), before.metadata, context.now));
  }
  out.snapshots = base.metadata.snapshots.size() - had;
  log_metadata(base.metadata, *known.target.state);
  HANSA_TRY(const TableState state, rewrite(context, world, tables, known, base.metadata));
  const Json details = Json::Object{{"port", known.target.ref}, {"snapshots", out.snapshots}};
  HANSA_TRY(const auto seq, swap(context, live, world, known, "snapshots.brought_back", details,
                                 [&](Table& table) -> Result<void> {
                                   std::erase_if(table.expiries, open);
                                   table.states.back() = state;
                                   return {};
                                 }));
  if (!seq) return std::nullopt;
  out.seq = seq->number;
  return out;
}

}  // namespace

Result<api::HousekeepingPlan> plan_housekeeping(const Context& context, const Live& live,
                                                World& world, Tables& tables,
                                                const HouseRules& rules, const api::GetPort& ask) {
  const auto reading = tables.readers().enter(context.now);
  HANSA_TRY(const Known known,
            live.read([&](const View& view) { return look_up(context, view, ref_of(ask)); }));
  // Whole milliseconds, as tables have them.
  const Time before{(context.now - rules.snapshots_kept).us / 1000 * 1000};
  api::HousekeepingPlan out{.port = known.target.ref, .before = before};
  if (known.target.state) {
    HANSA_TRY(const Choice choice, choose(world, tables, known, before));
    show(choice, out);
    HANSA_TRY(const auto files, tables.listed(world.objects, *known.target.state));
    show(*files, out);
  }
  HANSA_TRY(const auto left,
            leftovers(world.objects, *known.table, rules.uploads_kept, context.now));
  show(left, out);
  live.read([&](const View& view) {
    for (const Expiry& expiry : known.table->expiries)
      if (context.now < expiry.until)
        out.expiries.push_back({expiry.at, name_of_principal(view, expiry.by), expiry.until,
                                expiry.snapshots, expiry.files, expiry.bytes});
    return 0;
  });
  return out;
}

Result<api::Expired> expire_snapshots(const Context& context, Live& live, World& world,
                                      Tables& tables, Clock& clock, const HouseRules& rules,
                                      const api::ExpireSnapshots& ask) {
  if (ask.before > context.now - rules.snapshots_kept)
    return invalid(fmt::format("a snapshot is kept for {} seconds after it ceased to be current",
                               rules.snapshots_kept.count()),
                   "take `before` from the plan: hansa housekeeping plan " + ref_of(ask));
  const std::shared_lock staying(tables.sweeping());
  for (int tries = 0; tries < kTriesMax; ++tries) {
    HANSA_TRY(const Known known,
              live.read([&](const View& view) { return look_up(context, view, ref_of(ask)); }));
    HANSA_TRY(const auto done,
              expire_once(context, live, world, tables, clock, rules, known, ask.before));
    if (done) return *done;
  }
  return too_busy(ref_of(ask));
}

Result<api::BroughtBack> undo_expiry(const Context& context, Live& live, World& world,
                                     Tables& tables, Clock& clock, const api::GetPort& ask) {
  const std::shared_lock staying(tables.sweeping());
  for (int tries = 0; tries < kTriesMax; ++tries) {
    HANSA_TRY(const Known known,
              live.read([&](const View& view) { return look_up(context, view, ref_of(ask)); }));
    HANSA_TRY(const auto done, undo_once(context, live, world, tables, clock, known));
    if (done) return *done;
  }
  return too_busy(ref_of(ask));
}

}  // namespace hansa::service
