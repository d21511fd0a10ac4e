// Nouns in the order of a text key, in blocks of memory: a listing walks line after line, where a
// tree would fetch a node for each.
#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"

namespace hansa {

struct UlidTraits {
  static Ulid none() { return {~0ULL, ~0ULL}; }
  static std::uint64_t hash(const Ulid& ulid) { return UlidHash{}(ulid); }
};

// The number of a port or product in the mesh (base/numbered.h).
using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = ~0U;

class Order {
 public:
  struct Entry {
    std::string key;
    Ulid id;
    Slot slot;
  };
  using Block = std::vector<Entry>;

  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    using pointer = const Entry*;
    using reference = const Entry&;

    Iterator() = default;
    reference operator*() const { return (*block_)[at_]; }
    pointer operator->() const { return &(*block_)[at_]; }
    Iterator& operator++() {
      if (++at_ == block_->size()) ++block_, at_ = 0;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend class Order;
    Iterator(const Block* block, std::size_t at) : block_(block), at_(at) {}
    const Block* block_ = nullptr;
    std::size_t at_ = 0;
  };

  std::size_t size() const { return size_; }
  Iterator begin() const { return {blocks_.data(), 0}; }
  Iterator end() const { return {blocks_.data() + blocks_.size(), 0}; }
  Iterator lower_bound(std::string_view key) const;
  Iterator upper_bound(std::string_view key) const;

  // Whoever had the key before has lost it.
  void put(std::string key, Ulid id, Slot slot);
  // Its own only: two that swap their names pass through one key.
  void erase(std::string_view key, Ulid id);
  template <class Gone>
  void erase_if(Gone gone) {
    size_ = 0;
    for (Block& block : blocks_) {
      std::erase_if(block, gone);
      size_ += block.size();
    }
    std::erase_if(blocks_, [](const Block& block) { return block.empty(); });
  }

 private:
  // The block whose range holds the key; there must be one.
  Block& block_of(std::string_view key);

  std::vector<Block> blocks_;  // none is empty
  std::size_t size_ = 0;
};

}  // namespace hansa
