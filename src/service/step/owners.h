// Which team owns a thing, and what is a team's own.
#pragma once

#include "model/grant.h"
#include "service/authority/live.h"

namespace hansa::service {

// Zero: none.
TeamId team_of(const View& view, DomainId domain);
// The team that it is, that answers for it or that owns it. Zero: none, as of users, roles and
// groups, who may be in several.
TeamId team_of(const View& view, const Grantee& grantee);

// A member, or a service account that the team answers for.
bool is_own(const View& view, TeamId team, PrincipalId who);
bool is_own(const View& view, TeamId team, const Grantee& grantee);

}  // namespace hansa::service
