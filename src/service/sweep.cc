#include "service/sweep.h"

#include <mutex>
#include <shared_mutex>

#include "base/limits.h"
#include "base/log.h"
#include "base/text_limits.h"
#include "service/step/staged.h"
#include "world/object/object_store.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

constexpr std::size_t kPortsAtOnce = 200;
constexpr Micros kSweepEvery = std::chrono::hours(1);
constexpr Micros kPatience = std::chrono::seconds(10);

struct Place {
  std::string key;  // of the port, in the mesh's order
  std::shared_ptr<const Table> table;
};

}  // namespace

Result<void> sweep_uploads(Time now, const Live& live, World& world, Tables& tables, Sweep& sweep) {
  const bool begins = sweep.after.empty();
  if (begins && now - sweep.began < kSweepEvery) return {};
  // Whoever publishes goes first: what it lists must not go away under it.
  const std::unique_lock alone(tables.sweeping(), std::try_to_lock);
  if (!alone) return {};
  if (begins) sweep = {.began = now, .after = {}};
  // What is durable must be known here: it may list what looks forgotten.
  HANSA_TRY(const auto pending, world.store.follow(live.seq(), steady_us()));
  if (!pending.empty()) HANSA_CHECK(live.reach(pending.back().seq, kPatience));
  const auto places = live.read([&](const View& view) {
    std::vector<Place> out;
    const auto& order = view.mesh.ports_in_order();
    const auto& all = view.mesh.all<Table>();
    for (auto at = order.upper_bound(sweep.after); at != order.end() && out.size() < kPortsAtOnce;
         ++at)
      if (const auto* table = all.find(at->id)) out.push_back({at->key, table->noun});
    return out;
  });
  for (const Place& place : places) {
    sweep.after = place.key;
    HANSA_TRY(const auto files, unpublished(world, tables, *place.table));
    for (const object::ObjectInfo& file : files) {
      if (file.modified + limits::upload_kept > now) continue;
      HANSA_CHECK(world.objects.remove(file.location));
      ++sweep.files;
      sweep.bytes += file.bytes;
    }
    HANSA_TRY(const auto old, reports(world, *place.table));
    for (const object::ObjectInfo& report : old)
      if (report.modified + limits::report_kept <= now)
        HANSA_CHECK(world.objects.remove(report.location));
  }
  if (places.size() < kPortsAtOnce) sweep.after.clear();
  if (sweep.after.empty() && sweep.files > 0)
    log(Level::info, "forgotten uploads removed",
        {{"files", std::to_string(sweep.files)}, {"bytes", std::to_string(sweep.bytes)}});
  return {};
}

}  // namespace hansa::service
