#include "service/bridge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "query/tree.h"
#include "service/authority/commit.h"
#include "service/step/bridging.h"
#include "service/step/migration.h"
#include "service/step/tidings.h"
#include "service/step/told.h"

namespace hansa::service {
namespace {

// Two versions as values: they outlive the view they were read from.
struct Wish {
  Port port;
  PortId next;
  std::string sql;
  Schema old_columns;
  query::Relation relation;  // the next version's
  Permit permit;             // to read the old version
};

Result<Wish> wish_for(const Context& context, const View& view, const std::string& text,
                      const std::string& use, const std::string& sql) {
  HANSA_TRY(const Port* port, find_version(context, view, text));
  HANSA_CHECK(authorize(context, view, Action::manage, on(*port), text));
  const Port* next = nullptr;
  if (!use.empty()) {
    HANSA_TRY(next, find_version(context, view, use));
  } else if (const auto* ends = view.mesh.find<Deprecation>(port->id); ends && ends->use) {
    next = view.mesh.find<Port>(*ends->use);
  }
  if (next == nullptr)
    return invalid("a bridge reads the version that replaces the old one", "name it: --use PORT@2");
  HANSA_CHECK(check_bridgeable(view, *port, *next));
  // What the SQL gives, and the words of its errors, are of the next version's rows.
  HANSA_CHECK(authorize(context, view, Action::read, on(*next), view.mesh.ref_of(*next)));
  HANSA_TRY(Permit permit, authorize(context, view, Action::read, on(*port), text));
  const auto* old = view.mesh.find<Contract>(port->contract);
  const auto* promised = view.mesh.find<Contract>(next->contract);
  if (old == nullptr || promised == nullptr) return invalid("a version has no contract");
  return Wish{.port = *port,
              .next = next->id,
              .sql = sql,
              .old_columns = old->schema,
              .relation = relation_of_next(view, *next, *promised),
              .permit = std::move(permit)};
}

Result<query::TreeFacts> read_sql(const Context& context, const Shelves& from, const Wish& wish) {
  HANSA_TRY(const std::shared_ptr<engine::Lease> lease,
            from.world.engine.lease(context.who.id, context.deadline, context.stop));
  HANSA_TRY(const engine::Tree tree, lease->parse(wish.sql));
  return query::walk(
      tree.json, {.defaults = {.catalog = wish.relation.catalog, .schema = wish.relation.schema},
                  .sql = wish.sql});
}

Result<void> check_facts(const query::TreeFacts& facts, const query::Relation& next) {
  if (facts.kind != query::StatementKind::select)
    return invalid("a bridge is a SELECT, not DESCRIBE, SUMMARIZE or SHOW");
  if (facts.parameters != 0)
    return invalid("the bridge has parameters, and nobody gives them", "write the values");
  for (const query::TableUse& use : facts.tables)
    if (use.table.kind != query::TableKind::port || use.table.catalog != next.catalog ||
        use.table.schema != next.schema || use.table.name != next.name)
      return invalid(fmt::format("a bridge reads {} and nothing else, and this one names {}.{}",
                                 kNext, use.table.schema, use.table.name),
                     fmt::format("select ... from {}", kNext));
  if (facts.tables.empty())
    return invalid("the bridge reads nothing", fmt::format("select ... from {}", kNext));
  if (facts.moves)
    return invalid("the bridge reads the time or chance, and its rows would not stay the same",
                   "leave now(), random(), samples and their like to whoever reads it");
  return {};
}

// Each column of the old version, with what it depends on.
Result<std::vector<BridgedColumn>> columns_of(const Schema& old,
                                              std::vector<query::Dependence> given) {
  std::vector<BridgedColumn> out;
  std::vector<std::string> missing;
  for (const Column& column : old.columns) {
    const auto found = std::ranges::find(given, lower_ascii(column.name), &query::Dependence::name);
    if (found == given.end()) {
      missing.push_back(column.name);
      continue;
    }
    std::ranges::sort(found->columns);
    out.push_back({column.name, std::move(found->columns)});
    given.erase(found);
  }
  if (!missing.empty())
    return blocked(
        fmt::format("the bridge does not give {}, which the old version has", join(missing, ", ")),
        "give all of its columns: cast(null as varchar) as NAME, where there is no value");
  if (!given.empty())
    return blocked(fmt::format("the bridge gives {}, which the old version does not have once",
                               given.front().name),
                   "give exactly the columns of the old version");
  return out;
}

Result<void> check_sql(const std::string& sql) {
  if (trim(sql).empty()) return invalid("the bridge is empty", "a SELECT over next");
  if (sql.size() <= bridge_bytes_max) return {};
  return invalid(
      fmt::format("the bridge has {} bytes; at most {} are allowed", sql.size(), bridge_bytes_max),
      "what takes more is a product of its own");
}

Result<Bridge> learn(const Context& context, const Shelves& from, const Wish& wish) {
  HANSA_TRY(query::TreeFacts facts, read_sql(context, from, wish));
  HANSA_CHECK(check_facts(facts, wish.relation));
  std::optional<std::vector<query::Dependence>> given;
  if (facts.naming) given = query::dependences_of(*facts.naming, wish.relation.columns);
  if (!given)
    return invalid(
        "it cannot be said which columns of the next version each column depends on",
        "write one SELECT over next that names its columns, without *, subqueries, joins and WITH, "
        "each with a name of its own, and few of them in WHERE");
  Bridge bridge{.sql = wish.sql, .columns = {}, .set_by = context.who.id, .set_at = context.now};
  HANSA_TRY(bridge.columns, columns_of(wish.old_columns, *std::move(given)));
  HANSA_TRY(auto planned, from.live.read([&](const View& view) {
    const Deprecation about_to_be{
        .id = wish.port.id, .use = wish.next, .by = {}, .why = {}, .renamed = {}, .bridge = bridge};
    return plan_bridge(view, wish.port, std::make_shared<Deprecation>(about_to_be), context.now);
  }));
  const auto reading = from.tables.readers().enter(context.now);  // its files stay
  BridgeAsk ask{.made_of = nullptr, .files = {}, .permit = wish.permit, .tell = true};
  if (planned.state) {
    HANSA_TRY(const auto files, from.tables.files(from.world.objects, *planned.state));
    ask.files = plan_files(*files);
  }
  ask.made_of = std::make_shared<PlannedBridge>(std::move(planned));
  HANSA_CHECK(from.copies.make(context, from.world.engine, ask));
  return bridge;
}

// Changes the bridge of a version that is announced to end.
Result<api::DeprecationView> change_bridge(const Context& context, Live& live, World& world,
                                           const HouseRules& rules, const std::string& text,
                                           const std::optional<Bridge>& bridge) {
  HANSA_TRY(const Versions ids, versions_of(context, live, text));
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Port* port, find_version(context, view, text));
    const std::string ref = view.mesh.ref_of(*port);
    Attempt out;
    HANSA_TRY(Permit permit, authorize(context, view, Action::manage, on(*port), ref));
    HANSA_TRY(const Deprecation* found, deprecation_of(view, *port));
    if (bridge && found->retired_at) return blocked(fmt::format("{} is retired already", ref));
    Deprecation after = *found;
    after.bridge = bridge;
    if (bridge) HANSA_CHECK(check_bridge_place(view, *port, after, context.now, out));
    if (!bridge && !found->bridge)
      return not_found(fmt::format("{} has no bridge: its own data is read", ref));
    const std::string_view type = bridge ? "version.bridged" : "version.unbridged";
    out.messages.push_back(tell_all_told(context, view, *port, after, type));
    out.changes.push_back(
        change(context, share(std::move(after)), type, Json::Object{{"port", ref}}));
    out.permits.push_back(std::move(permit));
    return out;
  }));
  return deprecation_now(context, live, world, rules, ids);
}

}  // namespace

