#include "door/http/bind.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "door/http/caller.h"
#include "door/http/problem.h"
#include "service/authority/record.h"

namespace hansa::http {
namespace {

constexpr Micros kPatience = std::chrono::hours(1);

api::Method method_of(net::Method method) {
  switch (method) {
    case net::Method::post: return api::Method::post;
    case net::Method::put: return api::Method::put;
    case net::Method::delete_: return api::Method::delete_;
    case net::Method::get:
    case net::Method::head:
    case net::Method::patch: return api::Method::get;
  }
  return api::Method::get;
}

// Whether a path is one of this pattern: as many parts, equal but for members. Part by part, since
// each request is held against every route.
bool matches(std::string_view pattern, std::string_view path) {
  for (;;) {
    const std::string_view wanted = pattern.substr(0, pattern.find('/'));
    const std::string_view part = path.substr(0, path.find('/'));
    if (!wanted.starts_with('{') && wanted != part) return false;
    const bool last_wanted = wanted.size() == pattern.size();
    const bool last_part = part.size() == path.size();
    if (last_wanted || last_part) return last_wanted && last_part;
    pattern.remove_prefix(wanted.size() + 1);
    path.remove_prefix(part.size() + 1);
  }
}

// A parameter's text as the value its schema asks for; text that is not one stays text and is
// refused there.
Json typed(const std::string& text, const Json& schema) {
  const Json* type = schema.find("type");
  const std::string kind = type && type->as_string() ? *type->as_string() : "string";
  if (kind == "integer") {
    if (const auto number = parse_int(text)) return *number;
  } else if (kind == "boolean") {
    if (text == "true") return true;
    if (text == "false") return false;
  } else if (kind == "array") {
    const Json* items = schema.find("items");
    return Json(Json::Array{typed(text, items ? *items : Json{})});
  }
  return text;
}

Result<void> set_parameter(Json& ask, const api::RouteInfo& info, const std::string& name,
                           const std::string& text) {
  static const Json any;
  const Json* properties = info.ask.find("properties");
  const Json* schema = properties ? properties->find(name) : nullptr;
  Json value = typed(text, schema ? *schema : any);
  Json* before = ask.find(name);
  if (before != nullptr && before->is_array() && value.is_array()) {
    before->push(std::move((*value.as_array())[0]));
    return {};
  }
  if (before != nullptr) return invalid(fmt::format("'{}' is given twice", name.substr(0, 80)));
  ask.set(name, std::move(value));
  return {};
}

bool says_json(const net::Request& request) {
  const std::string* type = request.header("content-type");
  if (type == nullptr) return false;
  return trim(lower_ascii(type->substr(0, type->find(';')))) == "application/json";
}

Result<Json> json_of(std::string_view text) {
  if (text.empty()) return Json(Json::Object{});
  HANSA_TRY(Json body, parse_json(text));
  if (!body.is_object()) return invalid("the body must be a JSON object");
  return body;
}

// The ask: the body's members, then those of the path, then those of the query string; each once.
Result<Json> read_ask(const api::RouteInfo& info, const net::Request& request,
                      std::string_view body) {
  HANSA_TRY(Json ask, json_of(body));
  const auto wanted = split(info.path, '/');
  const auto parts = split(request.path, '/');
  for (std::size_t i = 0; i < wanted.size() && i < parts.size(); ++i)
    if (wanted[i].starts_with('{'))
      HANSA_CHECK(set_parameter(ask, info, std::string(wanted[i].substr(1, wanted[i].size() - 2)),
                                std::string(parts[i])));
  for (const auto& [name, value] : request.query)
    HANSA_CHECK(set_parameter(ask, info, name, value));
  return ask;
}

}  // namespace

net::Response Routes::json_response(int status, const Json& json) {
  // Governed answers are never kept by a cache in between.
  return {.status = status,
          .headers = {{"content-type", "application/json"},
                      {"cache-control", "no-store"},
                      {"x-content-type-options", "nosniff"}},
          .text = to_text(json) + "\n"};
}

void Routes::add_handler(api::RouteInfo info, bool waits, std::size_t body_bytes_max,
                         Answerer answerer) {
  auto bound = std::make_unique<Bound>();
  bound->info = std::move(info);
  bound->handler.waits = waits;
  bound->handler.body_bytes_max = body_bytes_max;
  bound->handler.answer = [this, answerer = std::move(answerer), it = bound.get()](
                              net::Request& request) { return serve(*it, answerer, request); };
  all_.push_back(std::move(bound));
}

void Answers::count(int status) {
  const auto found = std::ranges::find(statuses, status);
  const auto other = std::ranges::find(statuses, 500);
  ++counts[static_cast<std::size_t>((found == statuses.end() ? other : found) - statuses.begin())];
}

Routes::Routes(House& house) : house_(house) {
  other_method_.waits = false;
  other_method_.answer = [this](net::Request& request) {
    std::vector<std::string> names;
    for (const api::Method method : methods_of(request.path)) {
      names.emplace_back(api::name_of(method));
      if (method == api::Method::get) names.emplace_back("HEAD");
    }
    net::Response response = net::problem(
        405, fmt::format("{} is not for this address", net::name_of(request.method)),
        fmt::format("it takes {}; /openapi.json describes every call", join(names, ", ")));
    response.headers.push_back({"allow", join(names, ", ")});
    return response;
  };
}

net::Response Routes::serve(const Bound& bound, const Answerer& answerer, net::Request& request) {
  const std::int64_t started_us = steady_us();
  net::Response response = answer(bound, answerer, request);
  bound.answers.count(response.status);
  took_.observe(steady_us() - started_us);
  return response;
}

net::Response Routes::answer(const Bound& bound, const Answerer& answerer, net::Request& request) {
  const Time now = house_.clock.now();
  service::Trail trail;
  service::Context context{.who = {},
                           .request = new_id<RequestId>(now),
                           .now = now,
                           .deadline = now + kPatience,
                           .stop = request.stop,
                           .trail = trail};
  const auto caller = caller_of(house_.live, request, now);
  if (caller) {
    context.who = *caller;
  } else if (!bound.info.open) {
    return unauthenticated(caller.error(), context.request);
  } else {
    context.who = stranger(request);
  }
  // A handler that streams its body reads it itself.
  std::string body;
  if (bound.handler.body_bytes_max != 0 &&
      (bound.info.method == api::Method::post || bound.info.method == api::Method::put)) {
    auto text = drain(*request.body, limits::body_bytes_max);
    if (!text) return problem_response(text.error(), context.request);
    body = *std::move(text);
    if (!body.empty() && !says_json(request))
      return problem_response(
          {Code::invalid, "the body must be JSON", "send content-type: application/json"},
          context.request, 415);
  }
  auto ask = read_ask(bound.info, request, body);
  auto response = ask ? answerer(context, *std::move(ask), request)
                      : Result<net::Response>(std::unexpected(ask.error()));
  if (auto recorded = service::record_refusals(context, house_.world); !recorded)
    response = std::unexpected(recorded.error());
  if (!response) return problem_response(response.error(), context.request);
  response->headers.push_back({"x-request-id", to_text(context.request)});
  return *std::move(response);
}

std::vector<api::Method> Routes::methods_of(std::string_view path) const {
  std::vector<api::Method> out;
  for (const auto& bound : all_)
    if (matches(bound->info.path, path)) out.push_back(bound->info.method);
  return out;
}

const net::Handler* Routes::find(net::Method method, std::string_view path) const {
  bool known = false;
  for (const auto& bound : all_) {
    if (!matches(bound->info.path, path)) continue;
    if (method != net::Method::patch && bound->info.method == method_of(method))
      return &bound->handler;
    known = true;
  }
  return known ? &other_method_ : nullptr;
}

}  // namespace hansa::http
