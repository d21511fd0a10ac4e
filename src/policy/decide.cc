#include "policy/decide.h"

#include <algorithm>

#include "policy/explain.h"
#include "policy/part.h"

namespace hansa {

struct PermitMaker {
  static Permit make(Decision decision) { return Permit(std::move(decision)); }
};

namespace policy {
namespace {

// Grants of one caller worth a sorted list of their products.
constexpr std::size_t kGrantedMax = 4'096;

using Verdict = std::pair<bool, Reason>;

// The facts of one question, looked up once.
struct Case {
  const Rights& rights;
  const Mesh& mesh;
  const Ask& ask;
  const Subject& subject;
  const Sight* sight = nullptr;  // that asks

  bool owns(const DomainFacts& domain) const { return subject.in_team(domain.owner); }
  bool steward_of(const DomainFacts& domain) const { return holds(domain.stewards, ask.who); }
};

Verdict allow(Rule rule, Ulid by = {}) { return {true, {rule, by}}; }
Verdict refuse(Rule rule, Ulid by = {}) { return {false, {rule, by}}; }

// Whether the grant is in force for the caller.
bool counts(const Mesh& mesh, const Subject& subject, const Grants::Row& row, Time now) {
  return row.holds(now) && (!row.scoped || meets(mesh, *subject.principal, row.grant->scope));
}

// What grants in force give the caller on a port: one that shows all of it, the one that ends last;
// or else those that show a part.
struct Given {
  const Grants::Row* whole = nullptr;
  Parts parts;
};

Given given(const Case& c, const PortFacts& port) {
  const Grants& grants = c.rights.grants();
  Given out;
  const Grants::Row*& best = out.whole;
  for (const Index holder : c.subject.holders.all())
    for (const Index at : grants.on_shelf(port.shelf, holder)) {
      const Grants::Row& row = grants.row(at);
      if (row.until <= c.ask.now || (best != nullptr && row.until <= best->until)) break;
      if (!row.covers(port.major) || !counts(c.mesh, c.subject, row, c.ask.now)) continue;
      if (!row.scoped || row.grant->scope.shows_all()) best = &row;
      else if (fits(c.mesh, *c.mesh.find<Port>(c.ask.on.id), row.grant->scope))
        out.parts.grants.push_back(row.grant.get());
    }
  return out;
}

// Any grant in force on the product, whatever the port: enough to know of it.
bool holds_grant(const Case& c, const ProductFacts& product) {
  if (const auto* granted = c.sight != nullptr ? c.sight->granted() : nullptr)
    return std::ranges::binary_search(*granted, product.index);
  const Grants& grants = c.rights.grants();
  for (const Index holder : c.subject.holders.all())
    for (const Index at : grants.on_product(product.index, holder)) {
      const Grants::Row& row = grants.row(at);
      if (row.until <= c.ask.now) break;
      if (counts(c.mesh, c.subject, row, c.ask.now)) return true;
    }
  return false;
}

// Whether the caller may know of it, and why.
std::pair<bool, Rule> knows(const Case& c, const ProductFacts& product, const DomainFacts* domain) {
  if (domain == nullptr) return {false, Rule::no_such_thing};
  if (!product.hidden && c.rights.is_member(c.subject)) return {true, Rule::member_may_know};
  if (c.owns(*domain)) return {true, Rule::owner};
  if (c.steward_of(*domain)) return {true, Rule::steward};
  if (holds_grant(c, product)) return {true, Rule::grant};
  return {false, product.hidden ? Rule::hidden : Rule::guest};
}

Verdict may_know(const Case& c, const ProductFacts& product) {
  const DomainFacts* domain = c.rights.domain_at(product.domain);
  const auto [allowed, rule] = knows(c, product, domain);
  const Ulid by = rule == Rule::owner ? domain->team : rule == Rule::steward ? domain->id : Ulid{};
  return {allowed, {rule, by}};
}

Verdict may_read(const Case& c, const PortFacts& port, Decision& decision) {
  const ProductFacts& product = port.product;
  const DomainFacts* domain = c.rights.domain_at(product.domain);
  const auto organisation = c.rights.organisation();
  if (domain == nullptr || !organisation) return refuse(Rule::no_such_thing);
  // Over for everybody, its owners too: what nobody reads cannot be relied on again unseen.
  if (port.retired)
    return may_know(c, product).first ? refuse(Rule::retired, c.ask.on.id)
                                      : refuse(product.hidden ? Rule::hidden : Rule::guest);
  // The template policy: Allow read, to any principal, on open data, if its organisation is this
  // one. A hidden product is not covered by it: what nobody may know of, nobody reads by template.
  if (product.open && !product.hidden && c.rights.is_member(c.subject))
    return allow(Rule::open_to_organisation, organisation->ulid);
  if (c.owns(*domain)) return allow(Rule::owner, domain->team);
  const Given grants = given(c, port);
  if (grants.whole != nullptr) {
    if (grants.whole->until != Grants::kNever) decision.until = grants.whole->until;
    return allow(Rule::grant, grants.whole->id);
  }
  if (!grants.parts.grants.empty()) {
    decision.until = grants.parts.until();
    decision.visible = id_of(grants.parts.visible());
    return allow(Rule::grant, grants.parts.longest().id.ulid);
  }
  if (!may_know(c, product).first) return refuse(product.hidden ? Rule::hidden : Rule::guest);
  return refuse(product.open && !product.hidden ? Rule::guest : Rule::restricted, domain->id);
}

// Owners act for their domain; nobody else does, the administrator included: who may change the
// mesh's frame shall not thereby read or alter a team's data.
Verdict may_own(const Case& c, const DomainFacts* domain) {
  if (domain == nullptr) return refuse(Rule::no_such_thing);
  return c.owns(*domain) ? allow(Rule::owner, domain->team) : refuse(Rule::not_yours, domain->team);
}

// One principal, or a service account and a member of its team.
bool same_hands(const Rights& rights, const Mesh& mesh, PrincipalId one, PrincipalId other) {
  if (one == other) return true;
  const auto in_team_of = [&](PrincipalId who, PrincipalId robot) {
    const auto* service = mesh.find<Principal>(robot);
    const Subject* subject = rights.subject(who);
    return service != nullptr && service->team && subject != nullptr &&
           subject->in_team(*service->team);
  };
  return in_team_of(one, other) || in_team_of(other, one);
}

Verdict on_grant(const Case& c, const Grant& grant) {
  const ProductFacts* product = c.rights.product(grant.product);
  const DomainFacts* domain = product ? c.rights.domain_at(product->domain) : nullptr;
  const bool own = same_hands(c.rights, c.mesh, c.ask.who, grant.requested_by);
  const bool mine = benefits(c.rights, c.mesh, c.ask.who, grant.grantee);
  // Of a product that was deleted: those who had it still learn what became of it.
  if (domain == nullptr)
    return c.ask.what == Action::know && (own || mine) ? allow(Rule::own_request)
                                                       : refuse(Rule::no_such_thing);
  const bool steward = c.steward_of(*domain);
  switch (c.ask.what) {
    case Action::know:
      if (own || mine) return allow(Rule::own_request);
      if (steward) return allow(Rule::steward, domain->id);
      return c.owns(*domain) ? allow(Rule::owner, domain->team)
                             : refuse(Rule::not_yours, domain->team);
    case Action::decide:
      if (own) return refuse(Rule::own_request);
      if (mine) return refuse(Rule::own_group);
      if (domain->stewards.empty()) return refuse(Rule::no_steward, domain->id);
      return steward ? allow(Rule::steward, domain->id) : refuse(Rule::not_yours, domain->team);
    case Action::revoke:
      if (own || mine) return allow(Rule::own_request);
      return steward ? allow(Rule::steward, domain->id) : refuse(Rule::not_yours, domain->team);
    case Action::read:
    case Action::request:
    case Action::publish:
    case Action::manage:
    case Action::administer: return refuse(Rule::no_such_thing);
  }
  return refuse(Rule::no_such_thing);
}

Verdict on_product(const Case& c, const ProductFacts& product, const PortFacts* port,
                   Decision& decision) {
  switch (c.ask.what) {
    case Action::request:
      if (port != nullptr && port->retired && may_know(c, product).first)
        return refuse(Rule::retired, c.ask.on.id);
      [[fallthrough]];
    case Action::know: return may_know(c, product);
    case Action::read: return port ? may_read(c, *port, decision) : refuse(Rule::no_such_thing);
    case Action::publish: {
      const Verdict owned = may_own(c, c.rights.domain_at(product.domain));
      if (owned.first && port != nullptr && port->retired)
        return refuse(Rule::retired, c.ask.on.id);
      return owned;
    }
    case Action::manage: return may_own(c, c.rights.domain_at(product.domain));
    case Action::decide: {
      const DomainFacts* domain = c.rights.domain_at(product.domain);
      if (domain == nullptr) return refuse(Rule::no_such_thing);
      return c.steward_of(*domain) ? allow(Rule::steward, domain->id)
                                   : refuse(Rule::not_yours, domain->team);
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
    return c.rights.is_member(c.subject) ? allow(Rule::member_may_know) : refuse(Rule::guest);
  if (c.ask.what == Action::administer)
    return c.subject.administrator ? allow(Rule::administrator) : refuse(Rule::not_yours);
  if (c.ask.what == Action::manage && domain) return may_own(c, c.rights.domain(*domain));
  return refuse(Rule::no_such_thing);
}

Verdict verdict_of(const Case& c, Decision& decision) {
  const Ulid id = c.ask.on.id;
  switch (c.ask.on.kind) {
    case ResourceKind::port: {
      const PortFacts* port = c.rights.port_at(c.mesh.slot(PortId{id}));
      if (port == nullptr) return refuse(Rule::no_such_thing);
      decision.restricted = !port->product.open || port->product.hidden;
      return on_product(c, port->product, port, decision);
    }
    case ResourceKind::product: {
      const ProductFacts* product = c.rights.product(ProductId{id});
      return product ? on_product(c, *product, nullptr, decision) : refuse(Rule::no_such_thing);
    }
    case ResourceKind::grant: {
      const auto* grant = c.mesh.find<Grant>(id);
      return grant ? on_grant(c, *grant) : refuse(Rule::no_such_thing);
    }
    case ResourceKind::domain:
      return c.rights.domain(DomainId{id}) ? on_frame(c, DomainId{id})
                                           : refuse(Rule::no_such_thing);
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
  if (rights.acts_as(who, grantee)) return true;
  const bool person =
      grantee.kind == GranteeKind::user || grantee.kind == GranteeKind::service_account;
  return person && same_hands(rights, mesh, who, PrincipalId{grantee.id});
}

bool is_party(const Rights& rights, const Mesh& mesh, PrincipalId who, const Grant& grant) {
  return same_hands(rights, mesh, who, grant.requested_by) ||
         benefits(rights, mesh, who, grant.grantee);
}

Decision judge(const Rights& rights, const Mesh& mesh, const Ask& ask, Seq epoch) {
  Decision decision{.ask = ask,
                    .allowed = false,
                    .restricted = false,
                    .reason = {},
                    .visible = {},
                    .until = {},
                    .epoch = epoch};
  const Subject* subject = rights.subject(ask.who);
  Verdict verdict = refuse(Rule::no_such_thing);
  if (subject != nullptr && subject->disabled) {
    verdict = refuse(Rule::disabled);
  } else if (subject != nullptr) {
    verdict = verdict_of(Case{rights, mesh, ask, *subject}, decision);
  }
  decision.allowed = verdict.first;
  decision.reason = verdict.second;
  return decision;
}

std::optional<Visible> visible(const Rights& rights, const Mesh& mesh, const Decision& decision) {
  const Subject* subject = rights.subject(decision.ask.who);
  const PortFacts* port = rights.port_at(mesh.slot(PortId{decision.ask.on.id}));
  if (!decision.visible || subject == nullptr || port == nullptr) return std::nullopt;
  return given(Case{rights, mesh, decision.ask, *subject}, *port).parts.visible();
}

Sight::Sight(const Rights& rights, const Mesh& mesh, PrincipalId who, Time now)
    : rights_(rights),
      mesh_(mesh),
      ask_{.who = who, .what = Action::know, .on = {}, .now = now},
      subject_(rights.subject(who)) {
  if (subject_ != nullptr && subject_->disabled) subject_ = nullptr;
  if (subject_ == nullptr) return;
  for (const Index holder : subject_->holders.all()) held_ += rights.grants().of(holder).size();
}

// Gathering them costs as much as looking for some of them one by one.
const std::vector<Index>* Sight::granted() const {
  if (granted_) return &*granted_;
  if (held_ > kGrantedMax || ++asked_ * 4 <= held_) return nullptr;
  granted_.emplace();
  const Grants& grants = rights_.grants();
  for (const Index holder : subject_->holders.all())
    for (const Index at : grants.of(holder))
      if (const Grants::Row& row = grants.row(at); counts(mesh_, *subject_, row, ask_.now))
        granted_->push_back(row.product);
  std::ranges::sort(*granted_);
  return &*granted_;
}

bool Sight::sees(const ProductFacts& product) const {
  return knows(Case{rights_, mesh_, ask_, *subject_, this}, product,
               rights_.domain_at(product.domain))
      .first;
}

bool Sight::port(Slot slot) const {
  const PortFacts* port = rights_.port_at(slot);
  return port != nullptr && subject_ != nullptr && sees(port->product);
}

bool Sight::product(Slot slot) const {
  const ProductFacts* product = rights_.product_at(slot);
  return product != nullptr && subject_ != nullptr && sees(*product);
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
