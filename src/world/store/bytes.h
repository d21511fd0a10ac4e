// Bytes that the store persists or hashes: whole numbers big-endian, text behind its length, so
// that no two values share an encoding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/ids.h"

namespace hansa::store {

void append_u64(std::string& out, std::uint64_t value);
// 16 bytes, which sort as the ids do.
void append_ulid(std::string& out, const Ulid& ulid);
// The length in 8 bytes, then the bytes.
void append_text(std::string& out, std::string_view text);

std::string bytes_of(const Ulid& ulid);

// Takes values from the front of `bytes`, which must outlive it. Errors: corrupt at a premature
// end.
class BytesReader {
 public:
  explicit BytesReader(std::string_view bytes) : rest_(bytes) {}
  Result<std::uint64_t> u64();
  Result<Ulid> ulid();
  Result<std::string_view> text();
  Result<std::string_view> take(std::size_t count);
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace hansa::store
