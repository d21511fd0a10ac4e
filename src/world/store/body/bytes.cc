#include "world/store/body/bytes.h"

namespace hansa::store {

void BodyReader::refuse(std::string_view name, std::string_view says) {
  problem_ = std::string(name) + " " + std::string(says);
}

std::uint8_t BodyReader::byte() {
  if (rest_.empty()) {
    if (problem_.empty()) problem_ = "it ends too early";
    return 0;
  }
  const auto first = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return first;
}

bool BodyReader::flag() {
  const std::uint8_t found = byte();
  if (found > 1 && problem_.empty()) problem_ = "neither true nor false";
  return found == 1;
}

std::uint64_t BodyReader::number() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint8_t next = byte();
    value |= std::uint64_t{next & 0x7FU} << shift;
    if ((next & 0x80) != 0) continue;
    const bool superfluous = next == 0 && shift > 0;
    const bool too_large = shift == 63 && next > 1;
    if ((superfluous || too_large) && problem_.empty()) problem_ = "not a number";
    return value;
  }
  if (problem_.empty()) problem_ = "not a number";
  return 0;
}

std::string_view BodyReader::text() {
  const std::uint64_t size = number();
  if (size > rest_.size()) {
    if (problem_.empty()) problem_ = "it ends too early";
    return {};
  }
  const std::string_view found = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return found;
}

Ulid BodyReader::ulid() {
  const auto found = BytesReader(rest_).ulid();
  if (!found) {
    if (problem_.empty()) problem_ = "it ends too early";
    return {};
  }
  rest_.remove_prefix(16);
  return *found;
}

void BodyReader::location(Location& value) {
  const std::string_view found = text();
  if (!problem_.empty()) return;
  auto parsed = Location::parse(found);
  if (!parsed || parsed->text() != found) problem_ = "not a location";
  else value = *std::move(parsed);
}

}  // namespace hansa::store
