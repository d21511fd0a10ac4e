#include "service/step/present.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "model/bridge.h"
#include "policy/explain.h"
#include "service/step/present_derived.h"
#include "service/step/promises.h"

namespace hansa::service {
namespace {

template <class T, class Tag>
std::string name_of(const View& view, Id<Tag> id) {
  const T* noun = view.mesh.find<T>(id);
  return noun ? noun->name : "?";
}

std::string owner_of(const View& view, DomainId id) {
  const auto* domain = view.mesh.find<Domain>(id);
  return domain ? name_of<Team>(view, domain->owner) : "?";
}

api::DataView data_view(const View& view, const TableState& state) {
  return {.snapshot = std::to_string(state.snapshot),
          .at = state.at,
          .by = name_of<Principal>(view, state.by),
          .operation = state.operation,
          .seq = state.seq.number,
          .rows = state.rows,
          .bytes = state.bytes,
          .files = state.files,
          .made_by = {state.made_by.begin(), state.made_by.end()}};
}

std::vector<std::string> stewards_of(const View& view, const Domain& domain) {
  std::vector<std::string> out;
  for (const PrincipalId id : domain.stewards) out.push_back(name_of<Principal>(view, id));
  return out;
}

}  // namespace

std::vector<api::ChannelView> channels_of(const Team& team) {
  std::vector<api::ChannelView> out;
  for (const Channel& each : team.channels)
    out.push_back({each.channel, each.url, each.tool, each.scope});
  return out;
}

std::string name_of_principal(const View& view, PrincipalId id) {
  return name_of<Principal>(view, id);
}

api::PortView port_view(const Context& context, const View& view, const Port& port, bool whole) {
  const auto* product = view.mesh.find<Product>(port.product);
  const auto* contract = view.mesh.find<Contract>(port.contract);
  const auto* table = view.mesh.find<Table>(port.id.ulid);
  api::PortView out{.id = to_text(port.id),
                    .ref = view.mesh.ref_of(port),
                    .domain = name_of<Domain>(view, port.domain),
                    .product = product ? product->name : "?",
                    .name = port.name,
                    .major = port.major,
                    .is_default = port.is_default,
                    .version = port.version,
                    .kind = port.kind,
                    .description = port.description,
                    .visibility = product ? product->visibility : Visibility::restricted,
                    .hidden = product && product->hidden,
                    .readable = may(context, view, Action::read, on(port)),
                    .owner = owner_of(view, port.domain),
                    .contract = contract ? contract->key : "",
                    .data = {},
                    .columns = {},
                    .made = {},
                    .inputs = {},
                    .classification = {},
                    .slo = {},
                    .manifest = {}};
  if (contract != nullptr && !contract->objectives.empty())
    if (const auto state = worst(promises_of(view, port, context.now))) out.slo = name_of(*state);
  if (table != nullptr && table->current() != nullptr)
    out.data = data_view(view, *table->current());
  if (const auto* derivation = view.mesh.find<Derivation>(port.id)) {
    out.made = state_of(view, *derivation, context.now);
    out.inputs = inputs_of(context, view, *derivation);
  }
  if (const Deprecation* old = bridged(view.mesh, port.id)) {
    const auto* next = view.mesh.find<Port>(*old->use);
    out.data.reset();  // it is not read
    out.made = "bridged";
    if (next != nullptr && may(context, view, Action::know, on(*next)))
      out.inputs = {view.mesh.ref_of(*next)};
  }
  out.classification = classification_of(view, port.id, context.now);
  if (whole && contract != nullptr)
    for (const Column& column : contract->schema.columns)
      out.columns.push_back(
          {column.name, to_text(column.type), column.required, column.description});
  return out;
}

api::ProductView product_view(const Context& context, const View& view, const Product& product,
                              bool whole) {
  const auto* domain = view.mesh.find<Domain>(product.domain);
  const auto* team = domain ? view.mesh.find<Team>(domain->owner) : nullptr;
  api::ProductView out{.id = to_text(product.id),
                       .ref = view.mesh.ref_of(product),
                       .domain = domain ? domain->name : "?",
                       .name = product.name,
                       .title = product.title,
                       .description = product.description,
                       .version = product.version,
                       .status = product.status,
                       .visibility = product.visibility,
                       .hidden = product.hidden,
                       .account = name_of<Account>(view, product.account),
                       .owner = team ? team->name : "?",
                       .channels = team ? channels_of(*team) : std::vector<api::ChannelView>{},
                       .tags = product.tags,
                       .inputs = {},
                       .ports = {},
                       .manifest = {}};
  for (const InputPort& input : product.inputs) out.inputs.push_back(input.name);
  for (const Port* port : view.mesh.ports_of(product.id))
    out.ports.push_back(port_view(context, view, *port, whole));
  return out;
}

api::DomainView domain_view(const Context& context, const View& view, const Domain& domain) {
  api::DomainView out{.id = to_text(domain.id),
                      .name = domain.name,
                      .title = domain.title,
                      .description = domain.description,
                      .owner = name_of<Team>(view, domain.owner),
                      .parent = domain.parent ? name_of<Domain>(view, *domain.parent) : "",
                      .visibility = domain.visibility,
                      .stewards = stewards_of(view, domain),
                      .accounts = {},
                      .products = 0};
  for (const auto& [id, entry] : view.mesh.all<Account>())
    if (entry.noun->domain == domain.id) out.accounts.push_back(entry.noun->name);
  std::ranges::sort(out.accounts);
  const std::string prefix = domain.name + "/";
  const auto sight = sight_of(context, view);
  const auto& ordered = view.mesh.products_in_order();
  for (auto at = ordered.lower_bound(prefix); at != ordered.end() && at->key.starts_with(prefix);
       ++at)
    if (sight.product(at->slot)) ++out.products;
  return out;
}

api::TeamView team_view(const View& view, const Team& team) {
  api::TeamView out{.id = to_text(team.id),
                    .name = team.name,
                    .title = team.title,
                    .description = team.description,
                    .members = {},
                    .channels = channels_of(team),
                    .domains = {}};
  for (const PrincipalId id : team.members) out.members.push_back(name_of<Principal>(view, id));
  for (const auto& [id, entry] : view.mesh.all<Domain>())
    if (entry.noun->owner == team.id) out.domains.push_back(entry.noun->name);
  std::ranges::sort(out.domains);
  return out;
}

api::AccountView account_view(const View& view, const Account& account) {
  return {.id = to_text(account.id),
          .name = account.name,
          .domain = name_of<Domain>(view, account.domain),
          .owner = owner_of(view, account.domain),
          .bucket = account.bucket,
          .catalog = account.catalog,
          .quota_bytes = account.quota_bytes};
}

api::MountView mount_view(const View& view, const Mount& mount) {
  api::MountView out{.id = to_text(mount.id),
                     .into = name_of<Account>(view, mount.into),
                     .as = mount.table.empty() ? mount.schema : mount.schema + "." + mount.table,
                     .kind = {},
                     .target = {},
                     .ended = mount.ended};
  switch (mount.kind) {
    case MountKind::port: {
      const auto* product = view.mesh.find<Product>(mount.target);
      out.kind = "port";
      out.target = fmt::format("{}/{}", product ? name_of<Domain>(view, product->domain) : "?",
                               mount.target_port);
      if (mount.target_major != 0) out.target += fmt::format("@{}", mount.target_major);
      break;
    }
    case MountKind::domain:
      out.kind = "domain";
      out.target = name_of<Domain>(view, DomainId{mount.target});
      break;
    case MountKind::catalog:
      out.kind = "catalog";
      out.target = name_of<Account>(view, AccountId{mount.target});
      break;
  }
  return out;
}

api::PrincipalView principal_view(const View& view, const Principal& principal) {
  api::PrincipalView out{.id = to_text(principal.id),
                         .kind = principal.kind,
                         .name = principal.name,
                         .title = principal.title,
                         .member = view.mesh.organisation() != nullptr &&
                                   principal.organisation == view.mesh.organisation()->id,
                         .administrator = principal.administrator,
                         .disabled = principal.disabled,
                         .belongs_to = {},
                         .team = principal.team ? name_of<Team>(view, *principal.team) : ""};
  for (const PrincipalId id : principal.belongs_to)
    out.belongs_to.push_back(name_of<Principal>(view, id));
  return out;
}

std::string state_of(const Grant& grant, Time now) {
  switch (grant.state) {
    case GrantState::requested: return "requested";
    case GrantState::rejected: return "rejected";
    case GrantState::revoked: return "revoked";
    case GrantState::active: break;
  }
  if (grant.until && *grant.until <= now) return "expired";
  return grant.not_before && now < *grant.not_before ? "not-yet" : "active";
}

std::string port_name_of(const View& view, const Grant& grant) {
  const auto* product = view.mesh.find<Product>(grant.product);
  const auto* domain = product ? view.mesh.find<Domain>(product->domain) : nullptr;
  if (domain != nullptr) return fmt::format("{}/{}", domain->name, grant.port);
  // Of a product that was deleted.
  const auto* deleted = view.mesh.find<Deletion>(grant.product.ulid);
  return fmt::format("{}/{}", deleted ? deleted->name.substr(0, deleted->name.find('/')) : "?",
                     grant.port);
}

namespace {

// Fewer would tell what became of one of them.
constexpr std::size_t kAnswersMin = 3;
constexpr std::size_t kAnswersMax = 50;
constexpr std::size_t kLookedAtMax = 200;

// Of the last ones, those about hidden products aside.
std::optional<std::uint64_t> usual_answer(const View& view, const Domain& domain) {
  std::vector<Micros> waits;
  const auto all = view.mesh.ledger().all(Ledger::By::domain, domain.id.ulid);
  for (const auto& entry : all.last(std::min(all.size(), kLookedAtMax)) | std::views::reverse) {
    const auto* grant = view.mesh.find<Grant>(entry.grant);
    const auto* product = view.mesh.find<Product>(grant->product);
    const auto wait = answered_after(*grant);
    if (!wait || product == nullptr || product->hidden) continue;
    waits.push_back(*wait);
    if (waits.size() == kAnswersMax) break;
  }
  if (waits.size() < kAnswersMin) return std::nullopt;
  const auto middle = waits.begin() + static_cast<std::ptrdiff_t>(waits.size() / 2);
  std::ranges::nth_element(waits, middle);
  return static_cast<std::uint64_t>(std::chrono::duration_cast<Seconds>(*middle).count());
}

}  // namespace

api::AccessView access_view(const View& view, const Grant& grant, Time now) {
  const auto* product = view.mesh.find<Product>(grant.product);
  const auto* domain = product ? view.mesh.find<Domain>(product->domain) : nullptr;
  api::AccessView out{
      .id = to_text(grant.id),
      .number = fmt::format("r-{}", grant.number),
      .port = port_name_of(view, grant),
      .majors = grant.majors,
      .grantee = policy::name_of(view.mesh, grant.grantee),
      .grantee_kind = grant.grantee.kind,
      .scope = grant.scope,
      .state = state_of(grant, now),
      .purpose = grant.purpose,
      .requested_by = name_of<Principal>(view, grant.requested_by),
      .requested_at = grant.requested_at,
      .decided_by = grant.decided_by ? name_of<Principal>(view, *grant.decided_by) : "",
      .decided_at = grant.decided_at,
      .reason = grant.reason,
      .not_before = grant.not_before,
      .until = grant.until,
      .stewards = {},
      .steps = {}};
  for (const GrantStep& step : grant.steps)
    out.steps.push_back({step.act, name_of<Principal>(view, step.by), step.at, step.seq.number});
  if (domain != nullptr) out.stewards = stewards_of(view, *domain);
  if (domain != nullptr && grant.state == GrantState::requested)
    out.usual_answer_seconds = usual_answer(view, *domain);
  return out;
}

}  // namespace hansa::service
