#include "service/step/derived.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/rows.h"
#include "policy/explain.h"
#include "service/step/plan_bridge.h"
#include "service/step/resolve.h"

namespace hansa::service {
namespace {

// The deletion itself left the words.
Error source_gone(const Derivation& derivation) {
  if (!derivation.stopped.empty()) return {Code::not_found, derivation.stopped, derivation.next};
  return {Code::not_found, "a port that it reads is gone", "set another query"};
}

// What a query reads if its names lead where `lead` says.
template <class Lead>
std::vector<SourceRead> sources_of(const View& view, const Derivation& derivation,
                                   const Lead& lead) {
  std::vector<SourceRead> out;
  const auto* made = view.mesh.find<Port>(derivation.id);
  const bool is_view = made != nullptr && made->kind == PortKind::view;
  for (std::size_t i = 0; i < derivation.tables.size(); ++i) {
    const NamedTable& name = derivation.tables[i];
    const SourceRead* known = i < derivation.sources.size() ? &derivation.sources[i] : nullptr;
    const Port* port = lead(SqlTable{name.catalog, name.schema, name.name});
    const auto* contract = port ? view.mesh.find<Contract>(port->contract) : nullptr;
    const bool same = known != nullptr && port != nullptr && known->port == port->id;
    // What leads nowhere is what it was. Another version may have columns that a view reads too.
    if (known != nullptr &&
        (contract == nullptr || (same && (!is_view || known->version == contract->version)))) {
      out.push_back(*known);
      out.back().state.clear();
    } else if (contract != nullptr) {
      SourceRead read{.port = port->id, .version = contract->version};
      for (const Column& column : contract->schema.columns) read.columns.push_back(column.name);
      out.push_back(std::move(read));
    }
  }
  return out;
}

}  // namespace

Caller caller_of(const Derivation& derivation, std::string_view client) {
  return {.id = derivation.runs_as,
          .credential = {},
          .door = "derivation",
          .client = std::string(client),
          .peer = {}};
}

Result<const Principal*> check_account(const View& view, PrincipalId account, const Port& port) {
  const auto* found = view.mesh.find<Principal>(account);
  const auto* domain = view.mesh.find<Domain>(port.domain);
  if (found == nullptr || domain == nullptr)
    return invalid("the service account that makes it is gone", "name another: --as NAME");
  if (found->kind != PrincipalKind::service_account)
    return invalid(fmt::format("{} is no service account", found->name),
                   "a query runs as a service account of the team that owns the port");
  if (found->disabled)
    return denied(fmt::format("service account {} is switched off", found->name),
                  "ask an administrator, or name another: --as NAME");
  if (!found->team || *found->team != domain->owner)
    return denied(fmt::format("service account {} does not answer to {}", found->name,
                              policy::owner_words(view.mesh, domain->id)),
                  "name one that does: --as NAME");
  return found;
}

Result<void> check_protection(const View& view, const Port& port,
                              const std::vector<SourceRead>& reads) {
  const auto* contract = view.mesh.find<Contract>(port.contract);
  const auto* product = view.mesh.find<Product>(port.product);
  if (contract == nullptr || product == nullptr) return {};
  return check_protected(*contract, *product,
                         protection_of(made_of(view.mesh, reads, sources_now(view))));
}

Result<void> check_rows(const Context& context, const View& view, const Contract& contract,
                        const Product& product, const std::vector<MadeOf>& rows) {
  for (const MadeOf& each : rows) {
    auto held = check_protected(contract, product, each.demands);
    if (held) continue;
    const auto* port = view.mesh.find<Port>(each.port);
    Error& error = held.error();
    error.text += fmt::format(": {}", port != nullptr && may(context, view, Action::know, on(*port))
                                          ? view.mesh.ref_of(*port)
                                          : "a port that you may not know of");
    error.next += "; rows count until a day after they were replaced";
    return held;
  }
  return {};
}

std::vector<SourceRead> sources_now(const View& view, const Derivation& derivation) {
  return sources_of(view, derivation, [&](const SqlTable& name) { return resolve(view, name); });
}

SourcesOf sources_now(const View& view) {
  return [&view](const Derivation& derivation) { return sources_now(view, derivation); };
}

Result<void> check_default(const Context& context, const View& view, const Port& heir,
                           Attempt& out) {
  const SourcesOf after = [&](const Derivation& derivation) {
    return sources_of(view, derivation, [&](const SqlTable& name) {
      const Meant meant = meant_by(view, name);
      const bool follows = meant.port != nullptr && meant.by_default &&
                           meant.port->domain == heir.domain && meant.port->name == heir.name;
      return follows ? &heir : meant.port;
    });
  };
  for (const auto& [id, entry] : view.mesh.all<Derivation>()) {
    const Derivation& each = *entry.noun;
    const auto reads = after(each);
    if (std::ranges::find(reads, heir.id, &SourceRead::port) == reads.end()) continue;
    const auto chain = check_acyclic(view.mesh, each.id, reads, after);
    if (!chain) {
      const auto* made = view.mesh.find<Port>(each.id);
      const bool known = made != nullptr && may(context, view, Action::know, on(*made));
      const std::string ref = view.mesh.ref_of(heir);
      return blocked(
          fmt::format("{} cannot be what {} means: then, in {}, {}", ref,
                      ref.substr(0, ref.find('@')),
                      known ? view.mesh.ref_of(*made) : "a port that you may not know of",
                      chain.error().text),
          "let its query name the version that it reads, as in domain.port_v1");
    }
    rely_on(view, *chain, out);
  }
  // Nor does what it is made of begin to read the name beside this.
  HANSA_TRY(const Chain below, check_acyclic(view.mesh, {}, {{.port = heir.id}}, after));
  rely_on(view, below, out);
  return {};
}

void rely_on(const View& view, const Chain& chain, Attempt& out) {
  for (const PortId below : chain.looked_at) {
    // Where the default moves, names lead elsewhere.
    if (auto port = view.mesh.noun("port", below.ulid)) out.relies_on.push_back(*std::move(port));
    out.relies_on.push_back(
        view.mesh.noun("derivation", below.ulid).value_or(share(Derivation{.id = below})));
    out.relies_on.push_back(deprecation_or_none(view, below));
  }
}

std::vector<MadeOf> made_of(const View& view, PortId port, Time now) {
  return made_of(view.mesh, port, now - api::rows_cursor_kept, sources_now(view));
}

std::optional<Error> why_stopped(const View& view, const Derivation& derivation, Time now) {
  const auto* port = view.mesh.find<Port>(derivation.id);
  if (port == nullptr) return std::nullopt;
  const auto account = check_account(view, derivation.runs_as, *port);
  if (!account) return account.error();
  const std::vector<SourceRead> sources = sources_now(view, derivation);
  for (const SourceRead& read : sources) {
    const auto* source = view.mesh.find<Port>(read.port);
    if (source == nullptr) return source_gone(derivation);
    const Ask ask{derivation.runs_as, Action::read, on(*source), now};
    const Decision decision = policy::judge(view.rights, view.mesh, ask, view.seq);
    if (decision.allowed) continue;
    return Error{Code::denied,
                 fmt::format("{} may not read {}: {}", (*account)->name, view.mesh.ref_of(*source),
                             policy::words(view.mesh, decision)),
                 policy::next_action(view.mesh, decision)};
  }
  if (auto fits = check_protection(view, *port, sources); !fits) return std::move(fits).error();
  if (!derivation.stopped.empty())
    return Error{Code::unavailable, derivation.stopped, derivation.next};
  return std::nullopt;
}

Result<void> check_sources(const View& view, const Derivation& derivation) {
  for (const SourceRead& read : derivation.sources)
    if (view.mesh.find<Port>(read.port) == nullptr) return std::unexpected(source_gone(derivation));
  return {};
}

std::string owner_of(const View& view, const Port& port) {
  return policy::owner_words(view.mesh, port.domain);
}

}  // namespace hansa::service
