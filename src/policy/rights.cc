#include "policy/rights.h"

#include <algorithm>

namespace hansa::policy {
namespace {

GranteeKind grantee_kind(PrincipalKind kind) {
  switch (kind) {
    case PrincipalKind::user: return GranteeKind::user;
    case PrincipalKind::service_account: return GranteeKind::service_account;
    case PrincipalKind::role: return GranteeKind::role;
    case PrincipalKind::group: return GranteeKind::group;
  }
  return GranteeKind::user;
}

void add_once(std::vector<Ulid>& list, Ulid id) {
  if (std::ranges::find(list, id) == list.end()) list.push_back(id);
}

bool is_place(GranteeKind kind) {
  return kind == GranteeKind::account || kind == GranteeKind::product;
}

// The team that owns an account or product; nothing if it is gone.
std::optional<TeamId> owner_of(const Mesh& mesh, const Grantee& grantee) {
  DomainId id;
  if (grantee.kind == GranteeKind::account) {
    const auto* account = mesh.find<Account>(grantee.id);
    if (account != nullptr) id = account->domain;
  } else {
    const auto* product = mesh.find<Product>(grantee.id);
    if (product != nullptr) id = product->domain;
  }
  const auto* domain = mesh.find<Domain>(id);
  return domain ? std::optional(domain->owner) : std::nullopt;
}

}  // namespace

std::vector<std::shared_ptr<const Grant>>& Rights::list_of(const Grant& grant) {
  GrantsByProduct& grants = is_place(grant.grantee.kind) ? to_places_ : grants_[grant.grantee];
  return grants[grant.product.ulid];
}

void Rights::put_grant(const std::shared_ptr<const Grant>& grant, bool gone) {
  if (const auto old = known_.find(grant->id.ulid); old != known_.end()) {
    std::erase(list_of(*old->second), old->second);
    known_.erase(old);
  }
  // Only what can be in force is kept: a decision need not look at what was rejected or revoked.
  if (gone || grant->state != GrantState::active) return;
  known_.emplace(grant->id.ulid, grant);
  list_of(*grant).push_back(grant);
}

void Rights::compile(const Mesh& mesh, const Principal& principal) {
  Subject subject{.member = principal.member,
                  .administrator = principal.administrator,
                  .disabled = principal.disabled,
                  .teams = {},
                  .acts_as = {},
                  .grants = {}};
  subject.acts_as.push_back({grantee_kind(principal.kind), principal.id.ulid});
  for (const PrincipalId above : principal.belongs_to)
    if (const auto* role = mesh.find<Principal>(above); role && !role->disabled)
      subject.acts_as.push_back({grantee_kind(role->kind), above.ulid});
  if (principal.team) {
    // Remembered though the team may not be there yet: it compiles its own when it comes.
    add_once(members_[principal.team->ulid], principal.id.ulid);
    if (mesh.find<Team>(*principal.team)) subject.teams.push_back(principal.team->ulid);
  }
  for (const auto& [id, entry] : mesh.all<Team>())
    if (std::ranges::find(entry.noun->members, principal.id) != entry.noun->members.end())
      add_once(subject.teams, id);
  for (const Ulid team : subject.teams) {
    subject.acts_as.push_back({GranteeKind::team, team});
    add_once(members_[team], principal.id.ulid);
  }
  for (const Grantee& grantee : subject.acts_as) subject.grants.push_back(&grants_[grantee]);
  subjects_.insert_or_assign(principal.id.ulid, std::move(subject));
}

void Rights::put_team(const Mesh& mesh, const Team& team) {
  // Those who were members before lose it by being compiled again.
  std::vector<Ulid> affected = members_[team.id.ulid];
  for (const PrincipalId member : team.members) add_once(affected, member.ulid);
  members_[team.id.ulid].clear();
  for (const Ulid id : affected)
    if (const auto* principal = mesh.find<Principal>(id)) compile(mesh, *principal);
}

void Rights::put_principal(const Mesh& mesh, const Principal& principal, bool gone) {
  if (gone) {
    subjects_.erase(principal.id.ulid);
  } else {
    compile(mesh, principal);
  }
  if (principal.kind == PrincipalKind::user || principal.kind == PrincipalKind::service_account)
    return;
  // A role or group that came, went, or was switched off or on changes those who are in it.
  for (const auto& [id, entry] : mesh.all<Principal>())
    if (std::ranges::find(entry.noun->belongs_to, principal.id) != entry.noun->belongs_to.end())
      compile(mesh, *entry.noun);
}

void Rights::apply(const Mesh& mesh, const Noun& noun, bool gone) {
  if (const auto* grant = std::get_if<std::shared_ptr<const Grant>>(&noun)) {
    put_grant(*grant, gone);
  } else if (const auto* team = std::get_if<std::shared_ptr<const Team>>(&noun)) {
    put_team(mesh, **team);
  } else if (const auto* principal = std::get_if<std::shared_ptr<const Principal>>(&noun)) {
    put_principal(mesh, **principal, gone);
  }
}

const Subject* Rights::subject(PrincipalId id) const {
  const auto found = subjects_.find(id.ulid);
  return found == subjects_.end() ? nullptr : &found->second;
}

const std::vector<std::shared_ptr<const Grant>>* Rights::grants_to_places(ProductId product) const {
  const auto found = to_places_.find(product.ulid);
  return found == to_places_.end() || found->second.empty() ? nullptr : &found->second;
}

bool Rights::acts_as(const Mesh& mesh, const Subject& subject, const Grantee& grantee) const {
  if (!is_place(grantee.kind))
    return std::ranges::find(subject.acts_as, grantee) != subject.acts_as.end();
  const auto owner = owner_of(mesh, grantee);
  return owner && std::ranges::find(subject.teams, owner->ulid) != subject.teams.end();
}

bool Rights::acts_as(const Mesh& mesh, PrincipalId id, const Grantee& grantee) const {
  const Subject* found = subject(id);
  return found != nullptr && acts_as(mesh, *found, grantee);
}

}  // namespace hansa::policy
