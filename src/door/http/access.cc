#include "service/access.h"

#include "api/access.h"
#include "api/use.h"
#include "door/http/bind.h"
#include "service/audit.h"
#include "service/subscriptions.h"
#include "service/usage.h"

namespace hansa::http {

void add_access(Routes& routes) {
  routes.add(api::request_access, service::request_access);
  // A list of what is rare among many walks all of them: not on an I/O thread.
  routes.add_job<api::ListAccess, api::PageOf<api::AccessView>>(
      api::list_access, true,
      [&house = routes.house()](const service::Context& context, const api::ListAccess& ask) {
        return service::list_access(context, house.live, ask);
      });
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
  routes.add(api::list_consumers, service::list_consumers);
  routes.add(api::get_usage, service::get_usage);
  routes.add(api::subscribe, service::subscribe);
  routes.add(api::list_subscriptions, service::list_subscriptions);
  routes.add(api::unsubscribe, service::unsubscribe);
}

}  // namespace hansa::http
