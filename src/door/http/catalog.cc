#include "api/deletion.h"
#include "api/product.h"
#include "api/standard.h"
#include "door/http/bind.h"
#include "service/deletion.h"
#include "service/discover.h"
#include "service/maturity.h"
#include "service/mount.h"
#include "service/search.h"
#include "service/standards.h"

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
  routes.add(api::list_standards, service::list_standards);
  // It walks all products: not on an I/O thread.
  routes.add_job<api::GetNamed, api::StandardView>(
      api::get_standard, true, [&house = routes.house()](const auto& context, const auto& ask) {
        return service::get_standard(context, house.live, ask);
      });
  routes.add(api::remove_standard, service::remove_standard);
  routes.add(api::list_maturity, service::list_maturity);
  routes.add(api::get_maturity, service::get_maturity);
  routes.add(api::get_domain_maturity, service::get_domain_maturity);
}

}  // namespace hansa::http
