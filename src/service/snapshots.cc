#include "service/snapshots.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <shared_mutex>

#include "base/text.h"
#include "iceberg/append.h"
#include "model/states.h"
#include "service/authority/authorize.h"
#include "service/step/derived.h"
#include "service/step/find.h"
#include "service/step/made.h"
#include "service/step/next_state.h"
#include "service/step/present.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

constexpr int kTriesMax = 16;

// Rows that were replaced are not more open than what they were made of once they are back.
Result<Attempt> still_protected(const Context& context, const View& view, const Target& target,
                                std::int64_t snapshot) {
  Attempt out;
  const auto* port = view.mesh.find<Port>(target.port);
  const auto* table = view.mesh.find<Table>(target.port.ulid);
  const auto* contract = port ? view.mesh.find<Contract>(port->contract) : nullptr;
  const auto* product = port ? view.mesh.find<Product>(port->product) : nullptr;
  if (table == nullptr || contract == nullptr || product == nullptr)
    return unknown("port", target.ref);
  if (auto held = check_rows(context, view, *contract, *product, made_of(*table, snapshot)); !held)
    return in_context(fmt::format("{}, snapshot {}", target.ref, snapshot), held.error());
  out.relies_on.push_back(*view.mesh.noun("product", port->product.ulid));
  return out;
}

}  // namespace

Result<api::Snapshots> list_snapshots(const Context& context, const Live& live, World& world,
                                      Tables& tables, const api::ListSnapshots& ask) {
  struct Known {
    PortId port;
    std::optional<TableState> state;
  };
  const std::string ref = fmt::format("{}/{}", ask.domain, ask.port);
  HANSA_TRY(const Known known, live.read([&](const View& view) -> Result<Known> {
    HANSA_TRY(const Port* port, find_port(context, view, ref));
    const auto* table = view.mesh.find<Table>(port->id.ulid);
    if (table == nullptr || table->current() == nullptr) return Known{};
    return Known{port->id, *table->current()};
  }));
  api::Snapshots out;
  if (!known.state) return out;
  HANSA_TRY(const TableBase base, tables.base(world.objects, known.state->metadata));
  auto snapshot = base.metadata.snapshots.rbegin();
  const auto end = base.metadata.snapshots.rend();
  if (!ask.paging.after.empty()) {
    HANSA_TRY(const std::int64_t after, parse_int(ask.paging.after));
    snapshot = std::ranges::find(snapshot, end, after, &iceberg::Snapshot::id);
    if (snapshot == end) return not_found(fmt::format("{} has no snapshot {}", ref, after));
    ++snapshot;
  }
  std::set<std::int64_t> ids;
  for (auto at = snapshot; at != end && ids.size() < ask.paging.limit; ++at) ids.insert(at->id);
  HANSA_TRY(const auto made, commits_of(live, world.store, known.port, std::move(ids)));
  for (; snapshot != end; ++snapshot) {
    if (out.items.size() == ask.paging.limit) {
      out.next = out.items.back().snapshot;
      break;
    }
    api::SnapshotView view{.snapshot = std::to_string(snapshot->id),
                           .seq = 0,
                           .at = {snapshot->timestamp_ms * 1000},
                           .by = {},
                           .operation = {},
                           .rows = summary_number(*snapshot, "total-records"),
                           .bytes = summary_number(*snapshot, "total-files-size"),
                           .files = summary_number(*snapshot, "total-data-files"),
                           .made_by = {},
                           .current = snapshot->id == known.state->snapshot};
    if (const auto found = snapshot->summary.find("operation"); found != snapshot->summary.end())
      view.operation = found->second;
    for (const auto& [name, value] : snapshot->summary)
      if (name.starts_with("hansa.") && name != "hansa.publish")
        view.made_by.emplace(name.substr(6), value);
    if (const auto found = made.find(snapshot->id); found != made.end()) {
      view.seq = found->second.seq.number;
      view.by = live.read([&](const View& v) { return name_of_principal(v, found->second.by); });
    }
    out.items.push_back(std::move(view));
  }
  return out;
}

Result<api::Published> rollback_port(const Context& context, Live& live, World& world,
                                     Tables& tables, const api::Rollback& ask) {
  const std::string ref = fmt::format("{}/{}", ask.domain, ask.port);
  HANSA_TRY(const std::int64_t to, parse_int(ask.to));
  const std::shared_lock staying(tables.sweeping());
  for (int tries = 0; tries < kTriesMax; ++tries) {
    HANSA_TRY(const Target target,
              live.read([&](const View& view) { return find_target(context, view, ref); }));
    if (!target.state) return not_found(fmt::format("{} has no snapshot yet", ref));
    HANSA_TRY(const TableBase base, tables.base(world.objects, target.state->metadata));
    auto metadata = iceberg::rollback_to(base.metadata, to, context.now);
    if (!metadata)
      return fail(metadata.error().code, fmt::format("{} has no snapshot {}", ref, to),
                  fmt::format("hansa get snapshots {}", ref));
    log_metadata(*metadata, *target.state);
    const auto* snapshot = iceberg::find_snapshot(*metadata, to);
    HANSA_ASSERT(snapshot != nullptr);
    HANSA_TRY(const TableState state,
              write_state(context, world, tables, *metadata, *snapshot, "rollback"));
    // A file of then may belong to another port by now.
    HANSA_TRY(const auto files, tables.listed(world.objects, state));
    Move move{.state = state, .registers = {}, .answer = {}};
    move.along = [&](const View& view) { return still_protected(context, view, target, to); };
    for (const TableFile& file : files->files)
      if (file.registered) move.registers.push_back(file.location);
    HANSA_TRY(const auto seq, move_pointer(context, live, world, target, move));
    if (seq)
      return api::Published{.port = target.ref,
                            .snapshot = ask.to,
                            .seq = seq->number,
                            .added_files = 0,
                            .added_rows = 0,
                            .added_bytes = 0,
                            .rows = state.rows,
                            .bytes = state.bytes,
                            .skipped_files = 0,
                            .repeated = false};
  }
  return too_busy(ref);
}

}  // namespace hansa::service
