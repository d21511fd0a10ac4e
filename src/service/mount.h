// Mounts: somebody's port, domain or catalog under a name of one's own.
#pragma once

#include "api/product.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

Result<api::MountView> create_mount(const Context& context, Live& live, World& world,
                                    const api::CreateMount& ask);
Result<api::Nothing> remove_mount(const Context& context, Live& live, World& world,
                                  const api::RemoveMount& ask);
Result<api::PageOf<api::MountView>> list_mounts(const Context& context, const Live& live,
                                                const api::ListMounts& ask);

}  // namespace hansa::service
