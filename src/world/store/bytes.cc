#include "world/store/bytes.h"

#include <bit>
#include <cstring>

namespace hansa::store {
namespace {

std::uint64_t number_at(const char* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

}  // namespace

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
  HANSA_TRY(const std::string_view bytes, take(sizeof(std::uint64_t)));
  return number_at(bytes.data());
}

Result<Ulid> BytesReader::ulid() {
  HANSA_TRY(const std::string_view bytes, take(2 * sizeof(std::uint64_t)));
  return Ulid{number_at(bytes.data()), number_at(bytes.data() + sizeof(std::uint64_t))};
}

Result<std::string_view> BytesReader::text() {
  HANSA_TRY(const std::uint64_t size, u64());
  return take(size);
}

}  // namespace hansa::store
