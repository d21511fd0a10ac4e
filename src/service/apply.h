// Manifests become the mesh.
#pragma once

#include "api/manifest.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// What is wrong with the manifests is in the plan's findings; an error is about what
// they ask for.
Result<api::PlanView> plan_manifests(const Context& context, Live& live, World& world,
                                     const api::PlanManifests& ask);
// One commit, or nothing. Errors: as plan; invalid if the manifests have errors; conflict if
// `digest` is given and the plan is another one by now.
Result<api::Applied> apply_manifests(const Context& context, Live& live, World& world,
                                     const api::ApplyManifests& ask);

}  // namespace hansa::service
