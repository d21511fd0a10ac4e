// Rights compiled per principal, so that a decision is a handful of probes: whom a principal acts as, and
// which grants each of those holds. Kept in step with the mesh by apply.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "model/grant.h"
#include "model/mesh.h"
#include "model/people.h"

namespace hansa::policy {

// Grants by product; shared with the mesh, so that a grant that has just been replaced stays readable.
using GrantsByProduct = std::unordered_map<Ulid, std::vector<std::shared_ptr<const Grant>>>;

// What a principal is, for decisions.
struct Subject {
  bool member = false;
  bool administrator = false;
  bool disabled = false;
  std::vector<Ulid> teams;        // it is a member of, or answers to as a service account
  std::vector<Grantee> acts_as;   // itself, its roles, groups and teams
  std::vector<const GrantsByProduct*> grants;  // of acts_as, in that order; never null
};

class Rights {
 public:
  // Call after the mesh has applied the same noun. `mesh` is the one all calls get.
  void apply(const Mesh& mesh, const Noun& noun, bool gone);

  const Subject* subject(PrincipalId id) const;
  // Whether the principal acts as this grantee: itself, a role, group or team it is in, or an account or product of
  // a domain that such a team owns.
  bool acts_as(PrincipalId id, const Grantee& grantee) const;
  bool acts_as(const Subject& subject, const Grantee& grantee) const;
  // Everyone who acts as the grantee now.
  std::vector<PrincipalId> who_acts_as(const Grantee& grantee) const;

  // Calls `each` with every active grant on the product, whatever its port and window, that the subject holds.
  template <class Each>
  void each_grant(const Subject& subject, Ulid product, Each each) const {
    for (const GrantsByProduct* grants : subject.grants)
      if (const auto found = grants->find(product); found != grants->end())
        for (const auto& grant : found->second) each(*grant);
    if (const auto found = placed_.find(product); found != placed_.end())
      for (const auto& grant : found->second)
        if (in_team_of(subject, grant->grantee.id)) each(*grant);
  }

 private:
  using Ids = std::unordered_set<Ulid>;

  void put_grant(const std::shared_ptr<const Grant>& grant, bool gone);
  void put_team(const Mesh& mesh, const Team& team, bool gone);
  void put_principal(const Mesh& mesh, const Principal& principal, bool gone);
  void compile(const Mesh& mesh, const Principal& principal);
  void compile_all(const Mesh& mesh, Ids ids);
  bool in_team_of(const Subject& subject, Ulid place) const;
  GrantsByProduct& holder(const Grantee& grantee);

  struct GranteeHash {
    std::size_t operator()(const Grantee& g) const noexcept {
      return UlidHash{}(g.id) + static_cast<std::size_t>(g.kind);
    }
  };
  std::unordered_map<Grantee, GrantsByProduct, GranteeHash> grants_;  // node based: addresses are stable
  // Grants to accounts and products. A domain may hold thousands of those, so its team does not carry them along:
  // who acts as one is asked when a grant to it is met.
  GrantsByProduct placed_;
  std::unordered_map<Ulid, std::shared_ptr<const Grant>> known_;  // as last applied
  std::unordered_map<Ulid, Subject> subjects_;
  std::unordered_map<Ulid, Ids> members_;           // team, role or group -> principals compiled with it
  std::unordered_map<Ulid, Ids> teams_of_;          // principal -> teams that list it
  std::unordered_map<Ulid, std::vector<PrincipalId>> listed_;  // team -> the members it listed last
  std::unordered_map<Ulid, TeamId> owner_of_domain_;
  std::unordered_map<Ulid, DomainId> domain_of_;    // account or product -> domain
};

}  // namespace hansa::policy
