#include "world/store/bytes.h"

namespace hansa::store {

void append_u64(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 0xFF);
}

void append_ulid(std::string& out, const Ulid& ulid) {
  append_u64(out, ulid.high);
  append_u64(out, ulid.low);
}

void append_text(std::string& out, std::string_view text) {
  append_u64(out, text.size());
  out += text;
}

std::string bytes_of(const Ulid& ulid) {
  std::string out;
  append_ulid(out, ulid);
  return out;
}

Result<std::string_view> BytesReader::take(std::size_t count) {
  if (count > rest_.size()) return corrupt("stored bytes end too early");
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

Result<std::uint64_t> BytesReader::u64() {
  HANSA_TRY(const std::string_view bytes, take(8));
  std::uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

Result<Ulid> BytesReader::ulid() {
  HANSA_TRY(const std::uint64_t high, u64());
  HANSA_TRY(const std::uint64_t low, u64());
  return Ulid{high, low};
}

Result<std::string_view> BytesReader::text() {
  HANSA_TRY(const std::uint64_t size, u64());
  return take(size);
}

}  // namespace hansa::store
