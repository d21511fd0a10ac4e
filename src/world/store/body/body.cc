#include "world/store/body/body.h"

#include <fmt/format.h>

#include "world/store/body/fields.h"

namespace hansa::store {
namespace {

template <class T>
Result<Noun> read_as(const Json& json) {
  Result<T> read = from_json<T>(json);
  if (!read) return corrupt(read.error().text);
  return share(*std::move(read));
}

Result<Noun> read_kind(std::string_view kind, const Json& json) {
  if (kind == "organisation") return read_as<Organisation>(json);
  if (kind == "team") return read_as<Team>(json);
  if (kind == "domain") return read_as<Domain>(json);
  if (kind == "account") return read_as<Account>(json);
  if (kind == "principal") return read_as<Principal>(json);
  if (kind == "credential") return read_as<Credential>(json);
  if (kind == "product") return read_as<Product>(json);
  if (kind == "port") return read_as<Port>(json);
  if (kind == "contract") return read_as<Contract>(json);
  if (kind == "table") return read_as<Table>(json);
  if (kind == "grant") return read_as<Grant>(json);
  if (kind == "mount") return read_as<Mount>(json);
  return corrupt(fmt::format("unknown kind of noun '{}'", kind));
}

}  // namespace

std::string body_of(const Noun& noun) {
  Json json = std::visit([](const auto& shared) { return to_json(*shared); }, noun);
  json.set("level", kBodyLevel);
  return to_text(json);
}

Result<Noun> noun_of(std::string_view kind, std::string_view body) {
  auto json = parse_json(body);
  if (!json || !json->is_object())
    return corrupt(fmt::format("the body of a {} is not an object", kind));
  const Json* level = json->find("level");
  const auto number = level ? level->as_int() : Result<std::int64_t>(0);
  if (!number || *number != kBodyLevel)
    return unavailable(fmt::format("a {} was written by a newer version of hansa", kind),
                       "start that version instead");
  std::erase_if(*json->as_object(), [](const auto& member) { return member.first == "level"; });
  auto noun = read_kind(kind, *json);
  if (!noun) return in_context(fmt::format("the body of a {}", kind), noun.error());
  return noun;
}

}  // namespace hansa::store
