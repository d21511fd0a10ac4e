// Whatever stands in the settings file, reading it gives a Config or `invalid`, and a Config
// survives being written.
#include <cstdint>
#include <cstdlib>

#include "door/cli/config.h"

using namespace hansa;
using namespace hansa::cli;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = config_from_text(text);
  if (config) {
    const auto again = config_from_text(to_text(*config));
    if (!again || *again != *config) std::abort();
    (void)choose_endpoint({.url = std::string(text)}, {}, *config);
  }
  if (const auto url = canonical_url(text)) {
    if (canonical_url(*url) != url) std::abort();
    (void)is_loopback(*url);
  }
  return 0;
}
