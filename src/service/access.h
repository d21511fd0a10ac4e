// The life of access: ask, judge, use, renew, revoke.
#pragma once

#include "api/access.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

Result<api::AccessView> request_access(const Context& context, Live& live, World& world,
                                       const api::RequestAccess& ask);
Result<api::AccessView> approve_access(const Context& context, Live& live, World& world,
                                       const api::Approve& ask);
Result<api::AccessView> reject_access(const Context& context, Live& live, World& world,
                                      const api::GiveReason& ask);
// Returns after every running query that used it was cut.
Result<api::AccessView> revoke_access(const Context& context, Live& live, World& world,
                                      const api::GiveReason& ask);
Result<api::AccessView> renew_access(const Context& context, Live& live, World& world,
                                     const api::Renew& ask);
Result<api::AccessView> get_access(const Context& context, const Live& live,
                                   const api::GetAccess& ask);
Result<api::PageOf<api::AccessView>> list_access(const Context& context, const Live& live,
                                                 const api::ListAccess& ask);
Result<api::Explanation> explain_access(const Context& context, const Live& live,
                                        const api::Explain& ask);

}  // namespace hansa::service
