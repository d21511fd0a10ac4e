#include "api/manifest.h"

#include "door/http/bind.h"
#include "service/apply.h"

namespace hansa::http {

void add_manifest(Routes& routes) {
  House& house = routes.house();
  // Memory only, but megabytes of YAML take their time: not on an I/O thread.
  routes.add_job<api::PlanManifests, api::PlanView>(
      api::plan_manifests, true, [&house](const auto& context, const auto& ask) {
        return service::plan_manifests(context, house.live, ask);
      });
  routes.add(api::apply_manifests, service::apply_manifests);
}

}  // namespace hansa::http
