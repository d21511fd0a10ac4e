#include "service/channels.h"

#include "api/channel.h"
#include "door/http/bind.h"

namespace hansa::http {

void add_channels(Routes& routes) {
  House& house = routes.house();
  const auto with_sealer = [&]<class Ask, class Answer>(
                               const api::Route<Ask, Answer>& route,
                               Result<Answer> (*job)(const service::Context&, service::Live&,
                                                     World&, const Sealer&, const Ask&)) {
    routes.add_job<Ask, Answer>(route, true, [&house, job](const auto& context, const Ask& ask) {
      return job(context, house.live, house.world, house.sealer, ask);
    });
  };
  with_sealer(api::make_channel, service::make_channel);
  routes.add(api::list_channels, service::list_channels);
  routes.add(api::remove_channel, service::remove_channel);
  with_sealer(api::renew_channel_secret, service::renew_channel_secret);
  routes.add_job<api::OneChannel, api::ChannelTried>(
      api::test_channel, true, [&house](const auto& context, const auto& ask) {
        return service::test_channel(context, house.live, house.world, house.post, ask);
      });
  routes.add(api::set_rhythm, service::set_rhythm);
  routes.add(api::list_deliveries, service::list_deliveries);
}

}  // namespace hansa::http
