#include "api/route.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hansa::api {
namespace {

std::string plain(const Json& value) {
  const std::string* text = value.as_string();
  return text ? *text : to_text(value);
}

// Takes a member out of an object.
Json take(Json& object, std::string_view name) {
  Json::Object* members = object.as_object();
  if (members == nullptr) return {};
  const auto found =
      std::ranges::find_if(*members, [&](const auto& member) { return member.first == name; });
  if (found == members->end()) return {};
  Json value = std::move(found->second);
  members->erase(found);
  return value;
}

}  // namespace

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::delete_: return "DELETE";
  }
  return "GET";
}

void describe_paging(Fields& f, Paging& v) {
  f.optional("limit", v.limit, "how many at most, 1 to 1000");
  f.optional("after", v.after, "continue behind this: the `next` of the page before");
  f.rule(v.limit >= 1 && v.limit <= limits::page_items_max, "limit must be 1 to 1000");
}

std::vector<std::string> members_of(std::string_view path) {
  std::vector<std::string> out;
  for (const std::string_view part : split(path, '/'))
    if (part.starts_with('{')) out.emplace_back(part.substr(1, part.size() - 2));
  return out;
}

std::string address_of(Method method, std::string_view path, Json& ask) {
  std::string out;
  for (const std::string_view part : split(path.substr(1), '/')) {
    out += '/';
    out += part.starts_with('{') ? percent_encode(plain(take(ask, part.substr(1, part.size() - 2))))
                                 : std::string(part);
  }
  if (method != Method::get && method != Method::delete_) return out;
  char separator = '?';
  const auto add = [&](const std::string& name, const Json& value) {
    out += fmt::format("{}{}={}", separator, percent_encode(name), percent_encode(plain(value)));
    separator = '&';
  };
  if (const Json::Object* members = ask.as_object())
    for (const auto& [name, value] : *members) {
      if (const Json::Array* items = value.as_array()) {
        for (const Json& item : *items) add(name, item);
      } else {
        add(name, value);
      }
    }
  ask = Json();
  return out;
}

}  // namespace hansa::api
