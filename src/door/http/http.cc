#include "door/http/http.h"

namespace hansa::http {

void add_all(Routes& routes) {
  add_identity(routes);
  add_catalog(routes);
  add_access(routes);
  add_manifest(routes);
  add_versions(routes);
  add_talk(routes);
  add_channels(routes);
  add_dev_mail(routes);
  add_answers(routes);
  add_publish(routes);
  add_query(routes);
  add_events(routes);
  add_keeping(routes);
  add_health(routes);
}

net::Router router(const Routes& routes) {
  return [&routes](net::Method method, std::string_view path) { return routes.find(method, path); };
}

}  // namespace hansa::http
