#include "model/order.h"

#include <algorithm>

namespace hansa {
namespace {

// Entries are moved when one comes between them, and blocks when one is split: about equal here
// for a million.
constexpr std::size_t kBlockMax = 512;

constexpr auto first_key = [](const Order::Block& block) {
  return std::string_view(block.front().key);
};
constexpr auto key_of = [](const Order::Entry& entry) { return std::string_view(entry.key); };

}  // namespace

void Slots::take(Ulid id) {
  if (taken_.find(id) != nullptr) return;
  Slot slot = next_;
  if (free_.empty()) {
    ++next_;
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  taken_[id] = slot;
}

void Slots::free(Ulid id) {
  const Slot* slot = taken_.find(id);
  if (slot == nullptr) return;
  free_.push_back(*slot);
  taken_.erase(id);
}

Order::Block& Order::block_of(std::string_view key) {
  const auto after = std::ranges::upper_bound(blocks_, key, {}, first_key);
  return after == blocks_.begin() ? *after : *std::prev(after);
}

Order::Iterator Order::lower_bound(std::string_view key) const {
  if (blocks_.empty()) return end();
  const Block& block = const_cast<Order*>(this)->block_of(key);
  const auto at = std::ranges::lower_bound(block, key, {}, key_of);
  if (at == block.end()) return {&block + 1, 0};
  return {&block, static_cast<std::size_t>(at - block.begin())};
}

Order::Iterator Order::upper_bound(std::string_view key) const {
  Iterator at = lower_bound(key);
  if (at != end() && at->key == key) ++at;
  return at;
}

void Order::put(std::string key, Ulid id, Slot slot) {
  if (blocks_.empty()) blocks_.emplace_back();
  Block& block = blocks_.front().empty() ? blocks_.front() : block_of(key);
  const auto at = std::ranges::lower_bound(block, std::string_view(key), {}, key_of);
  if (at != block.end() && at->key == key) {
    at->id = id;
    at->slot = slot;
    return;
  }
  block.insert(at, {std::move(key), id, slot});
  ++size_;
  if (block.size() <= kBlockMax) return;
  const auto middle = block.begin() + kBlockMax / 2;
  Block upper(std::make_move_iterator(middle), std::make_move_iterator(block.end()));
  block.erase(middle, block.end());
  blocks_.insert(blocks_.begin() + (&block - blocks_.data()) + 1, std::move(upper));
}

void Order::erase(std::string_view key, Ulid id) {
  if (blocks_.empty()) return;
  Block& block = block_of(key);
  const auto at = std::ranges::lower_bound(block, key, {}, key_of);
  if (at == block.end() || at->key != key || at->id != id) return;
  block.erase(at);
  --size_;
  if (block.empty()) blocks_.erase(blocks_.begin() + (&block - blocks_.data()));
}

}  // namespace hansa
