// Words in order, each with a number: found by text at once, and by how they begin in a line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hansa::search {

using WordNumber = std::uint32_t;
inline constexpr WordNumber kNoWord = ~0U;

class Dictionary {
 public:
  std::size_t size() const { return numbers_.size(); }
  // kNoWord: there is none.
  WordNumber find(std::string_view word) const {
    const auto found = numbers_.find(word);
    return found == numbers_.end() ? kNoWord : found->second;
  }
  const std::string& text(WordNumber number) const { return *texts_[number]; }
  // Its number, a new one if there is none.
  WordNumber take(std::string_view word);
  // Forgets it; its number is given to another.
  void drop(WordNumber number);

  // Calls `on` with each word that begins with `prefix`, in order.
  template <class On>
  void each(std::string_view prefix, On on) const {
    const Place from = place_of(prefix);
    const auto mask = prefix.size() >= 8 ? ~0ULL : ~(~0ULL >> (8 * prefix.size()));
    const std::uint64_t head = head_of(prefix);
    for (auto [block, at] = from; block < blocks_.size(); ++block, at = 0)
      for (; at < blocks_[block].size(); ++at) {
        const Entry& entry = blocks_[block][at];
        if ((entry.head & mask) != head) return;
        if (prefix.size() > 8 && !text(entry.number).starts_with(prefix)) return;
        on(entry.number);
      }
  }

 private:
  // The first eight bytes as a number that sorts alike: most comparisons end there.
  struct Entry {
    std::uint64_t head;
    WordNumber number;
  };
  struct Place {
    std::size_t block, at;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  static std::uint64_t head_of(std::string_view word);
  bool before(const Entry& a, std::string_view text, std::uint64_t head) const;
  // The first word that is not before `word`.
  Place place_of(std::string_view word) const;

  std::unordered_map<std::string, WordNumber, Hash, std::equal_to<>> numbers_;
  std::vector<const std::string*> texts_;  // the keys above, which stay where they are
  std::vector<WordNumber> free_;
  std::vector<std::vector<Entry>> blocks_;  // none is empty
};

}  // namespace hansa::search
