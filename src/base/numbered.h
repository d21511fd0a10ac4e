// A hash map whose values stay where they are, each with a small number for as long as it is there:
// others keep what they know of it in an array. Half the memory of a map of nodes, and searched in
// one line of it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace hansa {

// Traits name a key that nobody has, `none()`, and spread keys over 64 bits, `hash(key)`; the upper
// 32 count. A number is given to another key once its own has gone. Walks go by number.
template <class Key, class Value, class Traits>
class NumberedMap {
 public:
  using Number = std::uint32_t;
  static constexpr Number kNone = ~0U;
  struct Entry {
    Key key = Traits::none();
    Value value{};
  };

  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    using pointer = const Entry*;
    using reference = const Entry&;

    Iterator() = default;
    reference operator*() const { return map_->entry(at_); }
    pointer operator->() const { return &map_->entry(at_); }
    Iterator& operator++() {
      ++at_;
      skip();
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend class NumberedMap;
    Iterator(const NumberedMap* map, Number at) : map_(map), at_(at) { skip(); }
    void skip() {
      while (at_ < map_->end_ && map_->entry(at_).key == Traits::none()) ++at_;
    }
    const NumberedMap* map_ = nullptr;
    Number at_ = 0;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, end_}; }

  std::size_t size() const { return end_ - free_.size(); }

  // kNone: it is not there.
  Number number(const Key& key) const {
    return cells_.empty() ? kNone : number_in(cells_[place_of(key, tag_of(key))]);
  }
  const Value* find(const Key& key) const {
    const Number at = number(key);
    return at == kNone ? nullptr : &entry(at).value;
  }
  Value* find(const Key& key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

  // The value, made if it is not there. `key` is not none().
  Value& operator[](const Key& key) {
    reserve(size() + 1);
    const std::uint32_t tag = tag_of(key);
    std::uint64_t& cell = cells_[place_of(key, tag)];
    if (cell == 0) {
      const Number fresh = take();
      entry(fresh).key = key;
      cell = std::uint64_t{tag} << 32 | (fresh + 1);
    }
    return entry(number_in(cell)).value;
  }

  void erase(const Key& key) {
    if (cells_.empty()) return;
    const std::size_t mask = cells_.size() - 1;
    std::size_t hole = place_of(key, tag_of(key));
    if (cells_[hole] == 0) return;
    const Number gone = number_in(cells_[hole]);
    for (std::size_t at = (hole + 1) & mask; cells_[at] != 0; at = (at + 1) & mask) {
      // Whoever would not be found past the hole from where its search begins moves into it.
      if (((at - home_of(tag_in(cells_[at]))) & mask) < ((at - hole) & mask)) continue;
      cells_[hole] = cells_[at];
      hole = at;
    }
    cells_[hole] = 0;
    entry(gone) = Entry{};
    free_.push_back(gone);
  }

  // Room for so many, three quarters full at most.
  void reserve(std::size_t count) {
    std::size_t wanted = cells_.empty() ? 16 : cells_.size();
    while (4 * count > 3 * wanted) wanted *= 2;
    if (wanted == cells_.size()) return;
    const std::vector<std::uint64_t> old = std::exchange(cells_, {});
    cells_.resize(wanted);
    const std::size_t mask = wanted - 1;
    for (const std::uint64_t cell : old) {
      if (cell == 0) continue;
      std::size_t at = home_of(tag_in(cell));
      while (cells_[at] != 0) at = (at + 1) & mask;
      cells_[at] = cell;
    }
  }

 private:
  static constexpr std::size_t kPiece = 256;

  static std::uint32_t tag_of(const Key& key) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(Traits::hash(key)) >> 32);
  }
  static std::uint32_t tag_in(std::uint64_t cell) { return static_cast<std::uint32_t>(cell >> 32); }
  static Number number_in(std::uint64_t cell) { return static_cast<Number>(cell) - 1; }

  Entry& entry(Number at) { return pieces_[at / kPiece][at % kPiece]; }
  const Entry& entry(Number at) const { return pieces_[at / kPiece][at % kPiece]; }

  std::size_t home_of(std::uint32_t tag) const {
    return static_cast<std::size_t>((std::uint64_t{tag} << 32) >>
                                    (64 - std::countr_zero(cells_.size())));
  }
  // Where the key is, or would be.
  std::size_t place_of(const Key& key, std::uint32_t tag) const {
    const std::size_t mask = cells_.size() - 1;
    std::size_t at = home_of(tag);
    while (cells_[at] != 0 &&
           (tag_in(cells_[at]) != tag || !(entry(number_in(cells_[at])).key == key)))
      at = (at + 1) & mask;
    return at;
  }
  Number take() {
    if (!free_.empty()) {
      const Number number = free_.back();
      free_.pop_back();
      return number;
    }
    if (end_ % kPiece == 0) pieces_.push_back(std::make_unique<Entry[]>(kPiece));
    return end_++;
  }

  std::vector<std::uint64_t> cells_;  // the hash's upper half, and the number plus one; 0: nobody
  std::vector<std::unique_ptr<Entry[]>> pieces_;
  std::vector<Number> free_;
  Number end_ = 0;
};

}  // namespace hansa
