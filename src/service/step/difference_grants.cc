// The part of a difference that is about what was granted before a port had this version.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/lineage.h"
#include "policy/explain.h"
#include "service/step/difference.h"

namespace hansa::service {
namespace {

Sensitivity level_in(const Contract& contract, std::string_view column) {
  for (const auto& [name, words] : contract.classified)
    if (name == column) return level_of(words);
  return level_of("");
}

// Columns of the new version that say a higher classification than a version that was granted does,
// or that no such version has.
std::vector<std::string> more_sensitive(const Contract& added,
                                        const std::vector<const Contract*>& before) {
  std::vector<std::string> out;
  for (const auto& [column, words] : added.classified) {
    const bool agreed = std::ranges::any_of(before, [&](const Contract* each) {
      return find_column(each->schema, column) != nullptr &&
             level_in(*each, column) >= level_of(words);
    });
    if (!agreed && level_of(words) > level_of("")) out.push_back(column);
  }
  return out;
}

bool concerns(const Grant& grant, const Port& port, const std::vector<std::string>& columns) {
  if (grant.product != port.product || grant.port != port.name || !grant.majors.empty())
    return false;
  if (grant.state != GrantState::active && grant.state != GrantState::requested) return false;
  if (grant.scope.columns.empty()) return true;
  return std::ranges::any_of(columns, [&](const std::string& column) {
    return std::ranges::find(grant.scope.columns, column) != grant.scope.columns.end();
  });
}

}  // namespace

void narrow_grants(Draft& draft, const Port& added, const Contract& contract,
                   const std::vector<const Port*>& majors) {
  std::vector<const Contract*> before;
  std::vector<std::uint32_t> numbers;
  for (const Port* each : majors) {
    if (each->id == added.id) continue;
    numbers.push_back(each->major);
    if (const auto* found = draft.overlay.find<Contract>(each->contract)) before.push_back(found);
  }
  const auto columns = more_sensitive(contract, before);
  if (columns.empty() || numbers.empty()) return;
  const Mesh& mesh = draft.overlay.view().mesh;
  for (const auto& entry : mesh.ledger().all(Ledger::By::domain, added.domain.ulid)) {
    const auto* grant = mesh.find<Grant>(entry.grant);
    if (!concerns(*grant, added, columns)) continue;
    Grant after = *grant;
    after.majors = numbers;
    add_step(after, GrantAct::changed, draft.context.who.id, draft.now);
    draft.change(grant, std::move(after), "access",
                 fmt::format("r-{} of {}", grant->number, policy::name_of(mesh, grant->grantee)),
                 {{"versions", "all"}},
                 {{"versions", fmt::format("those before @{}, which shows {}", added.major,
                                           join(columns, ", "))}});
  }
}

}  // namespace hansa::service
