// The one authoriser. Pure: no store, no clock, no I/O; the same question on the same mesh gives
// the same answer, and only here is a Permit made.
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "model/decision.h"
#include "model/mesh.h"
#include "policy/rights.h"

namespace hansa::policy {

// Deny by default: what no rule allows is refused, and a question that makes no sense (an action on
// a kind of thing it does not exist for) is refused as well.
std::expected<Permit, Refusal> decide(const Rights& rights, const Mesh& mesh, const Ask& ask,
                                      Seq epoch);

// The same without the words of a refusal, for filtering listings and for rechecking what runs.
Decision judge(const Rights& rights, const Mesh& mesh, const Ask& ask, Seq epoch);

// What one caller may know of, for walks over many: the same rules, the caller looked up once. For
// one thread.
class Sight {
 public:
  Sight(const Rights& rights, const Mesh& mesh, PrincipalId who, Time now);
  bool port(Slot slot) const;
  bool product(Slot slot) const;
  // That it is about to be asked: memory that is far away can be on its way meanwhile.
  void expect_product(Slot slot) const { rights_.expect_product(slot); }

  // The products it holds a grant in force on, sorted; null while they are so few that were asked
  // about, or it holds so many grants, that looking for one is quicker.
  const std::vector<Index>* granted() const;

 private:
  bool sees(const ProductFacts& product) const;

  const Rights& rights_;
  const Mesh& mesh_;
  Ask ask_;
  const Subject* subject_;         // nullptr: sees nothing
  std::size_t held_ = 0;           // grants of whomever it acts as
  mutable std::size_t asked_ = 0;  // for granted products
  mutable std::optional<std::vector<Index>> granted_;
};

// What of the port a decision to read shows, on the mesh and at the time it was made; nothing: all
// of it. id_of() of it is the decision's `visible`.
std::optional<Visible> visible(const Rights& rights, const Mesh& mesh, const Decision& decision);

// Whether what this grantee is given comes to the caller: it acts as it, or both are hands of one
// team. The tokens of a team's service account are made by any of its members, so what one may, the
// other may.
bool benefits(const Rights& rights, const Mesh& mesh, PrincipalId who, const Grantee& grantee);
// Who asked for it or gains by it, and so does not decide about it.
bool is_party(const Rights& rights, const Mesh& mesh, PrincipalId who, const Grant& grant);

}  // namespace hansa::policy
