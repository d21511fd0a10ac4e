#include "service/derive.h"

#include <fmt/format.h>

#include "base/text.h"
#include "service/step/derive_job.h"
#include "service/step/find.h"
#include "service/step/present_derived.h"

namespace hansa::service {
namespace {

std::string ref_of(const api::GetPort& ask) { return fmt::format("{}/{}", ask.domain, ask.port); }

// The account that is named, the one there is, or the only one of the team.
Result<PrincipalId> account_for(const Context& context, const View& view, const Port& port,
                                const std::string& name) {
  if (!name.empty()) {
    HANSA_TRY(const Principal* named, find_principal(context, view, name));
    return named->id;
  }
  if (const auto* before = view.mesh.find<Derivation>(port.id)) return before->runs_as;
  const auto* domain = view.mesh.find<Domain>(port.domain);
  const auto all = domain ? view.rights.answering(domain->owner) : std::span<const Ulid>();
  if (all.size() == 1) return PrincipalId{all.front()};
  return invalid(fmt::format("{} has {}, and the query runs as one of them", owner_of(view, port),
                             counted(all.size(), "service account")),
                 all.empty() ? "an administrator makes one: hansa admin service-account add NAME "
                               "--team TEAM"
                             : "say which: --as NAME");
}

Result<DeriveJob> job_for(const Context& context, const View& view, const api::SetDerivation& ask) {
  const std::string ref = fmt::format("{}/{}", ask.domain, ask.port);
  HANSA_TRY(const Port* port, own_port(context, view, ref));
  const auto* contract = view.mesh.find<Contract>(port->contract);
  if (contract == nullptr || (port->kind != PortKind::table && port->kind != PortKind::view))
    return invalid(fmt::format("{} is neither a table nor a view", ref));
  if (port->kind == PortKind::view && ask.every_seconds != 0)
    return invalid(
        fmt::format("{} is a view: it is made of what is there whenever it is read", ref),
        "leave the interval out");
  HANSA_CHECK(check_not_bridged(view, port->id));
  HANSA_TRY(const PrincipalId account, account_for(context, view, *port, ask.as));
  HANSA_CHECK(check_account(view, account, *port));
  DeriveJob job{.derivation = {.id = port->id,
                               .sql = ask.query,
                               .catalog = ask.catalog.empty() ? std::string(kMeshCatalog)
                                                              : lower_ascii(ask.catalog),
                               .schema = lower_ascii(ask.schema),
                               .runs_as = account,
                               .every_seconds = ask.every_seconds,
                               .set_by = context.who.id,
                               .set_at = context.now},
                .kind = port->kind,
                .ref = view.mesh.ref_of(*port),
                .owner = owner_of(view, *port),
                .columns = contract->schema};
  return job;
}

std::vector<NamedTable> named(const query::TreeFacts& facts) {
  std::vector<NamedTable> out;
  for (const query::TableUse& use : facts.tables)
    out.push_back({use.table.catalog, use.table.schema, use.table.name});
  return out;
}

// A view is made once before it is set: it works, and its first reader does not wait for it.
Result<void> try_view(const Context& as, const Shelves& from, const DeriveJob& job,
                      Opening& opening, const Planned& planned,
                      const std::shared_ptr<Reads>& reads) {
  opening.release();
  auto made_of = std::make_shared<PlannedView>();
  *made_of = {.port = job.derivation.id,
              .ref = job.ref,
              .owner = job.owner,
              .columns = job.columns,
              .as = as.who,
              .sql = job.derivation.sql,
              .sources = planned,
              .key = {}};
  made_of->key = key_of(*made_of, job.derivation);
  const ViewAsk ask{made_of, made_of->sources.plan, reads, true};
  HANSA_CHECK(from.copies.make(as, from.world.engine, ask));
  return {};
}

// Fills in what the query names and reads, and gives what its account may read of it.
Result<Planned> learn(const Context& as, const Shelves& from, DeriveJob& job,
                      const std::shared_ptr<Reads>& reads) {
  Opening opening = opening_of(as, from, job);
  HANSA_CHECK(opening.read());
  HANSA_CHECK(check_facts(opening.facts(), job));
  job.derivation.tables = named(opening.facts());
  job.derivation.moves = opening.facts().moves;
  HANSA_TRY(Planned planned, opening.plan(*reads));
  HANSA_TRY(query::ClosedPlan closed,
            query::ClosedPlan::close(query::Plan(planned.plan), planned.permits));
  query::Bound bound;
  {
    HANSA_TRY(const engine::Opened opened, opening.lease()->run(std::move(closed)));
    bound = opened.bound;
  }
  HANSA_CHECK(check_columns(job, bound));
  job.derivation.sources = sources_of(planned, bound);
  if (job.kind == PortKind::view) HANSA_CHECK(try_view(as, from, job, opening, planned, reads));
  return planned;
}

}  // namespace

Result<api::DerivationView> set_derivation(const Context& context, const Shelves& from,
                                           const api::SetDerivation& ask) {
  HANSA_TRY(DeriveJob job,
            from.live.read([&](const View& view) { return job_for(context, view, ask); }));
  Trail trail;
  const Context as = as_account(context, job, trail);
  const auto reads = reads_of(as, from, job);
  const auto learnt = learn(as, from, job, reads);
  if (!learnt) {
    reads->end(ending_of(learnt.error(), context.stop.stop_requested()));
    return std::unexpected(learnt.error());
  }
  HANSA_CHECK(
      commit(context, from.live, from.world.store, [&](const View& view) -> Result<Attempt> {
        HANSA_TRY(const Port* port, own_port(context, view, job.ref));
        const auto* contract = view.mesh.find<Contract>(port->contract);
        if (contract == nullptr || contract->schema != job.columns)
          return conflict("the contract changed meanwhile", "set it again");
        HANSA_TRY(Permit permit, authorize(context, view, Action::publish, on(*port), job.ref));
        HANSA_CHECK(check_not_bridged(view, port->id));
        Attempt out = attempt(std::move(permit),
                              change(context, share(Derivation(job.derivation)), "derivation.set",
                                     Json::Object{{"port", job.ref}, {"as", to_text(as.who.id)}}));
        // What the account lost meanwhile, it does not make anything of.
        HANSA_CHECK(decide_again(as, view, *learnt, out));
        HANSA_CHECK(check_place(view, job, with_behind(job.derivation.sources, *learnt), out));
        return out;
      }));
  return from.live.read([&](const View& view) -> Result<api::DerivationView> {
    const auto* derivation = view.mesh.find<Derivation>(job.derivation.id);
    if (derivation == nullptr) return conflict("it was ended meanwhile");
    return derivation_view(context, view, *derivation);
  });
}

Result<api::Nothing> remove_derivation(const Context& context, const Shelves& from,
                                       const api::GetPort& ask) {
  HANSA_CHECK(
      commit(context, from.live, from.world.store, [&](const View& view) -> Result<Attempt> {
        HANSA_TRY(const Port* port, own_port(context, view, ref_of(ask)));
        HANSA_TRY(Permit permit, authorize(context, view, Action::publish, on(*port), ref_of(ask)));
        const auto noun = view.mesh.noun("derivation", port->id.ulid);
        if (!noun) return not_found(fmt::format("{} is not made by a query", ref_of(ask)));
        return attempt(std::move(permit), removal(context, *noun, "derivation.removed",
                                                  Json::Object{{"port", view.mesh.ref_of(*port)}}));
      }));
  return api::Nothing{};
}

}  // namespace hansa::service
