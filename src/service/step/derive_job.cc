#include "service/step/derive_job.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "service/step/find.h"
#include "service/step/plan_bridge.h"
#include "service/step/written.h"

namespace hansa::service {

Result<const Port*> own_port(const Context& context, const View& view, const std::string& ref) {
  HANSA_TRY(const Port* port, find_port(context, view, ref));
  HANSA_CHECK(authorize(context, view, Action::publish, on(*port), ref));
  return port;
}

Context as_account(const Context& context, const DeriveJob& job, Trail& trail) {
  return {.who = caller_of(job.derivation, job.ref),
          .request = context.request,
          .now = context.now,
          .deadline = context.deadline,
          .stop = context.stop,
          .trail = trail};
}

Opening opening_of(const Context& as, const Shelves& from, const DeriveJob& job, bool placed) {
  return {from,
          as,
          {.sql = job.derivation.sql,
           .parameters = {},
           .catalog = job.derivation.catalog,
           .schema = job.derivation.schema},
          {},
          Makes{job.derivation.id, placed}};
}

std::shared_ptr<Reads> reads_of(const Context& as, const Shelves& from, const DeriveJob& job) {
  return std::make_shared<Reads>(from.world.store, nullptr,
                                 ReadBy{.query = new_id<QueryId>(as.now),
                                        .request = as.request,
                                        .who = as.who,
                                        .kind = {},
                                        .said = {},
                                        .asked = {.statement = {.sql = job.derivation.sql,
                                                                .parameters = {},
                                                                .catalog = job.derivation.catalog,
                                                                .schema = job.derivation.schema}},
                                        .makes = job.ref,
                                        .makes_port = job.derivation.id,
                                        .started = as.now,
                                        .started_us = steady_us()});
}

Result<void> check_facts(const query::TreeFacts& facts, const DeriveJob& job) {
  if (facts.kind != query::StatementKind::select)
    return invalid("a port is made by a SELECT, not by DESCRIBE, SUMMARIZE or SHOW");
  if (facts.parameters != 0)
    return invalid("the query has parameters, and nobody gives them", "write the values");
  if (facts.tables.empty()) return invalid("the query reads no port", "select from domain.port");
  for (const query::TableUse& use : facts.tables)
    if (use.table.kind != query::TableKind::port || !use.rows)
      return invalid(
          fmt::format("{}.{} is no port whose rows are read", use.table.schema, use.table.name),
          "read ports only");
  if (facts.moves && job.kind == PortKind::view)
    return invalid(
        "the query reads the time or chance, so a view of it would not stay the same "
        "while what it reads does",
        "leave now(), current_date, random() and their like to whoever reads the view, "
        "or make a table of it");
  return {};
}

Result<void> check_columns(const DeriveJob& job, const query::Bound& bound) {
  Schema data;
  for (const query::Column& column : bound.columns) {
    const auto known = std::ranges::find(job.columns.columns, column.name, &Column::name);
    Column shape = known == job.columns.columns.end() ? Column{} : *known;
    shape.name = column.name;
    data.columns.push_back(std::move(shape));
  }
  const auto differ = misfits(job.columns, data);
  if (differ.empty()) return {};
  return blocked(
      fmt::format("the query does not fit the contract of {}: {}", job.ref, join(differ, "; ")),
      "name the query's columns as the contract does, or change the contract");
}

Result<void> decide_again(const Context& as, const View& view, const Planned& planned,
                          Attempt& out) {
  for (const Permit& read : planned.permits) {
    const auto* port = view.mesh.find<Port>(read.decision().ask.on.id);
    if (port == nullptr) return unknown("port", "one of those that were read");
    HANSA_TRY(Permit permit, authorize(as, view, Action::read, on(*port), view.mesh.ref_of(*port)));
    if (permit.decision().visible != read.decision().visible)
      return conflict("the access changed meanwhile", "do it again");
    out.permits.push_back(std::move(permit));
  }
  for (const Borrowed& each : borrowed(planned)) {
    Ask ask = each.permit.decision().ask;
    ask.now = as.now;
    if (!policy::judge(view.rights, view.mesh, ask, view.seq).allowed)
      return std::unexpected(each.lost);
  }
  return {};
}

Result<void> check_place(const View& view, const DeriveJob& job,
                         const std::vector<SourceRead>& reads, Attempt& out) {
  const auto* port = view.mesh.find<Port>(job.derivation.id);
  if (port == nullptr) return unknown("port", job.ref);
  HANSA_CHECK(check_account(view, job.derivation.runs_as, *port));
  HANSA_CHECK(check_protection(view, *port, reads));
  // What was read, and where its names lead by now.
  for (const auto& sources : {reads, sources_now(view, job.derivation)}) {
    HANSA_TRY(const Chain chain,
              check_acyclic(view.mesh, job.derivation.id, sources, sources_now(view)));
    rely_on(view, chain, out);
  }
  out.relies_on.push_back(deprecation_or_none(view, job.derivation.id));
  // A source that is deleted meanwhile stops what is made of it.
  for (const SourceRead& read : reads) {
    auto source = view.mesh.noun("port", read.port.ulid);
    if (!source) return unknown("port", "one of those that were read");
    out.relies_on.push_back(*std::move(source));
  }
  for (const auto& [kind, id] :
       {std::pair{"contract", port->contract.ulid}, std::pair{"product", port->product.ulid},
        std::pair{"principal", job.derivation.runs_as.ulid}})
    if (auto noun = view.mesh.noun(kind, id)) out.relies_on.push_back(*std::move(noun));
  return {};
}

}  // namespace hansa::service
