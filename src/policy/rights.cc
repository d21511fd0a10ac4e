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

bool is_place(const Grantee& grantee) {
  return grantee.kind == GranteeKind::account || grantee.kind == GranteeKind::product;
}

void add_once(std::vector<Ulid>& list, Ulid id) {
  if (std::ranges::find(list, id) == list.end()) list.push_back(id);
}

}  // namespace

GrantsByProduct& Rights::holder(const Grantee& grantee) { return is_place(grantee) ? placed_ : grants_[grantee]; }

void Rights::put_grant(const std::shared_ptr<const Grant>& grant, bool gone) {
  if (const auto old = known_.find(grant->id.ulid); old != known_.end()) {
    GrantsByProduct& by_product = holder(old->second->grantee);
    auto& list = by_product[old->second->product.ulid];
    std::erase(list, old->second);
    if (list.empty()) by_product.erase(old->second->product.ulid);
    known_.erase(old);
  }
  // Only what can be in force is kept: a decision need not look at what was rejected or revoked.
  if (gone || grant->state != GrantState::active) return;
  known_.emplace(grant->id.ulid, grant);
  holder(grant->grantee)[grant->product.ulid].push_back(grant);
}

void Rights::compile(const Mesh& mesh, const Principal& principal) {
  Subject subject{.member = principal.member, .administrator = principal.administrator,
                  .disabled = principal.disabled, .teams = {}, .acts_as = {}, .grants = {}};
  subject.acts_as.push_back({grantee_kind(principal.kind), principal.id.ulid});
  // Noted in `members_` even if it does not exist, so that its arrival is noticed.
  for (const PrincipalId above : principal.belongs_to) {
    members_[above.ulid].insert(principal.id.ulid);
    if (const auto* role = mesh.find<Principal>(above); role && !role->disabled)
      subject.acts_as.push_back({grantee_kind(role->kind), above.ulid});
  }
  if (principal.team) {
    members_[principal.team->ulid].insert(principal.id.ulid);
    if (mesh.find<Team>(*principal.team) != nullptr) subject.teams.push_back(principal.team->ulid);
  }
  if (const auto found = teams_of_.find(principal.id.ulid); found != teams_of_.end())
    for (const Ulid team : found->second) add_once(subject.teams, team);
  for (const Ulid team : subject.teams) subject.acts_as.push_back({GranteeKind::team, team});
  for (const Grantee& grantee : subject.acts_as) subject.grants.push_back(&grants_[grantee]);
  subjects_.insert_or_assign(principal.id.ulid, std::move(subject));
}

void Rights::compile_all(const Mesh& mesh, Ids ids) {
  for (const Ulid id : ids)
    if (const auto* principal = mesh.find<Principal>(id)) compile(mesh, *principal);
}

void Rights::put_team(const Mesh& mesh, const Team& team, bool gone) {
  const Ulid id = team.id.ulid;
  // Those who were members before lose it by being compiled again.
  Ids affected = members_[id];
  for (const PrincipalId member : std::exchange(listed_[id], {})) {
    teams_of_[member.ulid].erase(id);
    affected.insert(member.ulid);
  }
  if (!gone) listed_[id] = team.members;
  for (const PrincipalId member : listed_[id]) {
    teams_of_[member.ulid].insert(id);
    affected.insert(member.ulid);
  }
  compile_all(mesh, std::move(affected));
}

void Rights::put_principal(const Mesh& mesh, const Principal& principal, bool gone) {
  if (gone) subjects_.erase(principal.id.ulid);
  else compile(mesh, principal);
  // A role or group that came, went, or was switched off or on changes those who are in it.
  if (const auto found = members_.find(principal.id.ulid); found != members_.end()) compile_all(mesh, found->second);
}

void Rights::apply(const Mesh& mesh, const Noun& noun, bool gone) {
  const auto keep = [&](auto& map, Ulid id, auto value) {
    if (gone) map.erase(id);
    else map.insert_or_assign(id, value);
  };
  if (const auto* grant = std::get_if<std::shared_ptr<const Grant>>(&noun)) {
    put_grant(*grant, gone);
  } else if (const auto* team = std::get_if<std::shared_ptr<const Team>>(&noun)) {
    put_team(mesh, **team, gone);
  } else if (const auto* principal = std::get_if<std::shared_ptr<const Principal>>(&noun)) {
    put_principal(mesh, **principal, gone);
  } else if (const auto* domain = std::get_if<std::shared_ptr<const Domain>>(&noun)) {
    keep(owner_of_domain_, (*domain)->id.ulid, (*domain)->owner);
  } else if (const auto* account = std::get_if<std::shared_ptr<const Account>>(&noun)) {
    keep(domain_of_, (*account)->id.ulid, (*account)->domain);
  } else if (const auto* product = std::get_if<std::shared_ptr<const Product>>(&noun)) {
    keep(domain_of_, (*product)->id.ulid, (*product)->domain);
  }
}

const Subject* Rights::subject(PrincipalId id) const {
  const auto found = subjects_.find(id.ulid);
  return found == subjects_.end() ? nullptr : &found->second;
}

bool Rights::in_team_of(const Subject& subject, Ulid place) const {
  const auto domain = domain_of_.find(place);
  if (domain == domain_of_.end()) return false;
  const auto owner = owner_of_domain_.find(domain->second.ulid);
  return owner != owner_of_domain_.end() && std::ranges::find(subject.teams, owner->second.ulid) != subject.teams.end();
}

bool Rights::acts_as(const Subject& subject, const Grantee& grantee) const {
  if (is_place(grantee)) return in_team_of(subject, grantee.id);
  return std::ranges::find(subject.acts_as, grantee) != subject.acts_as.end();
}

bool Rights::acts_as(PrincipalId id, const Grantee& grantee) const {
  const Subject* found = subject(id);
  return found != nullptr && acts_as(*found, grantee);
}

std::vector<PrincipalId> Rights::who_acts_as(const Grantee& grantee) const {
  std::vector<PrincipalId> out;
  for (const auto& [id, subject] : subjects_)
    if (!subject.disabled && acts_as(subject, grantee)) out.push_back(PrincipalId{id});
  std::ranges::sort(out);
  return out;
}

}  // namespace hansa::policy
