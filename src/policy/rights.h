// Rights compiled per principal, so that a decision is a handful of probes: whom a principal acts
// as, and which grants each of those holds. Kept in step with the mesh by apply.
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

// Grants by product; shared with the mesh, so that a grant that has just been replaced stays
// readable.
using GrantsByProduct = std::unordered_map<Ulid, std::vector<std::shared_ptr<const Grant>>>;

// What a principal is, for decisions.
struct Subject {
  bool member = false;
  bool administrator = false;
  bool disabled = false;
  std::vector<Ulid> teams;       // it is a member of, or answers to as a service account
  std::vector<Grantee> acts_as;  // itself, its roles, groups and teams
  std::vector<const GrantsByProduct*> grants;  // of acts_as, in that order; never null
};

class Rights {
 public:
  // Call after the mesh has applied the same noun. `mesh` is the one all calls get.
  void apply(const Mesh& mesh, const Noun& noun, bool gone);

  const Subject* subject(PrincipalId id) const;
  // Active grants on a product whose grantee is an account or a product. Who acts for those is
  // looked up: a domain may hold a hundred thousand, and each member of its team acts for all of
  // them. nullptr: none.
  const std::vector<std::shared_ptr<const Grant>>* grants_to_places(ProductId product) const;
  // Whether the principal acts as this grantee: it is it, is in it, or is in the team that owns it.
  bool acts_as(const Mesh& mesh, PrincipalId id, const Grantee& grantee) const;
  bool acts_as(const Mesh& mesh, const Subject& subject, const Grantee& grantee) const;

 private:
  void put_grant(const std::shared_ptr<const Grant>& grant, bool gone);
  void put_team(const Mesh& mesh, const Team& team);
  void put_principal(const Mesh& mesh, const Principal& principal, bool gone);
  void compile(const Mesh& mesh, const Principal& principal);
  std::vector<std::shared_ptr<const Grant>>& list_of(const Grant& grant);

  struct GranteeHash {
    std::size_t operator()(const Grantee& g) const noexcept {
      return UlidHash{}(g.id) + static_cast<std::size_t>(g.kind);
    }
  };
  std::unordered_map<Grantee, GrantsByProduct, GranteeHash>
      grants_;  // node based: addresses are stable
  GrantsByProduct to_places_;
  std::unordered_map<Ulid, std::shared_ptr<const Grant>> known_;  // as last applied
  std::unordered_map<Ulid, Subject> subjects_;
  std::unordered_map<Ulid, std::vector<Ulid>> members_;  // team -> principals compiled with it
};

}  // namespace hansa::policy
