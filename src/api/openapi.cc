#include "api/openapi.h"

#include <algorithm>

#include "api/problem.h"
#include "base/text.h"

namespace hansa::api {
namespace {

using Object = Json::Object;
using Array = Json::Array;

bool is_required(const Json& schema, const std::string& name) {
  const Json* required = schema.find("required");
  return required != nullptr &&
         std::ranges::find(*required->as_array(), Json(name)) != required->as_array()->end();
}

// Members of the path and, for GET and DELETE, of the query string.
Json parameters_of(const RouteInfo& route) {
  Json out{Array{}};
  const auto in_path = members_of(route.path);
  const bool query = route.method == Method::get || route.method == Method::delete_ ||
                     route.body_type != "application/json";
  const Json* properties = route.ask.find("properties");
  for (const auto& [name, schema] : properties ? *properties->as_object() : Object{}) {
    const bool path = std::ranges::find(in_path, name) != in_path.end();
    if (!path && !query) continue;
    Json shape = schema;
    Json parameter{Object{{"name", name},
                          {"in", path ? "path" : "query"},
                          {"required", path || is_required(route.ask, name)}}};
    if (const Json* says = schema.find("description")) parameter.set("description", *says);
    std::erase_if(*shape.as_object(),
                  [](const auto& member) { return member.first == "description"; });
    parameter.set("schema", std::move(shape));
    out.push(std::move(parameter));
  }
  return out;
}

// The ask without what the path says already.
Json body_of(const RouteInfo& route) {
  if (route.body_type != "application/json")
    return Object{{"required", true},
                  {"content",
                   Object{{route.body_type,
                           Object{{"schema", Object{{"type", "string"}, {"format", "binary"}}}}}}}};
  Json schema = route.ask;
  const auto in_path = members_of(route.path);
  const auto in = [&](const std::string& name) {
    return std::ranges::find(in_path, name) != in_path.end();
  };
  std::erase_if(*schema.find("properties")->as_object(),
                [&](const auto& member) { return in(member.first); });
  if (Json* required = schema.find("required")) {
    std::erase_if(*required->as_array(), [&](const Json& name) { return in(*name.as_string()); });
    if (required->as_array()->empty())
      std::erase_if(*schema.as_object(),
                    [](const auto& member) { return member.first == "required"; });
  }
  return Object{{"required", true},
                {"content", Object{{"application/json", Object{{"schema", std::move(schema)}}}}}};
}

Json problem_reference(std::string_view says) {
  return Object{
      {"description", says},
      {"content", Object{{"application/problem+json",
                          Object{{"schema", Object{{"$ref", "#/components/schemas/Problem"}}}}}}}};
}

Json answers_of(const RouteInfo& route) {
  Json schema = route.answer.is_null() ? Json(Object{{"type", "string"}}) : route.answer;
  Json content{Object{{route.answer_type, Object{{"schema", std::move(schema)}}}}};
  if (route.id == "runQuery" || route.id == "readRows" || route.id == "queryQuarantine") {
    content = Object{{"application/json", Object{{"schema", Object{{"type", "object"}}}}},
                     {"text/csv", Object{{"schema", Object{{"type", "string"}}}}},
                     {"application/vnd.apache.parquet",
                      Object{{"schema", Object{{"type", "string"}, {"format", "binary"}}}}}};
  }
  if (route.id == "listEvents")
    content.set("text/event-stream", Object{{"schema", Object{{"type", "string"}}}});
  Json out{Object{{"200", Object{{"description", "Done"}, {"content", std::move(content)}}}}};
  if (route.id == "readRows")
    out.set("304", Object{{"description", "The rows are those of the tag in If-None-Match"}});
  if (!route.open) out.set("401", problem_reference("Not signed in"));
  out.set("default", problem_reference("What went wrong, and what to do"));
  // Pages for people without a token say it as a page.
  if (route.open && route.answer_type == "text/html")
    out.set(
        "default",
        Object{{"description", "What went wrong, and what to do"},
               {"content", Object{{"text/html", Object{{"schema", Object{{"type", "string"}}}}}}}});
  return out;
}

Json operation_of(const RouteInfo& route) {
  Json out{Object{{"operationId", route.id},
                  {"summary", route.says},
                  {"description", route.says + "."},
                  {"tags", Array{Json(route.tag)}}}};
  Json parameters = parameters_of(route);
  if (!parameters.as_array()->empty()) out.set("parameters", std::move(parameters));
  const Json* properties = route.ask.find("properties");
  const bool says_something = properties != nullptr && !properties->as_object()->empty();
  if ((route.method == Method::post || route.method == Method::put) && says_something)
    out.set("requestBody", body_of(route));
  out.set("responses", answers_of(route));
  if (route.open) out.set("security", Array{});
  return out;
}

}  // namespace

Json openapi(const std::vector<RouteInfo>& routes, const std::string& version) {
  Json paths{Object{}};
  Json tags{Array{}};
  std::vector<std::string> seen;
  for (const RouteInfo& route : routes) {
    Json* path = paths.find(route.path);
    if (path == nullptr) path = &paths.set(route.path, Object{});
    path->set(lower_ascii(name_of(route.method)), operation_of(route));
    if (std::ranges::find(seen, route.tag) != seen.end()) continue;
    seen.push_back(route.tag);
    tags.push(Json(Object{{"name", route.tag}, {"description", "About " + route.tag}}));
  }
  return Object{
      {"openapi", "3.1.0"},
      {"info", Object{{"title", "Hansa"},
                      {"version", version},
                      {"description",
                       "A self-hosted data mesh: publish, find, request and query data products "
                       "under one policy."},
                      {"license", Object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
                      {"contact", Object{{"name", "The administrators of this installation"}}}}},
      {"servers", Array{Json(Object{{"url", "/"}})}},
      {"security", Array{Json(Object{{"token", Array{}}})}},
      {"tags", std::move(tags)},
      {"paths", std::move(paths)},
      {"components", Object{{"securitySchemes",
                             Object{{"token", Object{{"type", "http"}, {"scheme", "bearer"}}}}},
                            {"schemas", Object{{"Problem", schema_of<Problem>()}}}}}};
}

}  // namespace hansa::api
