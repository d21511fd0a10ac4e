#include "api/backup.h"
#include "api/doctor.h"
#include "api/housekeeping.h"
#include "door/http/bind.h"
#include "service/backup.h"
#include "service/compact.h"
#include "service/doctor.h"
#include "service/housekeeping.h"

namespace hansa::http {

void add_keeping(Routes& routes) {
  House& house = routes.house();
  routes.add_job<api::Examine, api::Diagnosis>(
      api::examine, true, [&house](const auto& context, const auto& ask) {
        return service::diagnose(context, house.live, house.world, house.clock, house.look_around,
                                 ask);
      });
  api::RouteInfo backup = api::info_of(api::make_backup);
  backup.answer = Json();
  backup.answer_type = std::string(api::kBackupType);
  routes.add_handler(
      std::move(backup), true, limits::body_bytes_max,
      [&house](const service::Context& context, Json json, net::Request&) -> Result<net::Response> {
        HANSA_TRY(const auto ask, from_json<api::MakeBackup>(json));
        HANSA_TRY(auto source, house.backups.open(context, house.live, house.world, house.tables,
                                                  house.clock, ask));
        net::Response response{.status = 200,
                               .headers = {{"content-type", std::string(api::kBackupType)},
                                           {"cache-control", "no-store"},
                                           {"x-content-type-options", "nosniff"}}};
        response.body = std::move(source);
        return response;
      });
  routes.add_job<api::GetPort, api::HousekeepingPlan>(
      api::plan_housekeeping, true, [&house](const auto& context, const auto& ask) {
        return service::plan_housekeeping(context, house.live, house.world, house.tables,
                                          house.rules, ask);
      });
  routes.add_job<api::ExpireSnapshots, api::Expired>(
      api::expire_snapshots, true, [&house](const auto& context, const auto& ask) {
        return service::expire_snapshots(context, house.live, house.world, house.tables,
                                         house.clock, house.rules, ask);
      });
  routes.add_job<api::GetPort, api::Compacted>(
      api::compact_files, true, [&house](const auto& context, const auto& ask) {
        return service::compact_files(context, house.live, house.world, house.tables, house.running,
                                      ask);
      });
  routes.add_job<api::GetPort, api::BroughtBack>(
      api::undo_expiry, true, [&house](const auto& context, const auto& ask) {
        return service::undo_expiry(context, house.live, house.world, house.tables, house.clock,
                                    ask);
      });
}

}  // namespace hansa::http
