#include "service/step/opening.h"

#include <fmt/format.h>

#include <algorithm>

namespace hansa::service {
namespace {

// A port may be published to, or an access changed, while its part is copied.
constexpr int kRoundsMax = 3;

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
          .snapshot = port.state->snapshot};
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
                                            .sql = statement_.sql}));
  return {};
}

Result<void> Opening::apply_pin(const View& view, Planned& planned) const {
  if (!pin_) return {};
  for (PlannedPort& port : planned.ports) {
    if (port.port != pin_->port) continue;
    const auto* table = view.mesh.find<Table>(port.port.ulid);
    const auto state = std::ranges::find(table->states, pin_->snapshot, &TableState::snapshot);
    if (state == table->states.end())
      return fail(
          Code::not_found,
          fmt::format("the snapshot of {} that this reading began with is not kept any more",
                      port.ref),
          "begin again, without the cursor");
    port.state = *state;
  }
  return {};
}

Result<std::vector<CopyAsk>> Opening::add_files(Planned& planned) {
  std::vector<CopyAsk> missing;
  for (std::size_t i = 0; i < planned.ports.size(); ++i) {
    const PlannedPort& port = planned.ports[i];
    if (!port.state) continue;  // nothing published yet: an empty table
    auto found = from_.tables.files(from_.world.objects, *port.state);
    if (!found) return in_context(port.ref, found.error());
    query::Relation& relation = planned.plan.relations[port.relation];
    std::vector<query::PlanFile> files;
    for (const TableFile& file : (*found)->files)
      files.push_back({file.path, file.location.text(), file.bytes, file.rows});
    if (!port.visible) {
      relation.files = std::move(files);
      continue;
    }
    CopyAsk ask = copy_ask(port, relation, planned.permits[i], std::move(files));
    if (auto copy = from_.copies.find(ask)) {
      relation.files = {copy->file};
      held_.push_back(std::move(copy));
    } else {
      missing.push_back(std::move(ask));
    }
  }
  return missing;
}

Result<Planned> Opening::plan(Reads& reads) {
  for (int round = 0; round < kRoundsMax; ++round) {
    Planned planned;
    const auto decided = from_.live.read([&](const View& view) -> Result<void> {
      HANSA_CHECK(plan_query(context_, view, facts_, statement_, planned));
      return apply_pin(view, planned);
    });
    reads.decided(planned.ports);
    HANSA_CHECK(decided);
    HANSA_TRY(const std::vector<CopyAsk> missing, add_files(planned));
    if (missing.empty()) return planned;
    lease_.reset();  // nobody holds a worker while waiting for another
    for (const CopyAsk& ask : missing) {
      HANSA_TRY(auto copy, from_.copies.make(context_, from_.world.engine, ask));
      held_.push_back(std::move(copy));
    }
    HANSA_CHECK(take_worker());
  }
  return unavailable("the data, or the access to it, changes faster than it can be prepared",
                     "try again");
}

}  // namespace hansa::service
