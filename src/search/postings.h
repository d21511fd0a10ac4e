// Where a word stands, ascending by product. Most words of a mesh stand in one product alone, which
// then takes no memory of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

namespace hansa::search {

// A product's slot and where in it the word stands: one number, so that lists sort by slot.
using Posting = std::uint32_t;

class Postings {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Posting* begin() const { return far_ ? far_.get() : &near_; }
  const Posting* end() const { return begin() + size_; }
  Posting* begin() { return far_ ? far_.get() : &near_; }
  Posting* end() { return begin() + size_; }
  Posting back() const { return end()[-1]; }

  void push_back(Posting posting) { insert(size_, posting); }
  void insert(std::size_t at, Posting posting) {
    if (size_ == room()) make_room(std::max<std::uint32_t>(4, size_ + size_ / 2));
    std::copy_backward(begin() + at, end(), end() + 1);
    begin()[at] = posting;
    ++size_;
  }
  void erase(std::size_t at) {
    std::copy(begin() + at + 1, end(), begin() + at);
    --size_;
  }
  void assign(std::span<const Posting> all) {
    size_ = 0;
    if (all.size() > room()) make_room(static_cast<std::uint32_t>(all.size()));
    std::ranges::copy(all, begin());
    size_ = static_cast<std::uint32_t>(all.size());
  }

 private:
  std::uint32_t room() const { return far_ ? near_ : 1; }
  void make_room(std::uint32_t room) {
    auto more = std::make_unique_for_overwrite<Posting[]>(room);
    std::ranges::copy(*this, more.get());
    far_ = std::move(more);
    near_ = room;
  }

  std::unique_ptr<Posting[]> far_;
  Posting near_ = 0;  // the only one, or how many `far_` has room for
  std::uint32_t size_ = 0;
};

}  // namespace hansa::search
