#include "service/sweep.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <thread>

#include "base/json.h"
#include "base/log.h"
#include "model/held.h"
#include "service/step/leftovers.h"
#include "world/object/object_store.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

constexpr std::size_t kPortsAtOnce = 200;
constexpr Micros kPatience = std::chrono::seconds(10);
constexpr int kLockTries = 50;
constexpr auto kLockPause = std::chrono::milliseconds(10);

struct Place {
  std::string key;  // of the port, in the mesh's order
  std::shared_ptr<const Table> table;
};

std::vector<Place> next_places(const Live& live, const std::string& after) {
  return live.read([&](const View& view) {
    std::vector<Place> out;
    const auto& order = view.mesh.ports_in_order();
    const auto& all = view.mesh.all<Table>();
    for (auto at = order.upper_bound(after); at != order.end() && out.size() < kPortsAtOnce; ++at)
      if (const auto* table = all.find(at->id)) out.push_back({at->key, table->noun});
    return out;
  });
}

// Publishers hold it shared, one after the other: a moment without any of them.
std::unique_lock<std::shared_mutex> alone(Tables& tables, const std::stop_token& stop) {
  std::unique_lock lock(tables.sweeping(), std::defer_lock);
  for (int tries = 0; tries < kLockTries && !stop.stop_requested(); ++tries) {
    if (lock.try_lock()) break;
    std::this_thread::sleep_for(kLockPause);
  }
  return lock;
}

// The table as it is now; nothing: it is gone. What is durable must be known here: it may refer to
// what looks forgotten.
Result<std::shared_ptr<const Table>> table_now(const Sweeper& with, PortId id) {
  HANSA_TRY(const auto pending, with.world.store.follow(with.live.seq(), steady_us()));
  if (!pending.empty()) HANSA_CHECK(with.live.reach(pending.back().seq, kPatience));
  return with.live.read([&](const View& view) -> std::shared_ptr<const Table> {
    const auto* found = view.mesh.all<Table>().find(id.ulid);
    return found == nullptr ? nullptr : found->noun;
  });
}

Result<void> record(const Sweeper& with, const Table& table, std::uint64_t files,
                    std::uint64_t bytes) {
  HANSA_CHECK(with.world.store.record(
      {.kind = "files.removed",
       .who = {},
       .at = with.clock.now(),
       .subject = table.id.ulid,
       .body = to_text(Json(Json::Object{{"files", files}, {"bytes", bytes}}))}));
  return {};
}

Result<void> remove(const Sweeper& with, const Table& seen, std::vector<Leftover> found, Time now,
                    Sweep& sweep, const std::stop_token& stop) {
  const auto lock = alone(with.tables, stop);
  if (!lock || with.held()) return {};  // the next round
  HANSA_TRY(const auto table, table_now(with, seen.id));
  if (!table) return {};
  if (*table != seen) {
    HANSA_TRY(found, leftovers(with.world.objects, *table, with.rules.uploads_kept, now));
  }
  std::uint64_t files = 0, bytes = 0;
  for (const Leftover& each : found) {
    if (!each.due) continue;
    HANSA_CHECK(with.world.objects.remove(each.file.location));
    ++files;
    bytes += each.file.bytes;
  }
  sweep.files += files;
  sweep.bytes += bytes;
  return record(with, *table, files, bytes);
}

std::set<std::string> names_of(const std::vector<const HeldBatch*>& held) {
  std::set<std::string> out;
  for (const HeldBatch* batch : held) out.insert(batch->run.publish);
  return out;
}

// Whether a look at its references would find nothing that is due.
bool is_quiet(const Sweep& sweep, const Table& table, Time now,
              const std::vector<object::ObjectInfo>& files) {
  if (files.empty()) return true;
  const auto known = sweep.quiet.find(table.id);
  if (known == sweep.quiet.end() || table.current() == nullptr) return false;
  const Sweep::Quiet& quiet = known->second;
  return quiet.metadata == table.current()->metadata && quiet.expiries == table.expiries.size() &&
         quiet.held == names_of(waiting(table, now)) && quiet.files == files.size() &&
         now < quiet.until;
}

void remember(const Sweeper& with, const Table& table, std::size_t files,
              const std::vector<Leftover>& left, Time now, Sweep& sweep) {
  if (table.current() == nullptr) return;
  Time until = now + Micros(limits::kept_max);
  for (const Leftover& each : left)
    until = std::min(until, each.file.modified + with.rules.uploads_kept);
  for (const Expiry& expiry : table.expiries)
    if (now < expiry.until) until = std::min(until, expiry.until);
  const auto held = waiting(table, now);
  for (const HeldBatch* batch : held) until = std::min(until, batch->run.at + Micros(held_for));
  sweep.quiet[table.id] = {table.current()->metadata, table.expiries.size(), names_of(held), files,
                           until};
}

Result<void> sweep_table(const Sweeper& with, const Table& table, Sweep& sweep,
                         const std::stop_token& stop) {
  // Whoever began to read earlier may have seen what was there then.
  const Time now = with.tables.readers().horizon(with.clock.now());
  HANSA_TRY(const auto files, own_files(with.world.objects, table));
  if (is_quiet(sweep, table, now, files)) return {};
  HANSA_TRY(auto found, leftovers(with.world.objects, table, with.rules.uploads_kept, now));
  if (std::ranges::any_of(found, &Leftover::due))
    return remove(with, table, std::move(found), now, sweep, stop);
  remember(with, table, files.size(), found, now, sweep);
  return {};
}

}  // namespace

Result<void> sweep(const Sweeper& with, Sweep& sweep, const std::stop_token& stop) {
  const bool begins = sweep.after.empty();
  if (begins && with.clock.now() - sweep.began < with.rules.sweep_every) return {};
  if (with.held()) return {};
  if (begins) sweep.began = with.clock.now(), sweep.files = 0, sweep.bytes = 0;
  const auto places = next_places(with.live, sweep.after);
  for (const Place& place : places) {
    if (stop.stop_requested()) return {};
    sweep.after = place.key;
    if (const auto done = sweep_table(with, *place.table, sweep, stop); !done)
      log(Level::warning, "what nothing refers to was not removed",
          {{"table", place.table->location.text()}, {"why", done.error().text}});
  }
  if (places.size() < kPortsAtOnce) sweep.after.clear();
  if (sweep.after.empty() && sweep.files > 0)
    log(Level::info, "files removed that nothing refers to",
        {{"files", std::to_string(sweep.files)}, {"bytes", std::to_string(sweep.bytes)}});
  return {};
}

}  // namespace hansa::service
