#include "api/publish.h"

#include "api/checks.h"
#include "api/derivation.h"
#include "api/quarantine.h"
#include "base/time.h"
#include "door/http/bind.h"
#include "door/http/rows_answer.h"
#include "door/http/shelves.h"
#include "service/checks.h"
#include "service/derivations.h"
#include "service/derive.h"
#include "service/publish.h"
#include "service/quarantine.h"
#include "service/rejects.h"
#include "service/remake.h"
#include "service/snapshots.h"
#include "service/uploads.h"

namespace hansa::http {
namespace {

void add_quarantine(Routes& routes) {
  House& house = routes.house();
  routes.add(api::list_held, service::list_held);
  routes.add(api::get_held, service::get_held);
  routes.add(api::drop_held, service::drop_held);
  routes.add_job<api::ReleaseHeld, api::Published>(
      api::release_held, true, [&house](const auto& context, const auto& ask) {
        return service::release_held(context, house.live, house.world, house.tables, ask);
      });
  routes.add_handler(
      api::info_of(api::query_held), true, limits::body_bytes_max,
      [&house](const service::Context& context, Json json, net::Request&) -> Result<net::Response> {
        const std::int64_t started_us = steady_us();
        HANSA_TRY(const auto ask, from_json<api::QueryHeld>(json));
        HANSA_TRY(auto opened, service::query_held(context, shelves_of(house), house.running, ask));
        HANSA_TRY(auto response, answer_with(std::move(opened), {.request = context.request,
                                                                 .started_us = started_us}));
        response.headers.push_back({"cache-control", "no-store"});
        return response;
      });
}

}  // namespace

void add_publish(Routes& routes) {
  House& house = routes.house();
  api::RouteInfo upload = api::info_of(api::upload_file);
  upload.body_type = "application/octet-stream";
  routes.add_handler(std::move(upload), true, 0,
                     [&house](const service::Context& context, Json ask,
                              net::Request& request) -> Result<net::Response> {
                       HANSA_TRY(const auto read, from_json<api::Upload>(ask));
                       HANSA_TRY(const auto done,
                                 service::upload_file(context, house.live, house.world,
                                                      house.tables, read, *request.body));
                       return Routes::json_response(200, to_json(done));
                     });
  routes.add_job<api::Publish, api::Published>(
      api::publish_files, true, [&house](const auto& context, const auto& ask) {
        return service::publish_files(context, house.live, house.world, house.tables, ask);
      });
  routes.add_job<api::SetDerivation, api::DerivationView>(
      api::set_derivation, true, [&house](const auto& context, const auto& ask) {
        return service::set_derivation(context, shelves_of(house), ask);
      });
  routes.add_job<api::GetPort, api::Nothing>(
      api::remove_derivation, true, [&house](const auto& context, const auto& ask) {
        return service::remove_derivation(context, shelves_of(house), ask);
      });
  routes.add_job<api::GetPort, api::DerivationRun>(
      api::run_derivation, true, [&house](const auto& context, const auto& ask) {
        return service::run_derivation(context, shelves_of(house), house.running, ask);
      });
  routes.add_job<api::RunChecks, api::CheckReport>(
      api::run_checks, true, [&house](const auto& context, const auto& ask) {
        return service::run_checks(context, shelves_of(house), house.running, ask);
      });
  routes.add(api::list_checks, service::list_checks);
  add_quarantine(routes);
  routes.add(api::get_derivation, service::get_derivation);
  routes.add(api::list_derivations, service::list_derivations);
  routes.add_job<api::ListRejects, api::RejectList>(
      api::list_rejects, true, [&house](const auto& context, const auto& ask) {
        return service::list_rejects(context, house.live, house.world, ask);
      });
  routes.add_job<api::Rollback, api::Published>(
      api::rollback_port, true, [&house](const auto& context, const auto& ask) {
        return service::rollback_port(context, house.live, house.world, house.tables, ask);
      });
  routes.add_job<api::ListSnapshots, api::Snapshots>(
      api::list_snapshots, true, [&house](const auto& context, const auto& ask) {
        return service::list_snapshots(context, house.live, house.world, house.tables, ask);
      });
}

}  // namespace hansa::http
