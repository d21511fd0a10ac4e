// The first byte chooses the kind. Whatever is read as a noun writes itself back to the same bytes.
#include <cstdint>
#include <string>

#include "world/store/body/body.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hansa;
  if (size == 0) return 0;
  const std::string_view kind = kNounKinds[data[0] % std::size(kNounKinds)];
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto noun = store::noun_of(kind, body, {});
  if (noun) {
    HANSA_ASSERT(store::body_of(*noun) == body);
  } else {
    HANSA_ASSERT(noun.error().code == Code::corrupt || noun.error().code == Code::unavailable);
    HANSA_ASSERT(noun.error().text.size() < 1'000);
  }
  return 0;
}
