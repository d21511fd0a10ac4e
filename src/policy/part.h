// Grants that show a part of a port: whether they count for a caller, and what they show together.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "model/grant.h"
#include "model/mesh.h"

namespace hansa::policy {

// Whether the caller is what the grant's conditions ask for. A condition that is not known is not
// met.
bool meets(const Mesh& mesh, const Principal& who, const Scope& scope);
// Whether the scope still makes sense for the version: a contract may have lost a column since.
// What does not counts as if it were not there.
bool fits(const Mesh& mesh, const Port& port, const Scope& scope);

// Grants in force on one port that each show a part of it.
struct Parts {
  std::vector<const Grant*> grants;

  Visible visible() const;
  // When the first of them ends: then they show another part.
  std::optional<Time> until() const;
  // The one that lasts longest; there is one.
  const Grant& longest() const;
};

}  // namespace hansa::policy
