// What ports promise, what is wrong with them, and what people ask of those who make them.
#include "api/incident.h"
#include "api/issue.h"
#include "api/slo.h"
#include "door/http/bind.h"
#include "service/incidents.h"
#include "service/issues.h"
#include "service/slo.h"

namespace hansa::http {

void add_talk(Routes& routes) {
  // A list walks all ports: not on an I/O thread.
  routes.add_job<api::ListSlo, api::PageOf<api::SloView>>(
      api::list_slo, true,
      [&house = routes.house()](const service::Context& context, const api::ListSlo& ask) {
        return service::list_slo(context, house.live, ask);
      });
  routes.add(api::get_slo, service::get_slo);
  routes.add(api::raise_issue, service::raise_issue);
  routes.add(api::list_issues, service::list_issues);
  routes.add(api::get_issue, service::get_issue);
  routes.add(api::join_issue, service::join_issue);
  routes.add(api::answer_issue, service::answer_issue);
  routes.add(api::open_incident, service::open_incident);
  routes.add(api::list_incidents, service::list_incidents);
  routes.add(api::get_incident, service::get_incident);
  routes.add(api::update_incident, service::update_incident);
  routes.add(api::resolve_incident, service::resolve_incident);
}

}  // namespace hansa::http
