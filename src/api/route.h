// The REST interface as values: a route has one ask and one answer type, described once
// (base/fields.h). The HTTP door binds it to a job, the command line calls it, OpenAPI prints it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/limits.h"

namespace hansa::api {

enum class Method { get, post, put, delete_ };
std::string_view name_of(Method method);

// `path` may hold {members} of the ask. GET and DELETE take the other members from the query string
// (a list is a repeated parameter), POST and PUT from a JSON body.
template <class Ask, class Answer>
struct Route {
  Method method;
  std::string_view path;
  std::string_view id;    // unique, "listPorts": OpenAPI's operationId
  std::string_view says;  // one line
  std::string_view tag;   // the noun it belongs to
};

// Nothing to say.
struct Nothing {};
inline void describe(Fields&, Nothing&) {}

// One page of a list. `after` is what the page before gave as `next`.
struct Paging {
  std::uint32_t limit = limits::page_items_default;
  std::string after;
};
void describe_paging(Fields& f, Paging& v);

// What a bound route is made of, for OpenAPI, for the walk over all routes, and for the router.
struct RouteInfo {
  Method method;
  std::string path;
  std::string id;
  std::string says;
  std::string tag;
  Json ask;     // JSON Schema
  Json answer;  // JSON Schema; null: no JSON comes back
  std::string answer_type = "application/json";
  std::string body_type = "application/json";
  bool open = false;  // answers a stranger
};

template <class Ask, class Answer>
RouteInfo info_of(const Route<Ask, Answer>& route) {
  return {.method = route.method,
          .path = std::string(route.path),
          .id = std::string(route.id),
          .says = std::string(route.says),
          .tag = std::string(route.tag),
          .ask = schema_of<Ask>(),
          .answer = schema_of<Answer>()};
}

// The members of a path in braces, in order: "/ports/{domain}/{port}" has domain and port.
std::vector<std::string> members_of(std::string_view path);
// The path with its members replaced by the ask's values, percent-encoded, and the rest of a GET's
// or DELETE's ask as a query string. What is left of `ask` is the body of a POST or PUT.
std::string address_of(Method method, std::string_view path, Json& ask);

}  // namespace hansa::api
