#include "service/access.h"

#include "api/access.h"
#include "door/http/bind.h"
#include "service/audit.h"

namespace hansa::http {

void add_access(Routes& routes) {
  routes.add(api::request_access, service::request_access);
  routes.add(api::list_access, service::list_access);
  routes.add(api::get_access, service::get_access);
  routes.add(api::approve_access, service::approve_access);
  routes.make_last_control();
  routes.add(api::reject_access, service::reject_access);
  routes.make_last_control();
  routes.add(api::revoke_access, service::revoke_access);
  routes.make_last_control();
  routes.add(api::renew_access, service::renew_access);
  routes.make_last_control();
  routes.add(api::explain_access, service::explain_access);
  routes.add(api::list_audit, service::list_audit);
}

}  // namespace hansa::http
