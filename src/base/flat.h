// A hash map in one piece of memory: a probe touches one cache line, where a map of nodes touches
// three. Linear probing, at most half full; erasing moves the followers back, so nothing is marked.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace hansa {

// Traits name a key that nobody has, `none()`, and spread keys over 64 bits, `hash(key)`; the upper
// bits count. Pointers to values last until the next change.
template <class Key, class Value, class Traits>
class FlatMap {
 public:
  std::size_t size() const { return size_; }

  const Value* find(const Key& key) const {
    if (cells_.empty() || key == Traits::none()) return nullptr;
    const Cell& cell = cells_[place_of(key)];
    return cell.key == key ? &cell.value : nullptr;
  }
  Value* find(const Key& key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

  // The value, made if it is not there. `key` is not none().
  Value& operator[](const Key& key) {
    if (2 * (size_ + 1) > cells_.size()) grow();
    Cell& cell = cells_[place_of(key)];
    if (cell.key != key) {
      cell = {key, Value{}};
      ++size_;
    }
    return cell.value;
  }

  void erase(const Key& key) {
    if (find(key) == nullptr) return;
    const std::size_t mask = cells_.size() - 1;
    std::size_t hole = place_of(key);
    for (std::size_t at = (hole + 1) & mask; cells_[at].key != Traits::none();
         at = (at + 1) & mask) {
      // Whoever would not be found past the hole from where its search begins moves into it.
      if (((at - home_of(cells_[at].key)) & mask) < ((at - hole) & mask)) continue;
      cells_[hole] = std::move(cells_[at]);
      hole = at;
    }
    cells_[hole] = Cell{};
    --size_;
  }

 private:
  struct Cell {
    Key key = Traits::none();
    Value value{};
  };

  std::size_t home_of(const Key& key) const {
    return static_cast<std::size_t>(Traits::hash(key) >> shift_);
  }
  // Where the key is, or would be.
  std::size_t place_of(const Key& key) const {
    const std::size_t mask = cells_.size() - 1;
    std::size_t at = home_of(key);
    while (cells_[at].key != key && cells_[at].key != Traits::none()) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    std::vector<Cell> old = std::exchange(cells_, {});
    cells_.resize(old.empty() ? 16 : old.size() * 2);
    shift_ = 64 - std::countr_zero(cells_.size());
    for (Cell& cell : old)
      if (cell.key != Traits::none()) cells_[place_of(cell.key)] = std::move(cell);
  }

  std::vector<Cell> cells_;
  std::size_t size_ = 0;
  int shift_ = 64;
};

}  // namespace hansa
