// A statement on its way to its rows: read once by a worker of the caller's, then decided and
// planned until everything it reads lies ready.
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/time.h"
#include "query/tree.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/copies.h"
#include "service/step/plan_query.h"
#include "service/step/reads.h"
#include "service/step/tables.h"
#include "world/engine/engine.h"
#include "world/world.h"

namespace hansa::service {

// Where statements find what they read; all of it outlives them.
struct Shelves {
  Live& live;
  World& world;
  Tables& tables;
  VisibleCopies& copies;
  Clock& clock;
};

// Reads a port as it was at one of its snapshots, which the current one came from.
struct Pin {
  PortId port;
  std::int64_t snapshot = 0;
};

// Reads these files where a port is named: a batch that is kept aside.
struct Aside {
  PortId port;
  std::vector<Location> files;
};

// The port that the statement makes, which it must not read through a view.
struct Makes {
  PortId port;
  bool placed = false;  // a place is held for it (VisibleCopies::places)
};

class Opening {
 public:
  // `context` with the deadline of the statement. `instead`: tries it on another version, and finds
  // where names stand in its text.
  Opening(const Shelves& from, Context context, query::Statement statement,
          std::optional<Pin> pin = {}, std::optional<Makes> makes = {},
          std::optional<Instead> instead = {}, std::optional<Aside> aside = {})
      : from_(from),
        context_(std::move(context)),
        statement_(std::move(statement)),
        pin_(pin),
        makes_(makes),
        instead_(instead),
        aside_(std::move(aside)),
        reading_(from.tables.readers().enter(context_.now)) {}

  // Takes a worker and has it read the statement. Errors: as Engine::lease, Lease::parse and
  // query::walk.
  Result<void> read();
  // Decides each port and finds its files; tells `reads` what was decided. Where a caller may see a
  // part of a port only, the part is copied first, as are the rows of a view, and all is decided
  // anew. Errors: as plan_query, Tables::files and VisibleCopies::make; not_found: the pinned
  // snapshot was rolled back or is not kept.
  Result<Planned> plan(Reads& reads);

  // With the time at which the last decision was made.
  const Context& context() const { return context_; }
  const query::TreeFacts& facts() const { return facts_; }
  const std::shared_ptr<engine::Lease>& lease() const { return lease_; }
  // Gives the worker back; the files stay.
  void release() { lease_.reset(); }

 private:
  Result<void> take_worker();
  Result<void> apply_aside(Planned& planned) const;
  Result<void> apply_pin(const View& view, Planned& planned);
  Result<void> find_pinned(Planned& planned);
  // The metadata that names it; an empty location: none does.
  Result<Location> metadata_of_pinned() const;
  using Missing = std::vector<std::variant<CopyAsk, ViewAsk, BridgeAsk>>;
  // The files of each port, from the state its decision was made on; `missing` is what has to be
  // copied first, of those whose own parts are there.
  Result<void> add_files(query::Plan& plan, const Planned& planned, const Reads& reads,
                         Missing& missing);
  Result<void> add_file(query::Relation& relation, const PlannedPort& port, const Permit& permit,
                        const Reads& reads, Missing& missing);
  Result<std::vector<query::PlanFile>> files_aside() const;
  Result<std::optional<query::PlanFile>> file_of_view(const PlannedPort& port, const Reads& reads,
                                                      Missing& missing);
  Result<std::optional<query::PlanFile>> file_of_bridge(const PlannedPort& port,
                                                        const Permit& permit, Missing& missing);

  Shelves from_;
  Context context_;
  query::Statement statement_;
  std::optional<Pin> pin_;
  std::optional<Makes> makes_;
  std::optional<Instead> instead_;
  std::optional<Aside> aside_;
  query::TreeFacts facts_;
  std::shared_ptr<engine::Lease> lease_;
  std::vector<std::shared_ptr<const VisibleCopy>> held_;  // they stay on disk as long
  std::vector<Location> earlier_;  // metadata that may name the pinned snapshot
  std::shared_ptr<const void> reading_;
};

}  // namespace hansa::service
