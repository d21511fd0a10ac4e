// Users, service accounts, roles and groups.
#pragma once

#include "api/identity.h"
#include "api/product.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

Result<api::WhoAmI> who_am_i(const Context& context, const Live& live, const api::Nothing& ask);
Result<api::Principals> list_principals(const Context& context, const Live& live,
                                        const api::ListPrincipals& ask);

Result<api::PrincipalView> create_principal(const Context& context, Live& live, World& world,
                                            const api::CreatePrincipal& ask);
Result<api::PrincipalView> disable_principal(const Context& context, Live& live, World& world,
                                             const api::DisablePrincipal& ask);

}  // namespace hansa::service
