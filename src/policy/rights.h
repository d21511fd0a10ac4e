// What decisions are made from, kept in step with the mesh by apply: facts in arrays, so that a
// decision is a handful of probes and a listing walks memory in a line.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/numbered.h"
#include "model/mesh.h"
#include "policy/grants.h"

namespace hansa::policy {

template <class Range, class Value>
bool holds(const Range& all, const Value& value) {
  return std::ranges::find(all, value) != std::ranges::end(all);
}

// Whom a principal acts as, for the first few without another line of memory.
class Holders {
 public:
  void add(Index holder);
  std::span<const Index> all() const {
    return far_.empty() ? std::span(near_).first(count_) : std::span(far_);
  }

 private:
  std::array<Index, 7> near_{};
  std::uint32_t count_ = 0;
  std::vector<Index> far_;  // all of them, once they are more
};

// What a principal is, for decisions.
struct Subject {
  OrganisationId organisation;  // whose member it is
  bool administrator = false;
  bool disabled = false;
  std::uint32_t in_teams = 0;  // so many of `holders` are teams
  Holders holders;             // its teams, itself, its roles and groups
  std::shared_ptr<const Principal> principal;
  std::vector<Ulid> teams;  // it is a member of, or answers to as a service account

  bool in_team(Index team) const;
  bool in_team(TeamId team) const;
};

struct DomainFacts {
  bool present = false;
  Index owner = kNone;  // the team, as a holder
  Ulid id;
  Ulid team;
  std::vector<PrincipalId> stewards;
};

struct ProductFacts {
  Index index = kNone;
  Index domain = kNone;
  bool present = false;
  bool open = false;
  bool hidden = false;
};

// A port's line holds its product's facts too: they are asked for together.
struct PortFacts {
  ProductFacts product;
  Index shelf = kNone;
  std::uint32_t major = 0;
  bool retired = false;
};

class Rights {
 public:
  // Call after the mesh has applied the same noun. `mesh` is the one all calls get.
  void apply(const Mesh& mesh, const Noun& noun, bool gone);

  // nullptr where there is none. A slot is the mesh's.
  const Subject* subject(PrincipalId id) const;
  const DomainFacts* domain(DomainId id) const;
  const DomainFacts* domain_at(Index domain) const {
    return domain < domains_.size() && domains_[domain].present ? &domains_[domain] : nullptr;
  }
  const ProductFacts* product(ProductId id) const;
  const ProductFacts* product_at(Slot slot) const {
    const Index index = slot < product_at_.size() ? product_at_[slot] : kNone;
    return index < products_.size() && products_[index].present ? &products_[index] : nullptr;
  }
  // That product_at is about to be asked: memory that is far away can be on its way meanwhile.
  void expect_product(Slot slot) const {
    if (slot < product_at_.size() && product_at_[slot] < products_.size())
      __builtin_prefetch(&products_[product_at_[slot]]);
  }
  const PortFacts* port_at(Slot slot) const {
    return slot < ports_.size() && ports_[slot].product.present ? &ports_[slot] : nullptr;
  }
  std::optional<OrganisationId> organisation() const { return organisation_; }
  // Whether the subject's organisation is the one whose data this is.
  bool is_member(const Subject& subject) const {
    return organisation_ && subject.organisation == *organisation_;
  }
  const Grants& grants() const { return grants_; }

  // The active grant of this port's majors to exactly this grantee, or nullptr.
  const Grant* given(ProductId product, const std::string& port,
                     const std::vector<std::uint32_t>& majors, const Grantee& grantee) const;

  // Service accounts that answer to a team, and members of a team that is there.
  std::span<const Ulid> answering(TeamId team) const;
  std::span<const Ulid> members(TeamId team) const;

  // Whether the principal acts as this grantee: it is it, is in it, or is in the team that owns it.
  bool acts_as(PrincipalId id, const Grantee& grantee) const;
  bool acts_as(const Subject& subject, const Grantee& grantee) const;

 private:
  struct GranteeHash {
    std::size_t operator()(const Grantee& g) const noexcept {
      return UlidHash{}(g.id) + static_cast<std::size_t>(g.kind);
    }
  };
  struct ShelfTraits {
    static std::pair<Index, std::string> none() { return {kNone, {}}; }
    static std::uint64_t hash(const std::pair<Index, std::string>& shelf) {
      return (std::hash<std::string>{}(shelf.second) ^ shelf.first) * 0x9E3779B97F4A7C15ULL;
    }
  };
  using Numbers = FlatMap<Ulid, Index, UlidTraits>;

  void put_grant(const std::shared_ptr<const Grant>& grant, bool gone);
  void put_team(const Team& team, bool gone);
  void put_principal(const std::shared_ptr<const Principal>& principal, bool gone);
  void put_domain(const Domain& domain, bool gone);
  void put_product(const Mesh& mesh, const Product& product, bool gone);
  void put_port(const Mesh& mesh, const Port& port);
  void move_grants_to(Ulid place);
  void compile(Ulid principal);

  Index subject_index(Ulid id);
  Index domain_index(Ulid id);
  Index product_index(Ulid id);
  Index shelf_index(Index product, const std::string& port);
  Index holder_index(const Grantee& grantee);
  // kNone where nobody holds what it is given.
  Index holder_of(const Grantee& grantee) const;
  Index owner_of(const Grantee& place) const;

  std::optional<OrganisationId> organisation_;
  std::vector<DomainFacts> domains_;
  std::vector<ProductFacts> products_;
  std::vector<Index> product_at_;  // by the mesh's slot
  std::vector<PortFacts> ports_;   // by the mesh's slot
  Numbers domain_numbers_;
  Numbers product_numbers_;
  // Of a product and a name of ports: its number here.
  NumberedMap<std::pair<Index, std::string>, std::monostate, ShelfTraits> shelves_;
  std::unordered_map<Grantee, Index, GranteeHash> holders_;

  Numbers subject_numbers_;
  std::vector<Subject> subjects_;
  std::vector<Index> free_subjects_;
  std::unordered_map<Ulid, std::vector<Ulid>> members_;    // of a team that is there, sorted
  std::unordered_map<Ulid, std::vector<Ulid>> teams_of_;   // of a member
  std::unordered_map<Ulid, std::vector<Ulid>> answering_;  // service accounts of a team
  std::unordered_map<Ulid, std::vector<Ulid>> below_;      // those in a role or group

  Grants grants_;
  // Accounts and products as grantees: what they are given, their owners hold, whoever that is now.
  std::unordered_map<Ulid, Index> domain_of_account_;
  std::unordered_map<Ulid, std::vector<Index>> grants_to_;
};

}  // namespace hansa::policy
