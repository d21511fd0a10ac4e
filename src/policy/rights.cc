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

}  // namespace

void Rights::put_grant(const std::shared_ptr<const Grant>& grant, bool gone) {
  if (const auto old = known_.find(grant->id.ulid); old != known_.end()) {
    auto& list = grants_[old->second->grantee][old->second->product.ulid];
    std::erase(list, old->second);
    if (list.empty()) grants_[old->second->grantee].erase(old->second->product.ulid);
    known_.erase(old);
  }
  // Only what can be in force is kept: a decision need not look at what was rejected or revoked.
  if (gone || grant->state != GrantState::active) return;
  known_.emplace(grant->id.ulid, grant);
  grants_[grant->grantee][grant->product.ulid].push_back(grant);
}

void Rights::compile(const Mesh& mesh, const Principal& principal) {
  Subject subject{.member = principal.member, .administrator = principal.administrator,
                  .disabled = principal.disabled, .teams = {}, .acts_as = {}, .grants = {}};
  subject.acts_as.push_back({grantee_kind(principal.kind), principal.id.ulid});
  for (const PrincipalId above : principal.belongs_to)
    if (const auto* role = mesh.find<Principal>(above); role && !role->disabled)
      subject.acts_as.push_back({grantee_kind(role->kind), above.ulid});
  if (principal.team) subject.teams.push_back(principal.team->ulid);
  for (const auto& [id, entry] : mesh.all<Team>())
    if (std::ranges::find(entry.noun->members, principal.id) != entry.noun->members.end())
      add_once(subject.teams, id);
  for (const Ulid team : subject.teams) {
    subject.acts_as.push_back({GranteeKind::team, team});
    add_once(members_[team], principal.id.ulid);
    for (const Ulid domain : domains_[team])
      for (const Ulid place : places_[domain]) subject.acts_as.push_back({place_kind_[place], place});
  }
  for (const Grantee& grantee : subject.acts_as) subject.grants.push_back(&grants_[grantee]);
  subjects_.insert_or_assign(principal.id.ulid, std::move(subject));
}

void Rights::compile_team(const Mesh& mesh, TeamId team) {
  const std::vector<Ulid> members = members_[team.ulid];
  for (const Ulid id : members)
    if (const auto* principal = mesh.find<Principal>(id)) compile(mesh, *principal);
}

void Rights::put_team(const Mesh& mesh, const Team& team) {
  // Those who were members before lose it by being compiled again.
  std::vector<Ulid> affected = members_[team.id.ulid];
  for (const PrincipalId member : team.members) add_once(affected, member.ulid);
  members_[team.id.ulid].clear();
  for (const Ulid id : affected)
    if (const auto* principal = mesh.find<Principal>(id)) compile(mesh, *principal);
}

void Rights::apply(const Mesh& mesh, const Noun& noun, bool gone) {
  const auto place = [&](Ulid id, DomainId domain, GranteeKind kind) {
    std::vector<DomainId> touched{domain};
    if (const auto old = domain_of_.find(id); old != domain_of_.end()) {
      if (!gone && old->second == domain) return;
      std::erase(places_[old->second.ulid], id);
      touched.push_back(old->second);
    }
    domain_of_.insert_or_assign(id, domain);
    place_kind_[id] = kind;
    if (!gone) add_once(places_[domain.ulid], id);
    for (const DomainId each : touched) compile_team(mesh, owner_of_domain_[each.ulid]);
  };
  if (const auto* grant = std::get_if<std::shared_ptr<const Grant>>(&noun)) {
    put_grant(*grant, gone);
  } else if (const auto* team = std::get_if<std::shared_ptr<const Team>>(&noun)) {
    put_team(mesh, **team);
  } else if (const auto* domain = std::get_if<std::shared_ptr<const Domain>>(&noun)) {
    const TeamId before = owner_of_domain_[(*domain)->id.ulid];
    std::erase(domains_[before.ulid], (*domain)->id.ulid);
    if (!gone) add_once(domains_[(*domain)->owner.ulid], (*domain)->id.ulid);
    owner_of_domain_[(*domain)->id.ulid] = (*domain)->owner;
    if (before == (*domain)->owner && !gone) return;
    compile_team(mesh, before);
    compile_team(mesh, (*domain)->owner);
  } else if (const auto* account = std::get_if<std::shared_ptr<const Account>>(&noun)) {
    place((*account)->id.ulid, (*account)->domain, GranteeKind::account);
  } else if (const auto* product = std::get_if<std::shared_ptr<const Product>>(&noun)) {
    place((*product)->id.ulid, (*product)->domain, GranteeKind::product);
  } else if (const auto* principal = std::get_if<std::shared_ptr<const Principal>>(&noun)) {
    if (gone) {
      subjects_.erase((*principal)->id.ulid);
      return;
    }
    compile(mesh, **principal);
    if ((*principal)->kind == PrincipalKind::user || (*principal)->kind == PrincipalKind::service_account) return;
    // A role or group that was switched off or on changes those who are in it.
    for (const auto& [id, entry] : mesh.all<Principal>())
      if (std::ranges::find(entry.noun->belongs_to, (*principal)->id) != entry.noun->belongs_to.end())
        compile(mesh, *entry.noun);
  }
}

const Subject* Rights::subject(PrincipalId id) const {
  const auto found = subjects_.find(id.ulid);
  return found == subjects_.end() ? nullptr : &found->second;
}

bool Rights::acts_as(PrincipalId id, const Grantee& grantee) const {
  const Subject* found = subject(id);
  return found != nullptr && std::ranges::find(found->acts_as, grantee) != found->acts_as.end();
}

std::vector<PrincipalId> Rights::who_acts_as(const Grantee& grantee) const {
  std::vector<PrincipalId> out;
  for (const auto& [id, subject] : subjects_)
    if (!subject.disabled && std::ranges::find(subject.acts_as, grantee) != subject.acts_as.end())
      out.push_back(PrincipalId{id});
  std::ranges::sort(out);
  return out;
}

}  // namespace hansa::policy
