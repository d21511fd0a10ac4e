#include "service/query.h"

#include "api/profile.h"
#include "api/rows.h"
#include "base/time.h"
#include "door/http/bind.h"
#include "door/http/rows_answer.h"
#include "door/http/shelves.h"
#include "service/profile.h"
#include "service/rows.h"

namespace hansa::http {
namespace {

Result<net::Response> run(House& house, const service::Context& context, const Json& json) {
  const std::int64_t started_us = steady_us();
  HANSA_TRY(const auto ask, from_json<api::RunQuery>(json));
  HANSA_TRY(auto opened, service::open_query(context, shelves_of(house), house.running, ask));
  HANSA_TRY(auto response,
            answer_with(std::move(opened), {.request = context.request, .started_us = started_us}));
  response.headers.push_back({"cache-control", "no-store"});
  return response;
}

// Where the next page is, for answers that are nothing but rows.
std::string link_of(const api::ReadRows& ask, const std::string& next) {
  api::ReadRows behind = ask;
  behind.columns = {};
  behind.filter = {};
  behind.order = {};
  behind.cursor = next;
  Json json = to_json(behind);
  return "<" + api::address_of(api::Method::get, api::read_rows.path, json) + ">; rel=\"next\"";
}

// A cache of the caller's own may keep the rows, and asks again each time.
void add_tag(net::Response& response, const service::OpenedRows& rows) {
  response.headers.push_back({"cache-control", "private, no-cache"});
  response.headers.push_back({"vary", "authorization"});
  response.headers.push_back({"etag", rows.etag});
}

Result<net::Response> read(House& house, const service::Context& context, const Json& json,
                           const net::Request& request) {
  const std::int64_t started_us = steady_us();
  HANSA_TRY(const auto ask, from_json<api::ReadRows>(json));
  const std::string* unless = request.header("if-none-match");
  HANSA_TRY(auto rows, service::open_rows(context, shelves_of(house), house.running, house.sealer,
                                          ask, unless ? *unless : std::string()));
  if (rows.query.rows == nullptr) {
    net::Response response{.status = 304};
    add_tag(response, rows);
    return response;
  }
  AnswerTo to{.request = context.request, .started_us = started_us};
  to.before_columns = "\"snapshot\":\"" + std::to_string(rows.snapshot) + "\",";
  to.after_rows = [next = rows.next, sure = rows.surely_more,
                   limit = ask.limit](std::uint64_t count) -> std::string {
    return next.empty() || (!sure && count < limit) ? "" : "\"next\":\"" + next + "\",";
  };
  HANSA_TRY(auto response, answer_with(std::move(rows.query), std::move(to)));
  add_tag(response, rows);
  if (ask.format != "json" && !rows.next.empty())
    response.headers.push_back({"link", link_of(ask, rows.next)});
  return response;
}

}  // namespace

void add_query(Routes& routes) {
  House& house = routes.house();
  routes.add_handler(api::info_of(api::run_query), true, limits::body_bytes_max,
                     [&house](const service::Context& context, Json ask, net::Request&) {
                       return run(house, context, ask);
                     });
  routes.add_handler(api::info_of(api::read_rows), true, limits::body_bytes_max,
                     [&house](const service::Context& context, Json ask, net::Request& request) {
                       return read(house, context, ask, request);
                     });
  routes.add_job<api::GetProfile, api::Profile>(
      api::get_profile, true, [&house](const auto& context, const auto& ask) {
        return service::get_profile(context, shelves_of(house), house.running, ask);
      });
  routes.add_job<api::ListQueries, api::Queries>(
      api::list_queries, false, [&house](const auto& context, const auto& ask) {
        return service::list_queries(context, house.running, ask);
      });
  routes.add_job<api::GetQuery, api::QueryView>(
      api::get_query, false, [&house](const auto& context, const auto& ask) {
        return service::get_query(context, house.running, ask);
      });
  routes.add_job<api::GetQuery, api::Nothing>(
      api::cancel_query, true, [&house](const auto& context, const auto& ask) {
        return service::cancel_query(context, house.running, ask);
      });
  routes.make_last_control();
}

}  // namespace hansa::http