Result<std::optional<Bridge>> bridge_for(const Context& context, const Shelves& from,
                                         const api::Deprecate& ask) {
  if (ask.bridge.empty()) return std::optional<Bridge>();
  HANSA_CHECK(check_sql(ask.bridge));
  HANSA_TRY(const Wish wish, from.live.read([&](const View& view) {
    return wish_for(context, view, ask.port, ask.use, ask.bridge);
  }));
  HANSA_TRY(Bridge bridge, learn(context, from, wish));
  return std::optional(std::move(bridge));
}

Result<api::DeprecationView> set_bridge(const Context& context, const Shelves& from,
                                        const HouseRules& rules, const api::SetBridge& ask) {
  HANSA_CHECK(check_sql(ask.sql));
  const std::string text = ask.domain + "/" + ask.port;
  HANSA_CHECK(versions_of(context, from.live, text));
  HANSA_TRY(const Wish wish, from.live.read([&](const View& view) {
    return wish_for(context, view, text, {}, ask.sql);
  }));
  HANSA_TRY(const Bridge bridge, learn(context, from, wish));
  return change_bridge(context, from.live, from.world, rules, text, bridge);
}

Result<api::DeprecationView> remove_bridge(const Context& context, Live& live, World& world,
                                           const HouseRules& rules, const api::OneVersion& ask) {
  return change_bridge(context, live, world, rules, ask.domain + "/" + ask.port, {});
}

}  // namespace hansa::service
