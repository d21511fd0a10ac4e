#include "model/order.h"

#include <algorithm>

namespace hansa {
namespace {

// Entries are moved when one comes between them, and blocks when one is split: about equal here
// for a million.
constexpr std::size_t kBlockMax = 256;

Order::Block room() {
  Order::Block block;
  block.reserve(kBlockMax);
  return block;
}

constexpr auto first_key = [](const Order::Block& block) {
  return std::string_view(block.front().key);
};
constexpr auto key_of = [](const Order::Entry& entry) { return std::string_view(entry.key); };

}  // namespace

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
  if (blocks_.empty()) blocks_.push_back(room());
  Block* block = blocks_.front().empty() ? &blocks_.front() : &block_of(key);
  auto at = std::ranges::lower_bound(*block, std::string_view(key), {}, key_of);
  if (at != block->end() && at->key == key) {
    at->id = id;
    at->slot = slot;
    return;
  }
  if (block->size() == kBlockMax) {
    // What comes after all others, as names that count up do, leaves full blocks behind.
    const bool last = block == &blocks_.back() && at == block->end();
    const auto before = block - blocks_.data();
    const auto place = at - block->begin();
    const auto kept = static_cast<std::ptrdiff_t>(last ? kBlockMax : kBlockMax / 2);
    Block upper = room();
    std::move(block->begin() + kept, block->end(), std::back_inserter(upper));
    block->erase(block->begin() + kept, block->end());
    blocks_.insert(blocks_.begin() + before + 1, std::move(upper));
    const bool above = last || place > kept;
    block = &blocks_[static_cast<std::size_t>(above ? before + 1 : before)];
    at = block->begin() + (above ? place - kept : place);
  }
  block->insert(at, {std::move(key), id, slot});
  ++size_;
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
