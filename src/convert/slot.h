// A column of a chunk that is being filled, as the engine lays it out: the values themselves, so
// that nothing is copied twice.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/schema.h"

namespace hansa::convert {

struct Slot {
  const Type* type = nullptr;
  void* data = nullptr;            // as wide as the type; lists and maps: offset and length
  std::uint64_t* valid = nullptr;  // a bit for each row
  void* vector = nullptr;          // its owner's
  std::uint64_t used = 0;          // of a list or map: entries that its children hold,
  std::uint64_t room = 0;          // and for how many there is room
  // Of a structure its fields, of a list its element, of a map key and value.
  std::vector<Slot> children;

  void set_valid(std::uint64_t row, bool is) {
    const std::uint64_t bit = std::uint64_t{1} << (row % 64);
    if (is) valid[row / 64] |= bit;
    else valid[row / 64] &= ~bit;
  }
  template <class T>
  void set(std::uint64_t row, T value) {
    static_cast<T*>(data)[row] = value;
  }
};

// Whoever owns the slots' memory.
struct Memory {
  virtual ~Memory() = default;
  // A text or binary value; it is copied.
  virtual void put_text(Slot& slot, std::uint64_t row, std::string_view text) = 0;
  // Room for `entries` in the children of a list or map; what was there stays.
  virtual void grow(Slot& slot, std::uint64_t entries) = 0;
};

}  // namespace hansa::convert
