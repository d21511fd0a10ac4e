#include <mutex>

#include "api/openapi.h"
#include "door/http/bind.h"
#include "door/http/metrics.h"
#include "service/authority/authorize.h"

namespace hansa::http {
namespace {

api::RouteInfo plain(std::string path, std::string id, std::string says, bool open) {
  return {.method = api::Method::get,
          .path = std::move(path),
          .id = std::move(id),
          .says = std::move(says),
          .tag = "health",
          .ask = schema_of<api::Nothing>(),
          .answer = Json(),
          .answer_type = "text/plain",
          .open = open};
}

net::Response text(std::string body) {
  return {.status = 200,
          .headers = {{"content-type", "text/plain; charset=utf-8"}, {"cache-control", "no-store"}},
          .text = std::move(body)};
}

}  // namespace

void add_health(Routes& routes) {
  House& house = routes.house();
  const auto answer = [&](api::RouteInfo info, auto make) {
    routes.add_handler(std::move(info), false, 0,
                       [make](const service::Context& context, Json,
                              net::Request&) -> Result<net::Response> { return make(context); });
  };
  answer(plain("/healthz", "isAlive", "The process answers", true),
         [](const auto&) { return text("ok\n"); });
  answer(plain("/readyz", "isReady",
               "The mesh is loaded, the store can be written and workers start; else 503", true),
         [&house](const auto&) -> Result<net::Response> {
           HANSA_CHECK(house.ready());
           return text("ok\n");
         });
  answer(plain("/metrics", "getMetrics", "Figures in the Prometheus text format", false),
         [&house, &routes](const service::Context& context) -> Result<net::Response> {
           // Counts tell of what is hidden, so they are the administrator's.
           HANSA_CHECK(house.live.read([&](const service::View& view) {
             return service::authorize(context, view, Action::administer,
                                       service::on_organisation(), "the metrics");
           }));
           return text(metrics_of(routes));
         });
  api::RouteInfo document =
      plain("/openapi.json", "getOpenApi", "This interface as OpenAPI 3.1", true);
  document.answer_type = "application/json";
  document.answer = Json::Object{{"type", "object"}};
  // Made at the first call: by then every route has been added.
  struct Written {
    std::once_flag once;
    net::Response response;
  };
  answer(
      std::move(document), [&routes, &house, written = std::make_shared<Written>()](const auto&) {
        std::call_once(written->once, [&] {
          std::vector<api::RouteInfo> infos;
          for (const auto& bound : routes.all()) infos.push_back(bound->info);
          written->response = Routes::json_response(200, api::openapi(infos, house.version));
        });
        const net::Response& whole = written->response;
        return net::Response{.status = whole.status, .headers = whole.headers, .text = whole.text};
      });
}

}  // namespace hansa::http
