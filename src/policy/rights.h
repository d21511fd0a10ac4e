// Rights compiled per principal, so that a decision is a handful of probes: whom a principal acts as, and
// which grants each of those holds. Kept in step with the mesh by apply.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "model/grant.h"
#include "model/mesh.h"
#include "model/people.h"

namespace hansa::policy {

// Grants of one grantee by product; the pointers are the mesh's nouns, shared so that a grant that has just
// been replaced stays readable.
using GrantsByProduct = std::unordered_map<Ulid, std::vector<std::shared_ptr<const Grant>>>;

// What a principal is, for decisions.
struct Subject {
  bool member = false;
  bool administrator = false;
  bool disabled = false;
  std::vector<Ulid> teams;        // it is a member of, or answers to as a service account
  std::vector<Grantee> acts_as;   // itself, its roles, groups, teams, their accounts and products
  std::vector<const GrantsByProduct*> grants;  // of acts_as, in that order; never null
};

class Rights {
 public:
  // Call after the mesh has applied the same noun. `mesh` is the one all calls get.
  void apply(const Mesh& mesh, const Noun& noun, bool gone);

  const Subject* subject(PrincipalId id) const;
  // Whether the principal acts as this grantee.
  bool acts_as(PrincipalId id, const Grantee& grantee) const;
  // Everyone who acts as the grantee now.
  std::vector<PrincipalId> who_acts_as(const Grantee& grantee) const;

 private:
  void put_grant(const std::shared_ptr<const Grant>& grant, bool gone);
  void put_team(const Mesh& mesh, const Team& team);
  void compile(const Mesh& mesh, const Principal& principal);
  void compile_team(const Mesh& mesh, TeamId team);

  struct GranteeHash {
    std::size_t operator()(const Grantee& g) const noexcept {
      return UlidHash{}(g.id) + static_cast<std::size_t>(g.kind);
    }
  };
  std::unordered_map<Grantee, GrantsByProduct, GranteeHash> grants_;  // node based: addresses are stable
  std::unordered_map<Ulid, std::shared_ptr<const Grant>> known_;      // as last applied
  std::unordered_map<Ulid, Subject> subjects_;
  std::unordered_map<Ulid, std::vector<Ulid>> members_;   // team -> principals compiled with it
  std::unordered_map<Ulid, TeamId> owner_of_domain_;
  std::unordered_map<Ulid, std::vector<Ulid>> domains_;   // team -> domains it owns
  std::unordered_map<Ulid, std::vector<Ulid>> places_;    // domain -> accounts and products in it
  std::unordered_map<Ulid, DomainId> domain_of_;          // account or product -> domain
  std::unordered_map<Ulid, GranteeKind> place_kind_;
};

}  // namespace hansa::policy
