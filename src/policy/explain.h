// Decisions in words.
#pragma once

#include <string>
#include <vector>

#include "model/decision.h"
#include "model/mesh.h"
#include "policy/rights.h"

namespace hansa::policy {

// A rule's stable name, for records and machines: "template:open-to-organisation", "owner",
// "grant", ...
std::string_view name_of(Rule rule);
// The reason for people: "open data: every member of acme may read it".
std::string words(const Mesh& mesh, const Decision& decision);
// The shortest legal way in, as a command where there is one; empty if nothing would help.
std::string next_action(const Mesh& mesh, const Decision& decision);
// Who owns a port's domain and how to reach them: "team ads (#ads-data)".
// As what the caller of a decision acted: "role analyst" if that is whom the grant was given to.
// Empty: as itself.
std::string role_words(const Mesh& mesh, const Decision& decision);
std::string owner_words(const Mesh& mesh, DomainId domain);

// One rule that was looked at, in order, for `access explain`.
struct Step {
  std::string rule;
  bool holds = false;
  std::string says;
};
// All rules about reading this port, the deciding one marked by being the first that holds; of the
// grants only those that `reader` may know.
std::vector<Step> steps(const Rights& rights, const Mesh& mesh, const Ask& ask, PrincipalId reader);

std::string name_of(const Mesh& mesh, const Grantee& grantee);

}  // namespace hansa::policy
