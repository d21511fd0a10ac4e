#include "policy/decide.h"

#include <algorithm>

#include "policy/explain.h"

namespace hansa {

struct PermitMaker {
  static Permit make(Decision decision) { return Permit(std::move(decision)); }
};

namespace policy {
namespace {

using Verdict = std::pair<bool, Reason>;

// The facts of one question, looked up once.
struct Case {
  const Rights& rights;
  const Mesh& mesh;
  const Ask& ask;
  const Subject* subject;

  bool in_team(TeamId team) const {
    return std::ranges::find(subject->teams, team.ulid) != subject->teams.end();
  }
  bool owns(const Domain& domain) const { return in_team(domain.owner); }
  bool steward_of(const Domain& domain) const {
    return std::ranges::find(domain.stewards, ask.who) != domain.stewards.end();
  }
};

Verdict allow(Rule rule, Ulid by = {}) { return {true, {rule, by}}; }
Verdict refuse(Rule rule, Ulid by = {}) { return {false, {rule, by}}; }

// Calls `look` with every active grant on the product that the caller may use, until it returns
// true.
template <class Look>
bool any_grant(const Case& c, ProductId product, Look look) {
  for (const GrantsByProduct* grants : c.subject->grants) {
    const auto found = grants->find(product.ulid);
    if (found != grants->end() &&
        std::ranges::any_of(found->second, [&](const auto& grant) { return look(*grant); }))
      return true;
  }
  const auto* to_places = c.rights.grants_to_places(product);
  return to_places != nullptr && std::ranges::any_of(*to_places, [&](const auto& grant) {
           return c.rights.acts_as(c.mesh, *c.subject, grant->grantee) && look(*grant);
         });
}

// The grant in force that covers this port for the caller and ends last, or nullptr.
const Grant* grant_for(const Case& c, const Port& port) {
  const Grant* best = nullptr;
  any_grant(c, port.product, [&](const Grant& grant) {
    if (grant.port != port.name || !covers_major(grant, port.major) || !in_force(grant, c.ask.now))
      return false;
    const bool longer =
        best == nullptr || (best->until && (!grant.until || *grant.until > *best->until));
    if (longer) best = &grant;
    return false;
  });
  return best;
}

// Any grant in force on the product, whatever the port: enough to know of it.
bool holds_grant(const Case& c, const Product& product) {
  return any_grant(c, product.id, [&](const Grant& grant) { return in_force(grant, c.ask.now); });
}

Verdict may_know(const Case& c, const Product& product) {
  const auto* domain = c.mesh.find<Domain>(product.domain);
  if (domain == nullptr) return refuse(Rule::no_such_thing);
  if (c.subject->member && !product.hidden) return allow(Rule::member_may_know);
  if (c.owns(*domain)) return allow(Rule::owner, domain->owner.ulid);
  if (c.steward_of(*domain)) return allow(Rule::steward, domain->id.ulid);
  if (holds_grant(c, product)) return allow(Rule::grant);
  return refuse(product.hidden ? Rule::hidden : Rule::guest);
}

Verdict may_read(const Case& c, const Port& port, const Product& product,
                 std::optional<Time>& until) {
  const auto* domain = c.mesh.find<Domain>(product.domain);
  const auto* organisation = c.mesh.organisation();
  if (domain == nullptr || organisation == nullptr) return refuse(Rule::no_such_thing);
  const bool open = product.visibility == Visibility::open;
  // The template policy: Allow read, to any principal, on open data, if its organisation is this
  // one. A hidden product is not covered by it: what nobody may know of, nobody reads by template.
  if (open && !product.hidden && c.subject->member)
    return allow(Rule::open_to_organisation, organisation->id.ulid);
  if (c.owns(*domain)) return allow(Rule::owner, domain->owner.ulid);
  if (const Grant* grant = grant_for(c, port)) {
    until = grant->until;
    return allow(Rule::grant, grant->id.ulid);
  }
  if (!may_know(c, product).first) return refuse(product.hidden ? Rule::hidden : Rule::guest);
  return refuse(open && !product.hidden ? Rule::guest : Rule::restricted, domain->id.ulid);
}

// Owners act for their domain; nobody else does, the administrator included: who may change the
// mesh's frame shall not thereby read or alter a team's data.
Verdict may_own(const Case& c, DomainId id) {
  const auto* domain = c.mesh.find<Domain>(id);
  if (domain == nullptr) return refuse(Rule::no_such_thing);
  return c.owns(*domain) ? allow(Rule::owner, domain->owner.ulid)
                         : refuse(Rule::not_yours, domain->owner.ulid);
}

// One principal, or a service account and a member of its team.
bool same_hands(const Rights& rights, const Mesh& mesh, PrincipalId one, PrincipalId other) {
  if (one == other) return true;
  const auto in_team_of = [&](PrincipalId who, PrincipalId robot) {
    const auto* service = mesh.find<Principal>(robot);
    const Subject* subject = rights.subject(who);
    return service != nullptr && service->team && subject != nullptr &&
           std::ranges::find(subject->teams, service->team->ulid) != subject->teams.end();
  };
  return in_team_of(one, other) || in_team_of(other, one);
}

Verdict on_grant(const Case& c, const Grant& grant) {
  const auto* product = c.mesh.find<Product>(grant.product);
  const auto* domain = product ? c.mesh.find<Domain>(product->domain) : nullptr;
  if (domain == nullptr) return refuse(Rule::no_such_thing);
  const bool own = same_hands(c.rights, c.mesh, c.ask.who, grant.requested_by);
  const bool mine = benefits(c.rights, c.mesh, c.ask.who, grant.grantee);
  const bool steward = c.steward_of(*domain);
  switch (c.ask.what) {
    case Action::know:
      if (own || mine) return allow(Rule::own_request);
      if (steward) return allow(Rule::steward, domain->id.ulid);
      return c.owns(*domain) ? allow(Rule::owner, domain->owner.ulid)
                             : refuse(Rule::not_yours, domain->owner.ulid);
    case Action::decide:
      if (own) return refuse(Rule::own_request);
      if (mine) return refuse(Rule::own_group);
      if (domain->stewards.empty()) return refuse(Rule::no_steward, domain->id.ulid);
      return steward ? allow(Rule::steward, domain->id.ulid)
                     : refuse(Rule::not_yours, domain->owner.ulid);
    case Action::revoke:
      if (own || mine) return allow(Rule::own_request);
      return steward ? allow(Rule::steward, domain->id.ulid)
                     : refuse(Rule::not_yours, domain->owner.ulid);
    case Action::read:
    case Action::request:
    case Action::publish:
    case Action::manage:
    case Action::administer: return refuse(Rule::no_such_thing);
  }
  return refuse(Rule::no_such_thing);
}

Verdict on_product(const Case& c, const Product& product, const Port* port,
                   std::optional<Time>& until) {
  switch (c.ask.what) {
    case Action::know:
    case Action::request: return may_know(c, product);
    case Action::read:
      return port ? may_read(c, *port, product, until) : refuse(Rule::no_such_thing);
    case Action::publish:
    case Action::manage: return may_own(c, product.domain);
    case Action::decide: {
      const auto* domain = c.mesh.find<Domain>(product.domain);
      if (domain == nullptr) return refuse(Rule::no_such_thing);
      return c.steward_of(*domain) ? allow(Rule::steward, domain->id.ulid)
                                   : refuse(Rule::not_yours, domain->owner.ulid);
    }
    case Action::revoke:
    case Action::administer: return refuse(Rule::no_such_thing);
  }
  return refuse(Rule::no_such_thing);
}

// The frame of the mesh: members may know it, the administrator may change it, and a domain's team
// manages what lies in its accounts.
Verdict on_frame(const Case& c, std::optional<DomainId> domain) {
  if (c.ask.what == Action::know)
    return c.subject->member ? allow(Rule::member_may_know) : refuse(Rule::guest);
  if (c.ask.what == Action::administer)
    return c.subject->administrator ? allow(Rule::administrator) : refuse(Rule::not_yours);
  if (c.ask.what == Action::manage && domain) return may_own(c, *domain);
  return refuse(Rule::no_such_thing);
}

Verdict verdict_of(const Case& c, bool& restricted, std::optional<Time>& until) {
  const Ulid id = c.ask.on.id;
  switch (c.ask.on.kind) {
    case ResourceKind::port: {
      const auto* port = c.mesh.find<Port>(id);
      const auto* product = port ? c.mesh.find<Product>(port->product) : nullptr;
      if (product == nullptr) return refuse(Rule::no_such_thing);
      restricted = product->visibility == Visibility::restricted || product->hidden;
      return on_product(c, *product, port, until);
    }
    case ResourceKind::product: {
      const auto* product = c.mesh.find<Product>(id);
      return product ? on_product(c, *product, nullptr, until) : refuse(Rule::no_such_thing);
    }
    case ResourceKind::grant: {
      const auto* grant = c.mesh.find<Grant>(id);
      return grant ? on_grant(c, *grant) : refuse(Rule::no_such_thing);
    }
    case ResourceKind::domain: {
      const auto* domain = c.mesh.find<Domain>(id);
      return domain ? on_frame(c, domain->id) : refuse(Rule::no_such_thing);
    }
    case ResourceKind::account: {
      const auto* account = c.mesh.find<Account>(id);
      return account ? on_frame(c, account->domain) : refuse(Rule::no_such_thing);
    }
    case ResourceKind::team:
      return c.mesh.find<Team>(id) ? on_frame(c, std::nullopt) : refuse(Rule::no_such_thing);
    case ResourceKind::principal:
      if (c.mesh.find<Principal>(id) == nullptr) return refuse(Rule::no_such_thing);
      // A guest too: who signs in or holds a token handles its own credentials.
      if (c.ask.what == Action::know && id == c.ask.who.ulid) return allow(Rule::oneself);
      return on_frame(c, std::nullopt);
    case ResourceKind::organisation: return on_frame(c, std::nullopt);
  }
  return refuse(Rule::no_such_thing);
}

}  // namespace

bool benefits(const Rights& rights, const Mesh& mesh, PrincipalId who, const Grantee& grantee) {
  if (rights.acts_as(mesh, who, grantee)) return true;
  const bool person =
      grantee.kind == GranteeKind::user || grantee.kind == GranteeKind::service_account;
  return person && same_hands(rights, mesh, who, PrincipalId{grantee.id});
}

Decision judge(const Rights& rights, const Mesh& mesh, const Ask& ask, Seq epoch) {
  Decision decision{
      .ask = ask, .allowed = false, .restricted = false, .reason = {}, .until = {}, .epoch = epoch};
  const Subject* subject = rights.subject(ask.who);
  Verdict verdict = refuse(Rule::no_such_thing);
  if (subject != nullptr && subject->disabled) {
    verdict = refuse(Rule::disabled);
  } else if (subject != nullptr) {
    verdict = verdict_of(Case{rights, mesh, ask, subject}, decision.restricted, decision.until);
  }
  decision.allowed = verdict.first;
  decision.reason = verdict.second;
  return decision;
}

std::expected<Permit, Refusal> decide(const Rights& rights, const Mesh& mesh, const Ask& ask,
                                      Seq epoch) {
  Decision decision = judge(rights, mesh, ask, epoch);
  if (decision.allowed) return PermitMaker::make(std::move(decision));
  Refusal refusal{.decision = std::move(decision), .may_know = false, .next_action = {}};
  Ask know = ask;
  know.what = Action::know;
  refusal.may_know = judge(rights, mesh, know, epoch).allowed;
  if (refusal.may_know) refusal.next_action = next_action(mesh, refusal.decision);
  return std::unexpected(std::move(refusal));
}

}  // namespace policy
}  // namespace hansa
