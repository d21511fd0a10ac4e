#include "service/compact.h"

#include <fmt/format.h>

#include <shared_mutex>

#include "query/plan.h"
#include "service/authority/authorize.h"
#include "service/step/find.h"
#include "service/step/next_state.h"
#include "service/step/small_files.h"
#include "service/step/staged.h"
#include "service/step/written.h"
#include "world/engine/engine.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

constexpr int kTriesMax = 16;

struct Known {
  Target target;
  Permit read;
};

Result<Known> look_up(const Context& context, const View& view, const std::string& ref) {
  HANSA_TRY(Target target, find_open_target(context, view, ref));
  HANSA_TRY(Permit read, authorize(context, view, Action::read,
                                   Resource{ResourceKind::port, target.port.ulid}, target.ref));
  return Known{std::move(target), std::move(read)};
}

Result<void> join(const Context& context, const Live& live, World& world, Running& running,
                  const Known& known, const SmallFiles& from, const Location& at) {
  const Target& target = known.target;
  query::Relation all{.catalog = "port",
                      .schema = "port",
                      .name = "port",
                      .port = target.port,
                      .columns = target.schema,
                      .files = {},
                      .visible = {},
                      .rows = {}};
  for (const TableFile& file : from.files)
    all.files.push_back({file.path, file.location.text(), file.bytes, file.rows});
  query::Plan plan;
  plan.relations.push_back(std::move(all));
  plan.statement = {
      .sql = "from port.port.port", .parameters = {}, .catalog = "port", .schema = "port"};
  plan.output.format = query::Format::parquet;
  plan.bounds.rows_max = query::rows_all;
  HANSA_TRY(query::ClosedPlan closed,
            query::ClosedPlan::close(std::move(plan), std::span(&known.read, 1)));
  HANSA_TRY(const std::shared_ptr<engine::Lease> lease,
            world.engine.lease(context.who.id, context.deadline, context.stop));
  HANSA_TRY(engine::Opened opened, lease->run(std::move(closed), Want{}));
  Guard guard = running.guard(live, context.now,
                              Work{.id = new_id<QueryId>(context.now),
                                   .who = context.who.id,
                                   .credential = context.who.credential,
                                   .started = context.now,
                                   .permits = {known.read},
                                   .borrowed = {},
                                   .ports = {target.ref},
                                   .counters = opened.counters,
                                   .gone = context.stop,
                                   .kill = [lease] { lease->kill(); },
                                   .end = [lease](const Ending&) {}},
                              std::move(opened.rows));
  HANSA_CHECK(write_object(world.objects, at, *guard.rows, UINT64_MAX));
  return {};
}

// What was written, looked at by another worker. Errors: corrupt: it is not all of it.
Result<std::vector<iceberg::DataFile>> checked(const Context& context, World& world,
                                               const Known& known,
                                               const std::vector<SmallFiles>& from,
                                               const std::vector<Location>& files) {
  HANSA_TRY(auto out, inspected(context, world, known.target, files));
  for (std::size_t i = 0; i < out.size(); ++i)
    if (static_cast<std::uint64_t>(out[i].record_count) != from[i].rows)
      return corrupt(fmt::format("files of {} hold {} rows, and the table says {}",
                                 known.target.ref, out[i].record_count, from[i].rows),
                     "nothing was changed; publish the data anew");
  return out;
}

Result<std::optional<api::Compacted>> put(const Context& context, Live& live, World& world,
                                          Tables& tables, const Target& target,
                                          const std::vector<iceberg::DataFile>& files,
                                          const std::set<Location>& gone, const std::string& id) {
  HANSA_TRY(const TableState state,
            stage_replacement(context, world, tables, target, files, gone, id));
  HANSA_TRY(const auto seq, move_pointer(context, live, world, target,
                                         {.state = state, .registers = {}, .answer = {}}));
  if (!seq) return std::nullopt;
  return api::Compacted{.port = target.ref,
                        .snapshot = std::to_string(state.snapshot),
                        .seq = seq->number,
                        .removed_files = gone.size(),
                        .added_files = files.size(),
                        .rows = state.rows,
                        .bytes = state.bytes};
}

}  // namespace

Result<api::Compacted> compact_files(const Context& asked, Live& live, World& world, Tables& tables,
                                     Running& running, const api::GetPort& ask) {
  Context context = asked;
  context.deadline = asked.now + running.limits().seconds_max;
  const std::string ref = fmt::format("{}/{}", ask.domain, ask.port);
  const std::shared_lock staying(tables.sweeping());
  HANSA_TRY(Known known, live.read([&](const View& view) { return look_up(context, view, ref); }));
  api::Compacted none{.port = known.target.ref};
  if (!known.target.state) return none;
  HANSA_TRY(const auto all, tables.files(world.objects, *known.target.state));
  const std::vector<SmallFiles> small = small_files(*all);
  if (small.empty()) return none;
  const std::string id = to_text(new_ulid(context.now));
  Unlisted joined(world.objects);
  std::set<Location> gone;
  for (const SmallFiles& each : small) {
    HANSA_TRY(Location at,
              upload_location(known.target, id, static_cast<std::uint32_t>(joined.files.size())));
    joined.files.push_back(std::move(at));
    HANSA_CHECK(join(context, live, world, running, known, each, joined.files.back()));
    for (const TableFile& file : each.files) gone.insert(file.location);
  }
  HANSA_TRY(const auto files, checked(context, world, known, small, joined.files));
  for (int tries = 0; tries < kTriesMax; ++tries) {
    joined.keep = true;
    HANSA_TRY(const auto done, put(context, live, world, tables, known.target, files, gone, id));
    if (done) return *done;
    joined.keep = false;
    HANSA_TRY(known.target,
              live.read([&](const View& view) { return find_open_target(context, view, ref); }));
  }
  return too_busy(ref);
}

}  // namespace hansa::service
