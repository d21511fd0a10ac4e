#include "api/deletion.h"
#include "api/product.h"
#include "door/http/bind.h"
#include "service/deletion.h"
#include "service/discover.h"
#include "service/mount.h"
#include "service/search.h"

namespace hansa::http {

void add_catalog(Routes& routes) {
  // On the pool: after a start it waits until all words are learned.
  routes.add_job<api::Search, api::Found>(
      api::search, true, [&house = routes.house()](const auto& context, const auto& ask) {
        return service::search_products(context, house.live, ask);
      });
  routes.add(api::list_products, service::list_products);
  routes.add(api::get_product, service::get_product);
  routes.add(api::list_ports, service::list_ports);
  routes.add(api::get_port, service::get_port);
  routes.add(api::list_domains, service::list_domains);
  routes.add(api::list_teams, service::list_teams);
  routes.add(api::list_accounts, service::list_accounts);
  routes.add(api::create_mount, service::create_mount);
  routes.add(api::list_mounts, service::list_mounts);
  routes.add(api::remove_mount, service::remove_mount);
  routes.add(api::plan_deletion, service::plan_deletion);
  routes.add(api::make_deletion, service::make_deletion);
  routes.add(api::list_deletions, service::list_deletions);
}

}  // namespace hansa::http
