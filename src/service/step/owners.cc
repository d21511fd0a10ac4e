#include "service/step/owners.h"

namespace hansa::service {

TeamId team_of(const View& view, DomainId domain) {
  const auto* found = view.mesh.find<Domain>(domain);
  return found != nullptr ? found->owner : TeamId{};
}

TeamId team_of(const View& view, const Grantee& grantee) {
  switch (grantee.kind) {
    case GranteeKind::team: return TeamId{grantee.id};
    case GranteeKind::product: {
      const auto* product = view.mesh.find<Product>(grantee.id);
      return product != nullptr ? team_of(view, product->domain) : TeamId{};
    }
    case GranteeKind::account: {
      const auto* account = view.mesh.find<Account>(grantee.id);
      return account != nullptr ? team_of(view, account->domain) : TeamId{};
    }
    case GranteeKind::service_account: {
      const auto* account = view.mesh.find<Principal>(grantee.id);
      return account != nullptr ? account->team.value_or(TeamId{}) : TeamId{};
    }
    case GranteeKind::user:
    case GranteeKind::role:
    case GranteeKind::group: return {};
  }
  return {};
}

bool is_own(const View& view, TeamId team, PrincipalId who) {
  const auto* subject = view.rights.subject(who);
  return subject != nullptr && subject->in_team(team);
}

bool is_own(const View& view, TeamId team, const Grantee& grantee) {
  if (grantee.kind == GranteeKind::user || grantee.kind == GranteeKind::service_account)
    return is_own(view, team, PrincipalId{grantee.id});
  return team && team_of(view, grantee) == team;
}

}  // namespace hansa::service
