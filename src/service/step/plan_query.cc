#include "service/step/plan_query.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "service/step/doomed.h"
#include "service/step/find.h"
#include "service/step/introspect.h"
#include "service/step/plan_bridge.h"
#include "service/step/plan_view.h"
#include "service/step/resolve.h"

namespace hansa::service {
namespace {

// By whatever rule it reads: what is open to all is open to its owners too.
bool owns(const Context& context, const View& view, const Port& port) {
  const auto* subject = view.rights.subject(context.who.id);
  const auto* domain = view.mesh.find<Domain>(port.domain);
  return subject != nullptr && domain != nullptr && subject->in_team(domain->owner);
}

std::string written(const query::TableName& table, const query::Statement& statement) {
  const std::string name = fmt::format("{}.{}", table.schema, table.name);
  return table.catalog == statement.catalog ? name : fmt::format("{}.{}", table.catalog, name);
}

std::unexpected<Error> no_catalog(std::string_view catalog) {
  return invalid(fmt::format("there is no catalog {}", catalog.substr(0, 80)),
                 "the common catalog is mesh");
}

// The same words for a port that does not exist and one the caller may not know of.
std::unexpected<Error> no_table(const Context& context, const View& view,
                                const query::TableUse& use, const query::Statement& statement) {
  const query::TableName& table = use.table;
  std::string text = fmt::format("there is no table {}", written(table, statement));
  if (!is_catalog(context, view, table.catalog)) return no_catalog(table.catalog);
  if (const Mount* ended = ended_mount(view, {table.catalog, table.schema, table.name});
      ended != nullptr && knows_target(context, view, *ended))
    return invalid(fmt::format("{} leads nowhere: {}", written(table, statement), ended->ended),
                   fmt::format("take it away: hansa unmount {}", to_text(ended->id)));
  if (table.catalog != kMeshCatalog)
    return invalid(std::move(text),
                   fmt::format("see what there is: select * from {}.information_schema.tables",
                               sql_identifier(table.catalog)));
  if (const Deletion* deleted = find_deletion(context, view, DeletionKind::port,
                                              written_port({{}, table.schema, table.name})))
    return invalid(fmt::format("{}: {}", text, words(view, *deleted)),
                   "hansa get deletions lists what was deleted");
  std::string near = near_ports(context, view, table.schema, table.name);
  std::ranges::replace(near, '/', '.');
  return invalid(std::move(text), std::move(near));
}

// Whoever may change the view is told why it does not answer, and others whose it is.
Result<void> add_view(const Context& context, const View& view, const Port& port,
                      const Derivation& derivation, Planned& out) {
  auto made_of = std::make_shared<PlannedView>();
  const auto done = plan_view(context, view, port, derivation, out.within, *made_of);
  out.ports.back().made_of = made_of;
  if (done) return {};
  if (!may(context, view, Action::publish, on(port)))
    return std::unexpected(does_not_answer(*made_of));
  return in_context(made_of->ref + " does not answer", done.error());
}

// The same of a version that is served from the next one.
Result<void> add_bridge(const Context& context, const View& view, const Port& port,
                        PlannedPort& out) {
  out.state.reset();  // what was published into it is not read
  const auto noun = view.mesh.noun("deprecation", port.id.ulid);
  auto planned =
      plan_bridge(view, port, std::get<std::shared_ptr<const Deprecation>>(*noun), context.now);
  if (planned) {
    out.bridge = std::make_shared<PlannedBridge>(*std::move(planned));
    return {};
  }
  const std::string ref = view.mesh.ref_of(port);
  if (!may(context, view, Action::publish, on(port)))
    return std::unexpected(does_not_answer(ref, owner_of(view, port)));
  return in_context(ref + " does not answer", planned.error());
}

// Until when the caller is served: as was announced, or as was agreed with it or a team of its own.
Time served_until(const Context& context, const View& view, const Deprecation& deprecation) {
  Time until = deprecation.by;
  const auto look = [&](GranteeKind kind, Ulid id) {
    const auto* told = view.mesh.named<Migration>(claim::migration(deprecation.id, {kind, id}));
    if (told != nullptr && told->agreed) until = std::max(until, *told->agreed);
  };
  look(GranteeKind::user, context.who.id.ulid);
  look(GranteeKind::service_account, context.who.id.ulid);
  if (const auto* subject = view.rights.subject(context.who.id))
    for (const Ulid team : subject->teams) look(GranteeKind::team, team);
  return until;
}

std::optional<VersionEnds> ending_of(const Context& context, const View& view, const Port& port) {
  const auto* deprecation = view.mesh.find<Deprecation>(port.id);
  if (deprecation == nullptr) return std::nullopt;
  const auto* use = deprecation->use ? view.mesh.find<Port>(*deprecation->use) : nullptr;
  const bool known = use != nullptr && may(context, view, Action::know, on(*use));
  VersionEnds out{.ref = view.mesh.ref_of(port),
                  .since = deprecation->set_at,
                  .until = served_until(context, view, *deprecation),
                  .use = known ? view.mesh.ref_of(*use) : "",
                  .words = {}};
  out.words = fmt::format("{} is read until {}{}: {}", out.ref, to_text(out.until).substr(0, 10),
                          known ? ", use " + out.use : "", deprecation->why);
  return out;
}

// Errors: unavailable: reads of it are refused for a while, as was announced.
Result<void> check_brownout(const Context& context, const View& view, const Port& port,
                            PlannedPort& planned) {
  const auto* deprecation = view.mesh.find<Deprecation>(port.id);
  const Brownout* now = deprecation ? brownout_at(*deprecation, context.now) : nullptr;
  if (now == nullptr || planned.own) return {};
  planned.browned_out = true;
  const auto ends = ending_of(context, view, port);
  Error out{
      Code::unavailable,
      fmt::format("reads of {} are refused until {}, as was announced, since it ends on {}: {}",
                  ends->ref, to_words(now->until), to_text(ends->until).substr(0, 10),
                  deprecation->why),
      ends->use.empty() ? fmt::format("ask its owner, {}", owner_of(view, port))
                        : fmt::format("use {} instead", ends->use)};
  const std::int64_t left_s = (now->until.us - context.now.us + 999'999) / 1'000'000;
  out.wait_s = static_cast<std::uint32_t>(std::max<std::int64_t>(left_s, 1));
  return std::unexpected(std::move(out));
}

// Of what is read, and of the version that it is read from.
std::vector<Trouble> troubles_of(const View& view, const Port& port) {
  std::vector<Trouble> out;
  const auto add = [&](PortId of) {
    for (const Incident* each : view.mesh.open_incidents_of(of))
      out.push_back({each->id, fmt::format("{}: {}", view.mesh.ref_of(port), note_of(*each))});
  };
  add(port.id);
  if (const Deprecation* old = bridged(view.mesh, port.id)) add(*old->use);
  return out;
}

// A port the statement reads: `rows` false means only its columns are looked at, which is metadata.
Result<void> add_port(const Context& context, const View& view, const query::TableUse& use,
                      Planned& out) {
  const query::TableName& table = use.table;
  const Port* port = resolve(view, {table.catalog, table.schema, table.name});
  if (port != nullptr && out.instead && out.instead->from == port->id)
    port = view.mesh.find<Port>(out.instead->to);
  if (port == nullptr || !may(context, view, Action::know, on(*port)))
    return no_table(context, view, use, out.plan.statement);
  const auto* contract = view.mesh.find<Contract>(port->contract);
  const auto* data = view.mesh.find<Table>(port->id.ulid);
  const auto* derivation = view.mesh.find<Derivation>(port->id);
  const bool is_view = port->kind == PortKind::view;
  if (contract == nullptr || (is_view ? use.rows && derivation == nullptr : data == nullptr))
    return invalid(fmt::format("{} has no query yet", view.mesh.ref_of(*port)),
                   fmt::format("ask its owner, {}", owner_of(view, *port)));
  if (port->kind != PortKind::table && !is_view)
    return invalid(fmt::format("{} cannot be queried", view.mesh.ref_of(*port)));
  query::Relation relation{.catalog = table.catalog,
                           .schema = table.schema,
                           .name = table.name,
                           .content = query::Content::shape,
                           .port = port->id,
                           .columns = contract->schema,
                           .files = {},
                           .rows = {}};
  if (!use.rows) {
    // Whoever sees a part is told the columns of the part, as a SELECT would.
    const Decision sees = policy::judge(
        view.rights, view.mesh, {context.who.id, Action::read, on(*port), context.now}, view.seq);
    if (const auto part = policy::visible(view.rights, view.mesh, sees))
      relation.columns = shown(*part, relation.columns);
  }
  if (use.rows) {
    auto permit =
        authorize(context, view, Action::read, on(*port), written(table, out.plan.statement));
    relation.content = query::Content::files;
    PlannedPort planned{.port = port->id,
                        .ref = view.mesh.ref_of(*port),
                        .version = contract->version,
                        .own = owns(context, view, *port),
                        .role = {},
                        .state = {},
                        // A refused read has a record of its own.
                        .decision = permit ? permit->decision() : context.trail.take_last(),
                        .relation = out.plan.relations.size(),
                        .visible = {},
                        .product = port->product,
                        .whole = {},
                        .made_of = {},
                        .ends = ending_of(context, view, *port),
                        .troubles = troubles_of(view, *port)};
    if (planned.decision.visible) {
      planned.visible = policy::visible(view.rights, view.mesh, planned.decision);
      relation.visible = planned.decision.visible;
      planned.whole = std::exchange(relation.columns, shown(*planned.visible, relation.columns));
    }
    planned.role = policy::role_words(view.mesh, planned.decision);
    if (data != nullptr && data->current() != nullptr) planned.state = *data->current();
    out.ports.push_back(std::move(planned));
    if (!permit) return std::unexpected(std::move(permit).error());
    HANSA_CHECK(check_brownout(context, view, *port, out.ports.back()));
    if (is_view) HANSA_CHECK(add_view(context, view, *port, *derivation, out));
    if (bridged(view.mesh, port->id) != nullptr)
      HANSA_CHECK(add_bridge(context, view, *port, out.ports.back()));
    out.permits.push_back(*std::move(permit));
  }
  out.plan.relations.push_back(std::move(relation));
  return {};
}

// SHOW TABLES, in the words of information_schema.
std::string show_tables(const query::Statement& statement, const std::string& schema) {
  std::string sql = fmt::format(
      "select table_schema as \"schema\", table_name as name, may_read, comment from "
      "{}.information_schema.tables",
      sql_identifier(statement.catalog));
  const std::string& only = schema.empty() ? statement.schema : schema;
  if (!only.empty()) sql += fmt::format(" where table_schema = {}", sql_literal(only));
  return sql + " order by 1, 2";
}

}  // namespace

Result<void> plan_query(const Context& context, const View& view, const query::TreeFacts& facts,
                        const query::Statement& statement, Planned& out) {
  out.plan.statement = statement;
  if (!is_catalog(context, view, statement.catalog)) return no_catalog(statement.catalog);
  if (facts.parameters != statement.parameters.size())
    return invalid(fmt::format(
        "the statement has {}, and {} given", counted(facts.parameters, "parameter"),
        statement.parameters.size() == 1 ? "1 was"
                                         : fmt::format("{} were", statement.parameters.size())));
  const auto add_introspection = [&](const std::string& catalog,
                                     const std::string& table) -> Result<void> {
    if (!is_catalog(context, view, catalog)) return no_catalog(catalog);
    HANSA_TRY(query::Relation relation, introspect(context, view, catalog, table));
    out.plan.relations.push_back(std::move(relation));
    return {};
  };
  if (facts.kind == query::StatementKind::show_tables) {
    HANSA_CHECK(add_introspection(statement.catalog, "tables"));
    out.plan.statement.sql = show_tables(statement, facts.show_schema);
    return {};
  }
  for (const query::TableUse& use : facts.tables) {
    if (use.table.kind == query::TableKind::information_schema) {
      HANSA_CHECK(add_introspection(use.table.catalog, use.table.name));
    } else {
      HANSA_CHECK(add_port(context, view, use, out));
    }
  }
  if (facts.naming) out.plan.reads = query::reads_of(*facts.naming, out.plan);
  return {};
}

}  // namespace hansa::service
