#include "search/dictionary.h"

#include <algorithm>

namespace hansa::search {
namespace {

constexpr std::size_t kBlockMax = 512;

}  // namespace

std::uint64_t Dictionary::head_of(std::string_view word) {
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < 8; ++i)
    head = head << 8 | (i < word.size() ? static_cast<unsigned char>(word[i]) : 0U);
  return head;
}

bool Dictionary::before(const Entry& a, std::string_view word, std::uint64_t head) const {
  return a.head != head ? a.head < head : std::string_view(text(a.number)) < word;
}

Dictionary::Place Dictionary::place_of(std::string_view word) const {
  const std::uint64_t head = head_of(word);
  const auto less = [&](const Entry& entry) { return before(entry, word, head); };
  const auto block = std::ranges::partition_point(
      blocks_, [&](const std::vector<Entry>& each) { return less(each.back()); });
  if (block == blocks_.end()) return {blocks_.size(), 0};
  const auto at = std::ranges::partition_point(*block, less);
  return {static_cast<std::size_t>(block - blocks_.begin()),
          static_cast<std::size_t>(at - block->begin())};
}

WordNumber Dictionary::take(std::string_view word) {
  if (const WordNumber known = find(word); known != kNoWord) return known;
  auto number = static_cast<WordNumber>(texts_.size());
  if (free_.empty()) {
    texts_.push_back(nullptr);
  } else {
    number = free_.back();
    free_.pop_back();
  }
  Place place = place_of(word);
  texts_[number] = &numbers_.emplace(word, number).first->first;
  if (place.block == blocks_.size()) {
    if (blocks_.empty()) blocks_.emplace_back();
    place = {blocks_.size() - 1, blocks_.back().size()};
  }
  auto& block = blocks_[place.block];
  block.insert(block.begin() + static_cast<std::ptrdiff_t>(place.at), {head_of(word), number});
  if (block.size() <= kBlockMax) return number;
  std::vector<Entry> upper(block.begin() + kBlockMax / 2, block.end());
  block.resize(kBlockMax / 2);
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(place.block) + 1, std::move(upper));
  return number;
}

void Dictionary::drop(WordNumber number) {
  const std::string word = text(number);
  const Place place = place_of(word);
  auto& block = blocks_[place.block];
  block.erase(block.begin() + static_cast<std::ptrdiff_t>(place.at));
  if (block.empty()) blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(place.block));
  numbers_.erase(word);
  texts_[number] = nullptr;
  free_.push_back(number);
}

}  // namespace hansa::search
