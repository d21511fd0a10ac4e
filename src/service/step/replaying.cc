#include "service/step/replaying.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/keys.h"
#include "query/rewrite.h"
#include "service/step/open_query.h"
#include "service/step/resolve.h"
#include "service/step/same_rows.h"

namespace hansa::service {
namespace {

constexpr Seconds kSecondsMax{30};

// The names in a statement that lead to this port.
std::vector<query::TableName> named_by(const Live& live, const query::Places& places, PortId id) {
  return live.read([&](const View& view) {
    std::vector<query::TableName> out;
    for (const query::Places::Table& table : places.tables) {
      const Port* port = resolve(view, {table.table.catalog, table.table.schema, table.table.name});
      if (port != nullptr && port->id == id) out.push_back(table.table);
    }
    return out;
  });
}

class Tried {
 public:
  Tried(const Context& asker, const Shelves& from, Running& running, const ReplayJob& job,
        const ReadersQuery& query)
      : asker_(asker),
        from_(from),
        running_(running),
        job_(job),
        query_(query),
        as_{.who = {.id = query.who,
                    .credential = {},
                    .door = "replay",
                    .client = asker.who.client,
                    .peer = asker.who.peer},
            .request = asker.request,
            .now = from.clock.now(),
            .deadline = std::min(asker.deadline, from.clock.now() + kSecondsMax),
            .stop = asker.stop,
            .trail = trail_} {}

  Trial judge() {
    if (!reads_new_version())
      return breaks(fmt::format("its reader may not read {}: it needs access", job_.to));
    const auto bound = bind(query_.statement, job_.instead);
    if (!bound && bound.error().code != Code::invalid) return not_run(bound.error());
    if (!places_ || named_by(from_.live, *places_, job_.instead.from).empty())
      return {ReplayVerdict::not_run, "its names lead to another version now", {}};
    if (!bound && !bind(query_.statement, {}))
      return {ReplayVerdict::not_run, "it does not work on the old version either", {}};
    Trial out = bound ? Trial{ReplayVerdict::binds, {}, {}} : breaks(why_broken());
    if (bound && job_.run) compare(*bound, query_.statement, job_.instead, out);
    add_rewrite(out);
    return out;
  }

 private:
  struct Bound {
    std::vector<PlannedPort> ports;
    bool moves = false;
    bool looks_around = false;  // it reads information_schema, which shows everybody their own
  };

  static Trial breaks(std::string why) { return {ReplayVerdict::breaks, std::move(why), {}}; }
  // The error's own words may hold what the statement does.
  static Trial not_run(const Error& error) {
    return {ReplayVerdict::not_run,
            error.code == Code::denied ? "it reads something else that its reader may not read now"
            : error.code == Code::exhausted ? "it takes more than one query may take"
                                            : "it could not be tried now",
            {}};
  }

  bool reads_new_version() const {
    return from_.live.read([&](const View& view) {
      const auto* port = view.mesh.find<Port>(job_.instead.to);
      return port != nullptr && may(as_, view, Action::read, on(*port));
    });
  }

  // The columns that it reads and that the new version lacks.
  std::string why_broken() const {
    std::vector<std::string> lost;
    for (const std::string& column : query_.columns)
      if (std::ranges::find(job_.missing, column) != job_.missing.end()) lost.push_back(column);
    if (lost.empty()) return fmt::format("it means nothing on {}", job_.to);
    return fmt::format("it reads {} {}, which {} lacks", lost.size() == 1 ? "column" : "columns",
                       join(lost, ", "), job_.to);
  }

  // What it would read, without reading it.
  Result<Bound> bind(const query::Statement& statement, std::optional<Instead> instead) {
    Opening opening(from_, as_, statement, {}, {}, instead);
    HANSA_CHECK(opening.read());
    if (instead) places_ = opening.facts().places;
    // Nothing is read, and so nothing recorded.
    Reads reads(from_.world.store, nullptr, {});
    HANSA_TRY(Planned planned, opening.plan(reads));
    if (!query_.place.empty())
      for (query::Relation& relation : planned.plan.relations) relation.place = query_.place;
    HANSA_TRY(query::ClosedPlan closed,
              query::ClosedPlan::close(std::move(planned.plan), planned.permits));
    HANSA_CHECK(opening.lease()->run(std::move(closed)));
    const bool looks_around =
        std::ranges::any_of(opening.facts().tables, [](const query::TableUse& use) {
          return use.table.kind == query::TableKind::information_schema;
        });
    return Bound{std::move(planned.ports), opening.facts().moves, looks_around};
  }

