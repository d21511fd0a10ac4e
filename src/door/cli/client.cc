#include "door/cli/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

constexpr std::string_view kSecrets[] = {"password", "token"};

// What --debug shows of a body.
std::string shown(const std::string& body) {
  auto json = parse_json(body);
  if (!json) return body.empty() ? "" : counted(body.size(), "byte");
  for (const std::string_view secret : kSecrets)
    if (Json* member = json->find(secret)) *member = Json("...");
  std::string text = to_text(*json);
  constexpr std::size_t kShownMax = 2'000;
  if (text.size() > kShownMax) text = text.substr(0, kShownMax) + "...";
  return text;
}

api::Problem problem_of(const Reply& reply) {
  if (const auto json = parse_json(reply.body); json && json->is_object())
    if (auto problem = read_answer<api::Problem>(*json)) return *problem;
  // A proxy in between, or something that is no Hansa at all.
  api::Problem problem;
  problem.status = reply.status;
  problem.detail = fmt::format("the server answered with status {}", reply.status);
  problem.code = reply.status == 401   ? "unauthenticated"
                 : reply.status == 403 ? "denied"
                                       : "internal";
  problem.request_id = reply.request_id;
  return problem;
}

}  // namespace

Failure Client::failure_of(const Reply& reply) const {
  const api::Problem problem = problem_of(reply);
  Failure failure(api::error_of(problem), api::exit_of(problem));
  failure.code = problem.code;
  failure.request_id = problem.request_id.empty() ? reply.request_id : problem.request_id;
  if (reply.status == 401 && failure.error.next.empty())
    failure.error.next = "hansa login --url " + endpoint_.url;
  return failure;
}

Outcome<Reply> Client::send(Call call, std::string_view address) {
  call.url = endpoint_.url + std::string(address);
  if (!endpoint_.token.empty())
    call.headers.emplace_back("authorization", "Bearer " + endpoint_.token);
  if (!call.body.empty()) call.headers.emplace_back("content-type", "application/json");
  const auto progress = std::move(call.progress);
  call.progress = [&](std::uint64_t sent, std::uint64_t received) {
    return !console_.interrupted() && (!progress || progress(sent, received));
  };
  if (options_.debug)
    console_.err(
        visible(fmt::format("> {} {} {}", api::name_of(call.method), call.url, shown(call.body))) +
        "\n");
  const std::int64_t start_us = steady_us();
  auto reply = transport_->send(call);
  if (!reply) return std::unexpected(Failure(std::move(reply).error()));
  if (options_.debug)
    console_.err(visible(fmt::format("< {} in {} ms {}", reply->status,
                                     (steady_us() - start_us) / 1000, reply->request_id)) +
                 "\n");
  if (reply->status < 200 || reply->status >= 300) return std::unexpected(failure_of(*reply));
  return std::move(*reply);
}

Outcome<Json> Client::call_json(api::Method method, std::string_view path, Json ask,
                                std::optional<Seconds> timeout) {
  Call call{.method = method, .timeout = timeout.value_or(options_.timeout)};
  call.headers.emplace_back("accept", "application/json");
  const std::string address = api::address_of(method, path, ask);
  if (method == api::Method::post || method == api::Method::put) call.body = to_text(ask);
  HANSA_TRY(const Reply reply, send(std::move(call), address));
  if (reply.body.empty()) return Json(Json::Object{});
  auto answer = parse_json(reply.body);
  if (answer) return std::move(*answer);
  return std::unexpected(
      Failure(Error{Code::corrupt, "the answer of " + endpoint_.url + " is not JSON",
                    "check that a Hansa server listens there"}));
}

Outcome<Json::Array> Client::call_pages(std::string_view path, Json ask, std::size_t items_max,
                                        bool& more) {
  Json::Array items;
  more = false;
  for (;;) {
    const std::size_t limit = std::min(items_max - items.size(), limits::page_items_max);
    ask.set("limit", std::uint64_t{limit});
    HANSA_TRY(Json page, call_json(api::Method::get, path, ask));
    Json* found = page.find("items");
    if (found == nullptr || found->as_array() == nullptr)
      return std::unexpected(
          Failure(Error{Code::corrupt, "the server's answer is not a list", {}}));
    std::ranges::move(*found->as_array(), std::back_inserter(items));
    const Json* next = page.find("next");
    more = next && next->as_string() && !next->as_string()->empty();
    if (!more || items.size() >= items_max) return items;
    ask.set("after", *next);
  }
}

}  // namespace hansa::cli
