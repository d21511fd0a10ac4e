#include "service/step/opening.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>

#include "api/rows.h"
#include "base/log.h"
#include "model/states.h"

namespace hansa::service {
namespace {

// A port may be published to, or an access changed, while its part is copied; and the views below a
// view are copied first.
constexpr int kRoundsMax = 3 + 2 * static_cast<int>(limits::derivation_depth_max);

CopyAsk copy_ask(const PlannedPort& port, const query::Relation& relation, const Permit& permit,
                 std::vector<query::PlanFile> files) {
  query::Relation whole = relation;
  whole.columns = port.whole;
  whole.files = std::move(files);
  whole.visible = {};
  return {.whole = std::move(whole),
          .visible = *port.visible,
          .permit = permit,
          .product = port.product,
          .state = state_of(port)};
}

// Names of files may hold what the caller may not see: the value of a partition. Whoever sees a
// part of the port is told that something is wrong, and its owners what.
Error veiled(const PlannedPort& port, Error why) {
  if (!port.visible ||
      (why.code != Code::corrupt && why.code != Code::not_found && why.code != Code::internal))
    return why;
  log(Level::warning, "a part of a port could not be made",
      {{"port", port.ref}, {"why", why.text}});
  return {why.code,
          fmt::format("{} cannot be read: a file of it is not as it was published", port.ref),
          fmt::format("tell its owner: hansa report {} --text TEXT", port.ref)};
}

// The accounts that were refused what a view of this query is made of: their own records.
void record_refusals(const Planned& planned, const Reads& reads, const Error& why) {
  for (const PlannedPort& port : planned.ports) {
    if (!port.made_of) continue;
    const PlannedView& made_of = *port.made_of;
    const auto& below = made_of.sources.ports;
    record_refusals(made_of.sources, reads, why);
    if (!below.empty() && below.back().browned_out) {
      const auto theirs = reads.behind(made_of);
      theirs->decided({below.back()});
      theirs->tried();
    }
    if (below.empty() || below.back().decision.allowed) continue;
    const auto theirs = reads.behind(made_of);
    theirs->decided({below.back()});
    theirs->end(ending_of(why, false));
  }
}

}  // namespace

Result<void> Opening::take_worker() {
  HANSA_TRY(lease_, from_.world.engine.lease(context_.who.id, context_.deadline, context_.stop));
  // The wait may have been long: what ended meanwhile is decided by the time it is now.
  context_.now = from_.clock.now();
  return {};
}

Result<void> Opening::read() {
  HANSA_CHECK(take_worker());
  HANSA_TRY(const engine::Tree tree, lease_->parse(statement_.sql));
  HANSA_TRY(facts_, query::walk(tree.json, {.defaults = {.catalog = statement_.catalog,
                                                         .schema = statement_.schema},
                                            .sql = statement_.sql,
                                            .places = instead_.has_value()}));
  return {};
}

// Before any copy is looked for or made: those are found again by others, and must never hold a row
// of the batch.
Result<void> Opening::apply_aside(Planned& planned) const {
  if (planned.ports.empty())
    return invalid("the statement reads no port",
                   "name the batch's port: its rows are the batch's");
  for (PlannedPort& port : planned.ports) {
    if (port.port != aside_->port)
      return invalid(
          fmt::format("a batch is looked at alone, and the statement reads {}", port.ref),
          "name the batch's port and nothing else");
    if (port.visible || port.made_of)
      return denied(fmt::format("you see a part of {}, and the batch is all of it", port.ref));
    port.state.reset();  // none of it is published
    port.bridge.reset();
  }
  return {};
}

Result<void> Opening::apply_pin(const View& view, Planned& planned) {
  earlier_.clear();
  if (aside_) HANSA_CHECK(apply_aside(planned));
  if (!pin_) return {};
  for (PlannedPort& port : planned.ports) {
    if (port.port != pin_->port) continue;
    if (is_made(port) && pin_of(port) != pin_->snapshot)
      return fail(Code::not_found,
                  fmt::format("{} is a view, and what it is made of has changed since this reading "
                              "began",
                              port.ref),
                  "begin again, without the cursor");
    if (is_made(port)) continue;
    const auto* table = view.mesh.find<Table>(port.port.ulid);
    if (const TableState* state =
            pinned_state(*table, pin_->snapshot, context_.now - api::rows_cursor_kept)) {
      port.state = *state;
      continue;
    }
    // Older than what the mesh keeps, or expired and not gone yet; but not what a query made, since
    // of that only kept states say how it has to be protected.
    port.state = TableState{.metadata = {}, .snapshot = pin_->snapshot, .made_by = {}};
    const bool kept = std::ranges::find(table->states, pin_->snapshot, &TableState::snapshot) !=
                      table->states.end();
    if (kept || !table->earlier.empty() || table->current() == nullptr) continue;
    earlier_.push_back(table->current()->metadata);
    for (const Expiry& expiry : std::views::reverse(table->expiries))
      if (context_.now < expiry.until) earlier_.push_back(expiry.metadata);
  }
  return {};
}

Result<Location> Opening::metadata_of_pinned() const {
  struct Known {
    std::optional<std::int64_t> parent;
    const Location* at;
  };
  std::map<std::int64_t, Known> known;
  std::optional<std::int64_t> next;
  for (const Location& at : earlier_) {
    HANSA_TRY(const TableBase base, from_.tables.base(from_.world.objects, at));
    if (known.empty()) next = base.metadata.current_snapshot_id;
    for (const iceberg::Snapshot& snapshot : base.metadata.snapshots)
      known.try_emplace(snapshot.id, Known{snapshot.parent_id, &at});
  }
  // Only what the current rows came from: what was rolled back is not read on.
  while (next) {
    const auto found = known.find(*next);
    if (found == known.end()) break;
    if (found->first == pin_->snapshot) return *found->second.at;
    next = found->second.parent;
    known.erase(found);
  }
  return Location();
}

Result<void> Opening::find_pinned(Planned& planned) {
  for (PlannedPort& port : planned.ports) {
    if (!pin_ || port.port != pin_->port || !port.state || !port.state->metadata.key().empty())
      continue;
    HANSA_TRY(port.state->metadata, metadata_of_pinned());
    if (port.state->metadata.key().empty())
      return fail(Code::not_found,
                  fmt::format("the snapshot of {} that this reading began with was rolled back, or "
                              "is not kept any more",
                              port.ref),
                  "begin again, without the cursor");
  }
  return {};
}

Result<std::optional<query::PlanFile>> Opening::file_of_view(const PlannedPort& port,
                                                             const Reads& reads, Missing& missing) {
  const PlannedView& made_of = *port.made_of;
  if (auto copy = from_.copies.find(made_of)) {
    held_.push_back(copy);
    return std::optional(copy->file);
  }
  query::Plan plan = made_of.sources.plan;
  const std::size_t before = missing.size();
  // What is wrong with a file below is not for whoever reads the view.
  if (auto added = add_files(plan, made_of.sources, reads, missing); !added) {
    log(Level::warning, "a view could not be made",
        {{"port", made_of.ref}, {"why", added.error().text}});
    return std::unexpected(does_not_answer(made_of));
  }
  if (missing.size() > before) return std::optional<query::PlanFile>();
  auto theirs = reads.behind(made_of);
  theirs->decided(made_of.sources.ports);
  missing.emplace_back(ViewAsk{port.made_of, std::move(plan), std::move(theirs)});
  return std::optional<query::PlanFile>();
}

Result<std::optional<query::PlanFile>> Opening::file_of_bridge(const PlannedPort& port,
                                                               const Permit& permit,
                                                               Missing& missing) {
  if (auto copy = from_.copies.find(port.bridge->key)) {
    held_.push_back(copy);
    return std::optional(copy->file);
  }
  BridgeAsk ask{.made_of = port.bridge, .files = {}, .permit = permit};
  if (const auto& state = port.bridge->state) {
    const auto found = from_.tables.files(from_.world.objects, *state);
    // What is wrong with a file of the next version is for its owner.
    if (!found) {
      log(Level::warning, "a bridge could not be made",
          {{"port", port.ref}, {"why", found.error().text}});
      return std::unexpected(does_not_answer(port.ref, port.bridge->owner));
    }
    ask.files = plan_files(**found);
  }
  missing.emplace_back(std::move(ask));
  return std::optional<query::PlanFile>();
}

Result<std::vector<query::PlanFile>> Opening::files_aside() const {
  std::vector<query::PlanFile> out;
  for (const Location& at : aside_->files) {
    HANSA_TRY(const object::ObjectInfo info, from_.world.objects.info(at));
    HANSA_TRY(std::string path, from_.world.objects.local(at));
    out.push_back({.path = std::move(path), .label = at.text(), .bytes = info.bytes});
  }
  return out;
}

Result<void> Opening::add_file(query::Relation& relation, const PlannedPort& port,
                               const Permit& permit, const Reads& reads, Missing& missing) {
  std::vector<query::PlanFile> files;
  if (port.made_of) {
    HANSA_TRY(const auto file, file_of_view(port, reads, missing));
    if (!file) return {};
    files.push_back(*file);
  } else if (port.bridge) {
    HANSA_TRY(const auto file, file_of_bridge(port, permit, missing));
    if (!file) return {};
    files.push_back(*file);
  } else if (aside_ && port.port == aside_->port) {
    HANSA_TRY(files, files_aside());
  } else if (port.state) {
    auto found = from_.tables.files(from_.world.objects, *port.state);
    if (!found) return in_context(port.ref, veiled(port, found.error()));
    files = plan_files(**found);
  } else {
    return {};  // nothing published yet: an empty table
  }
  if (!port.visible) {
    relation.files = std::move(files);
    return {};
  }
  CopyAsk ask = copy_ask(port, relation, permit, std::move(files));
  if (auto copy = from_.copies.find(ask)) {
    relation.files = {copy->file};
    held_.push_back(std::move(copy));
  } else {
    missing.emplace_back(std::move(ask));
  }
  return {};
}

Result<void> Opening::add_files(query::Plan& plan, const Planned& planned, const Reads& reads,
                                Missing& missing) {
  for (std::size_t i = 0; i < planned.ports.size(); ++i) {
    const PlannedPort& port = planned.ports[i];
    HANSA_CHECK(add_file(plan.relations[port.relation], port, planned.permits[i], reads, missing));
  }
  return {};
}

Result<Planned> Opening::plan(Reads& reads) {
  for (int round = 0; round < kRoundsMax; ++round) {
    Planned planned;
    if (makes_) planned.within.push_back(makes_->port);
    planned.instead = instead_;
    const auto decided = from_.live.read([&](const View& view) -> Result<void> {
      HANSA_CHECK(plan_query(context_, view, facts_, statement_, planned));
      return apply_pin(view, planned);
    });
    reads.decided(planned.ports);
    if (!decided) {
      record_refusals(planned, reads, decided.error());
      reads.tried();
    }
    HANSA_CHECK(decided);
    HANSA_CHECK(find_pinned(planned));
    Missing missing;
    query::Plan plan = planned.plan;
    HANSA_CHECK(add_files(plan, planned, reads, missing));
    planned.plan = std::move(plan);
    if (missing.empty()) return planned;
    lease_.reset();  // nobody holds a worker while waiting for another
    for (const auto& each : missing) {
      HANSA_TRY(auto copy, std::visit(
                               [&](const auto& ask) {
                                 return from_.copies.make(context_, from_.world.engine, ask,
                                                          makes_ && makes_->placed);
                               },
                               each));
      held_.push_back(std::move(copy));
    }
    HANSA_CHECK(take_worker());
  }
  return unavailable("the data, or the access to it, changes faster than it can be prepared",
                     "try again");
}

}  // namespace hansa::service
