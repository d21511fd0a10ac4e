#include "api/deprecation.h"
#include "api/replay.h"
#include "door/http/shelves.h"
#include "service/bridge.h"
#include "service/brownouts.h"
#include "service/deprecation.h"
#include "service/notices.h"
#include "service/reminders.h"
#include "service/replay.h"
#include "service/retirement.h"

namespace hansa::http {

void add_versions(Routes& routes) {
  House& house = routes.house();
  const auto with_rules = [&]<class Ask, class Answer>(
                              const api::Route<Ask, Answer>& route,
                              Result<Answer> (*job)(const service::Context&, service::Live&, World&,
                                                    const service::HouseRules&, const Ask&)) {
    routes.add_job<Ask, Answer>(route, true, [&house, job](const auto& context, const Ask& ask) {
      return job(context, house.live, house.world, house.rules, ask);
    });
  };
  routes.add_job<api::Deprecate, api::DeprecationView>(
      api::deprecate, true,
      [&house](const auto& context, const api::Deprecate& ask) -> Result<api::DeprecationView> {
        HANSA_TRY(const auto bridge, service::bridge_for(context, shelves_of(house), ask));
        return service::deprecate(context, house.live, house.world, house.rules, ask, bridge);
      });
  routes.add_job<api::SetBridge, api::DeprecationView>(
      api::set_bridge, true, [&house](const auto& context, const api::SetBridge& ask) {
        return service::set_bridge(context, shelves_of(house), house.rules, ask);
      });
  with_rules(api::remove_bridge, service::remove_bridge);
  with_rules(api::list_deprecations, service::list_deprecations);
  with_rules(api::get_deprecation, service::get_deprecation);
  routes.add(api::withdraw_deprecation, service::withdraw_deprecation);
  routes.add(api::answer_notice, service::answer_notice);
  routes.add(api::extend_version, service::extend_version);
  routes.add(api::remind_version, service::remind_version);
  with_rules(api::retire_version, service::retire_version);
  with_rules(api::restore_version, service::restore_version);
  with_rules(api::list_notices, service::list_notices);
  with_rules(api::brown_out, service::brown_out);
  with_rules(api::cancel_brownout, service::cancel_brownout);
  routes.add(api::move_default, service::move_default);
  routes.add_job<api::ReplayVersion, api::ReplayView>(
      api::replay_version, true, [&house](const auto& context, const api::ReplayVersion& ask) {
        return service::replay_version(context, shelves_of(house), house.running, ask);
      });
  routes.add_job<api::OneVersion, api::ReplayView>(
      api::get_replay, true, [&house](const auto& context, const api::OneVersion& ask) {
        return service::get_replay(context, shelves_of(house), ask);
      });
}

}  // namespace hansa::http
