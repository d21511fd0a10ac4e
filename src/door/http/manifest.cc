#include "api/manifest.h"

#include "door/http/bind.h"
#include "service/apply.h"

namespace hansa::http {

void add_manifest(Routes& routes) {
  routes.add(api::plan_manifests, service::plan_manifests);
  routes.add(api::apply_manifests, service::apply_manifests);
}

}  // namespace hansa::http
