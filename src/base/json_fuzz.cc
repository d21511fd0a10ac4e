// Whatever is read as JSON writes itself back to the same value, in both forms.
#include <cstdint>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hansa;
  const auto json = parse_json({reinterpret_cast<const char*>(data), size});
  if (!json) {
    HANSA_ASSERT(json.error().code == Code::invalid);
    HANSA_ASSERT(json.error().text.size() < 1'000);
    return 0;
  }
  const auto again = parse_json(to_text(*json));
  HANSA_ASSERT(again && *again == *json);
  const auto pretty = parse_json(to_pretty_text(*json));
  HANSA_ASSERT(pretty && *pretty == *json);
  return 0;
}
