// What people and manifests name things by: a place, a port, an id, a type. What is read writes
// itself back, and no place leads out of its bucket.
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/text.h"
#include "model/location.h"
#include "model/mesh.h"
#include "model/schema.h"

namespace {

using namespace hansa;

void check_place(const Location& at) {
  HANSA_ASSERT(Location::parse(at.text()) == at);
  HANSA_ASSERT(at.contains(at) && check_bucket(at.bucket()));
  for (const std::string_view part : split(at.key(), '/')) {
    HANSA_ASSERT(!part.empty() && part != "." && part != "..");
    HANSA_ASSERT(part.find_first_of(std::string_view("\0\\\n\r", 4)) == std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto at = Location::parse(text)) {
    HANSA_ASSERT(static_cast<bool>(*at));
    check_place(*at);
  }
  if (const auto at = Location::make("bucket", text)) check_place(*at);
  const Location above = *Location::make("bucket", "above");
  if (const auto below = above.below(text)) {
    check_place(*below);
    HANSA_ASSERT(above.contains(*below) && !below->contains(above));
  }
  if (const auto port = parse_port_ref(text)) HANSA_ASSERT(!port->domain.empty());
  if (const auto id = parse_ulid(text)) HANSA_ASSERT(to_text(*id) == text);
  if (const auto type = parse_primitive(text))
    HANSA_ASSERT(parse_primitive(to_text(*type)) == *type);
  return 0;
}