  // Whoever asks must not learn of rows that it may not see by whether they differ.
  std::string why_not_compared(const Bound& bound) const {
    if (bound.moves) return "it reads the time or chance, so its rows were not compared";
    if (asker_.who.id == query_.who) return {};
    if (bound.looks_around)
      return "it reads what there is for its reader, so its rows were not compared";
    const bool sees = from_.live.read([&](const View& view) {
      const auto sees_all = [&](PortId id) {
        const auto* port = view.mesh.find<Port>(id);
        if (port == nullptr) return false;
        const Decision decision = policy::judge(
            view.rights, view.mesh, {asker_.who.id, Action::read, on(*port), as_.now}, view.seq);
        return decision.allowed && !decision.visible;
      };
      return sees_all(job_.instead.from) &&
             std::ranges::all_of(bound.ports, sees_all, &PlannedPort::port);
    });
    return sees ? "" : "it also reads what you may not see, so its rows were not compared";
  }

  Result<RowsGiven> rows(const query::Statement& statement, std::optional<Instead> instead) {
    HANSA_TRY(OpenedQuery opened, open_query(as_, from_, running_,
                                             {.sql = statement.sql,
                                              .parameters = statement.parameters,
                                              .catalog = statement.catalog,
                                              .schema = statement.schema,
                                              .format = "json",
                                              .rows_max = compared_rows_max + 1,
                                              .seconds_max = kSecondsMax.count()},
                                             {.place = query_.place,
                                              .instead = instead,
                                              .kind = "replay",
                                              .asked_by = asker_.who.id}));
    return rows_given(opened.columns, *opened.rows);
  }

  // What it gave before, read once.
  const Result<RowsGiven>& before() {
    if (!before_) before_ = rows(query_.statement, {});
    return *before_;
  }

  // Says in `out` what became of the rows. False: nothing was compared, or they differ.
  bool compare(const Bound& bound, const query::Statement& statement,
               std::optional<Instead> instead, Trial& out) {
    out.why = why_not_compared(bound);
    if (!out.why.empty()) return false;
    if (!before()) {
      out.why = "its rows on the old version could not be compared";
      return false;
    }
    const auto after = rows(statement, instead);
    if (!after) {
      const bool fails = after.error().code == Code::invalid;
      out.verdict = fails ? ReplayVerdict::breaks : ReplayVerdict::binds;
      out.why = fails ? fmt::format("it fails on the rows of {}", job_.to)
                      : "its rows on the new version could not be compared";
      return false;
    }
    out.why = difference(**before_, *after, job_.renamed);
    out.verdict = out.why.empty() ? ReplayVerdict::same : ReplayVerdict::differs;
    return out.why.empty();
  }

  // A rewrite is shown only if it works: bound, and giving the same if rows are compared at all.
  void add_rewrite(Trial& out) {
    query::Statement changed = query_.statement;
    const auto text = rewrite_of(from_.live, job_, query_.statement, places_);
    if (!text) return;
    changed.sql = *text;
    const auto bound = bind(changed, {});
    if (!bound) return;
    Trial with{.verdict = ReplayVerdict::binds, .why = {}, .rewrite = {}};
    if (job_.run && !compare(*bound, changed, {}, with) && with.verdict != ReplayVerdict::binds)
      return;
    out.rewrite = *text;
  }

  const Context& asker_;
  const Shelves& from_;
  Running& running_;
  const ReplayJob& job_;
  const ReadersQuery& query_;
  Trail trail_;  // its reader asked for nothing: what is refused here is nobody's refusal
  const Context as_;
  std::optional<query::Places> places_;
  std::optional<Result<RowsGiven>> before_;
};

}  // namespace

std::optional<std::string> rewrite_of(const Live& live, const ReplayJob& job,
                                      const query::Statement& statement,
                                      const std::optional<query::Places>& places) {
  if (!places) return std::nullopt;
  query::Renames renames{
      .tables = named_by(live, *places, job.instead.from), .to = job.table, .columns = {}};
  for (const Renamed& each : job.renamed)
    renames.columns.emplace_back(lower_ascii(each.from), each.to);
  if (statement.catalog != kMeshCatalog) renames.to = fmt::format("{}.{}", kMeshCatalog, job.table);
  return query::rewritten(statement.sql, *places, renames);
}

Result<std::string> rewrite_again(const Context& context, const Shelves& from, const ReplayJob& job,
                                  const query::Statement& statement) {
  Opening opening(from, context, statement, {}, {}, job.instead);
  HANSA_CHECK(opening.read());
  return rewrite_of(from.live, job, statement, opening.facts().places).value_or("");
}

Trial try_query(const Context& asker, const Shelves& from, Running& running, const ReplayJob& job,
                const ReadersQuery& query) {
  return Tried(asker, from, running, job, query).judge();
}

}  // namespace hansa::service
