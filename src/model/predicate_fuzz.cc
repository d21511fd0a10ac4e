// A filter out of hostile text: read or refused, and what was read has one spelling that reads as
// the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "model/predicate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = hansa::parse_predicate({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  const std::string spelt = hansa::to_text(*read);
  const auto again = hansa::parse_predicate(spelt);
  // Only the canonical spelling's own length can be too much.
  if (!again && again.error().code == hansa::Code::exhausted) return 0;
  if (!again || hansa::to_text(*again) != spelt) std::abort();
  return 0;
}
