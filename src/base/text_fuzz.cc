// Times, names and encodings: what is read writes itself back, and nothing is ever half read.
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/text.h"
#include "base/time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hansa;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto time = parse_time(text)) HANSA_ASSERT(parse_time(to_text(*time)) == *time);
  if (const auto duration = parse_duration(text)) HANSA_ASSERT(duration->count() >= 0);
  if (const auto bytes = from_base64(text)) HANSA_ASSERT(to_base64(*bytes) == text);
  if (const auto bytes = from_hex(text)) HANSA_ASSERT(bytes->size() * 2 == size);
  if (const auto bytes = from_base64url(text)) HANSA_ASSERT(to_base64url(*bytes) == text);
  HANSA_ASSERT(from_base64(to_base64(text)) == text);
  HANSA_ASSERT(from_base64url(to_base64url(text)) == text);
  HANSA_ASSERT(from_hex(to_hex(text)) == text);
  const auto decoded = percent_decode(percent_encode(text));
  HANSA_ASSERT(decoded.has_value() == (is_utf8(text) && text.find('\0') == std::string_view::npos));
  HANSA_ASSERT(!decoded || *decoded == text);
  (void)percent_decode(text);
  const std::string name = name_from(text);
  HANSA_ASSERT(name.empty() || check_name("port", name));
  HANSA_ASSERT(!check_name("port", text) || text.starts_with(name));
  if (size >= 2)
    HANSA_ASSERT(edit_distance(text.substr(0, size / 2), text.substr(size / 2), 3) ==
                 edit_distance(text.substr(size / 2), text.substr(0, size / 2), 3));
  return 0;
}
