#include "service/step/plan_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "base/text.h"
#include "query/tree.h"
#include "service/step/plan_bridge.h"

namespace hansa::service {

void add_columns(Digest& digest, const Schema& schema) {
  for (const Column& column : schema.columns)
    digest.add(fmt::format("{} {} {}\n", column.name.size(), column.name, to_text(column.type)));
}

bool is_made(const PlannedPort& port) { return port.made_of || port.bridge; }

std::string state_of(const PlannedPort& port) {
  if (port.bridge) return port.bridge->key;
  if (port.made_of) return port.made_of->key;
  return port.state ? std::to_string(port.state->snapshot) : std::string();
}

std::int64_t pin_of(const PlannedPort& port) {
  if (!is_made(port)) return port.state ? port.state->snapshot : 0;
  constexpr std::size_t kDigits = 15;  // 60 bits of the key
  std::int64_t out = 0;
  const std::string key = state_of(port);
  (void)std::from_chars(key.data(), key.data() + std::min(kDigits, key.size()), out, 16);
  return out;
}

std::vector<SourceRead> sources_of(const Planned& planned, const query::Bound& bound) {
  std::vector<SourceRead> out;
  for (const PlannedPort& port : planned.ports) {
    SourceRead read{.port = port.port, .version = port.version, .state = state_of(port)};
    if (port.visible) read.part = to_text(id_of(*port.visible));
    for (const query::ReadColumns& each : bound.reads)
      if (each.relation == port.relation) read.columns = each.columns;
    std::ranges::sort(read.columns);
    out.push_back(std::move(read));
  }
  return out;
}

std::vector<SourceRead> with_behind(std::vector<SourceRead> reads, const Planned& planned) {
  for (const PlannedPort& port : planned.ports) {
    if (!port.made_of) continue;
    reads.insert(reads.end(), port.made_of->reads.begin(), port.made_of->reads.end());
    reads = with_behind(std::move(reads), port.made_of->sources);
  }
  return reads;
}

std::string key_of(const PlannedView& planned, const Derivation& derivation) {
  Digest digest;
  digest.add("view " + to_text(planned.port));
  for (const std::string& text : {derivation.catalog, derivation.schema, derivation.sql})
    digest.add(fmt::format(" {} {}", text.size(), text));
  add_columns(digest, planned.columns);
  for (const PlannedPort& port : planned.sources.ports) {
    const query::Relation& relation = planned.sources.plan.relations[port.relation];
    digest.add(fmt::format(" {} {} {}.{}.{}", to_text(port.port), state_of(port), relation.catalog,
                           relation.schema, relation.name));
    if (port.visible) digest.add(to_text(id_of(*port.visible)));
    add_columns(digest, relation.columns);
  }
  return to_hex(digest.finish());
}

Result<void> plan_view(const Context& context, const View& view, const Port& port,
                       const Derivation& derivation, const std::vector<PortId>& within,
                       PlannedView& out) {
  const auto* contract = view.mesh.find<Contract>(port.contract);
  out.port = port.id;
  out.ref = view.mesh.ref_of(port);
  out.owner = owner_of(view, port);
  if (contract != nullptr) out.columns = contract->schema;
  out.as = caller_of(derivation, out.ref);
  out.sql = derivation.sql;
  out.sources.within = within;
  out.sources.within.push_back(port.id);
  // Names move, so what was no round when it was set may have become one.
  if (std::ranges::find(within, port.id) != within.end() ||
      within.size() > limits::derivation_depth_max)
    return blocked("the view reads, through others, what it makes",
                   "leave out of its query what is made of this port");
  HANSA_CHECK(check_sources(view, derivation));
  HANSA_CHECK(check_account(view, derivation.runs_as, port));
  Trail trail;
  const Context as{.who = out.as,
                   .request = context.request,
                   .now = context.now,
                   .deadline = context.deadline,
                   .stop = context.stop,
                   .trail = trail};
  query::TreeFacts facts;
  for (const NamedTable& table : derivation.tables)
    facts.tables.push_back(
        {.table = {query::TableKind::port, table.catalog, table.schema, table.name}});
  HANSA_CHECK(plan_query(as, view, facts,
                         {.sql = derivation.sql,
                          .parameters = {},
                          .catalog = derivation.catalog,
                          .schema = derivation.schema},
                         out.sources));
  out.reads = sources_now(view, derivation);
  for (SourceRead& read : out.reads)
    if (const auto at = std::ranges::find(out.sources.ports, read.port, &PlannedPort::port);
        at != out.sources.ports.end())
      read.state = state_of(*at);
  HANSA_CHECK(check_protection(view, port, out.reads));
  out.key = key_of(out, derivation);
  return {};
}

Error does_not_answer(const PlannedView& planned) {
  return does_not_answer(planned.ref, planned.owner);
}

std::vector<Borrowed> borrowed(const Planned& planned) {
  std::vector<Borrowed> out;
  for (const PlannedPort& port : planned.ports) {
    if (!port.made_of) continue;
    for (const Permit& permit : port.made_of->sources.permits)
      out.push_back({permit, does_not_answer(*port.made_of)});
    // Those further down are told in the words of the view that was asked for.
    for (Borrowed& deeper : borrowed(port.made_of->sources))
      out.push_back({std::move(deeper.permit), does_not_answer(*port.made_of)});
  }
  return out;
}

}  // namespace hansa::service
