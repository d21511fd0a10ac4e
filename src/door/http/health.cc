#include <fmt/format.h>

#include "api/openapi.h"
#include "door/http/bind.h"
#include "service/authority/authorize.h"
#include "service/authority/running.h"

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

std::string metrics(const House& house) {
  const auto [seq, ports, principals, grants] = house.live.read([](const service::View& view) {
    return std::tuple(view.seq.number, view.mesh.all<Port>().size(),
                      view.mesh.all<Principal>().size(), view.mesh.all<Grant>().size());
  });
  std::string out;
  const auto gauge = [&](std::string_view name, std::string_view says, std::uint64_t value) {
    out += fmt::format("# HELP hansa_{0} {1}\n# TYPE hansa_{0} gauge\nhansa_{0} {2}\n", name, says,
                       value);
  };
  gauge("commit_seq", "Number of the last commit applied.", seq);
  gauge("ports", "Output ports, every major one.", ports);
  gauge("principals", "Users, service accounts, roles and groups.", principals);
  gauge("grants", "Requests and grants, whatever their state.", grants);
  gauge("queries_running", "Governed streams open now.", house.running.count());
  return out;
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
  answer(plain("/readyz", "isReady", "The mesh is loaded and kept in step", true),
         [](const auto&) { return text("ok\n"); });
  answer(plain("/metrics", "getMetrics", "Figures in the Prometheus text format", false),
         [&house](const service::Context& context) -> Result<net::Response> {
           // Counts tell of what is hidden, so they are the administrator's.
           HANSA_CHECK(house.live.read([&](const service::View& view) {
             return service::authorize(context, view, Action::administer,
                                       service::on_organisation(), "the metrics");
           }));
           return text(metrics(house));
         });
  api::RouteInfo document =
      plain("/openapi.json", "getOpenApi", "This interface as OpenAPI 3.1", true);
  document.answer_type = "application/json";
  document.answer = Json::Object{{"type", "object"}};
  answer(std::move(document), [&routes, &house](const auto&) {
    std::vector<api::RouteInfo> infos;
    for (const auto& bound : routes.all()) infos.push_back(bound->info);
    return Routes::json_response(200, api::openapi(infos, house.version));
  });
}

}  // namespace hansa::http
