#include "world/object/key.h"

#include <fmt/format.h>

#include "base/text.h"

namespace hansa::object {
namespace {

constexpr std::size_t part_bytes_max = 255;

}  // namespace

Result<void> check_parts(const Location& at) {
  for (const std::string_view part : split(at.key(), '/'))
    if (part.size() > part_bytes_max)
      return invalid(fmt::format("a part of the key is longer than {} bytes", part_bytes_max),
                     "use shorter names");
  return {};
}

std::unexpected<Error> no_object(const Location& at) {
  return not_found(fmt::format("there is no {}", at.text()));
}

std::unexpected<Error> no_bucket(std::string_view bucket) {
  return not_found(fmt::format("there is no bucket {}", bucket));
}

std::unexpected<Error> object_taken(const Location& at) {
  return conflict(fmt::format("{} exists already", at.text()), "choose another key");
}

std::unexpected<Error> in_the_way(const Location& at, std::string_view other_key) {
  return conflict(fmt::format("{} and {} cannot both be objects: one lies below the other",
                              at.text(), other_key),
                  "choose a key that is no folder of another");
}

}  // namespace hansa::object
