// Text as words to search by: case and the accents of Latin are folded away, and a compound
// ("daily_plays", "DailyPlays", "q3") is one word and its parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hansa::search {

// Longer words are cut, in texts and in queries alike.
inline constexpr std::size_t kWordBytesMax = 64;

// One compound, folded. Its parts follow each other in `whole` without gaps.
struct Compound {
  struct Part {
    std::size_t begin = 0, end = 0;  // in `whole`
    std::size_t from = 0, to = 0;    // in the text: what a reader sees
  };
  std::string whole;
  std::vector<Part> parts;  // at least one

  std::string_view part(std::size_t at) const {
    return std::string_view(whole).substr(parts[at].begin, parts[at].end - parts[at].begin);
  }
  // As a word of its own.
  std::string_view word() const { return std::string_view(whole).substr(0, kWordBytesMax); }
  std::size_t from() const { return parts.front().from; }
  std::size_t to() const { return parts.back().to; }
};

// Walks a text compound by compound. Bytes that are no UTF-8 separate words.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}
  // The next one, valid until the next call; nullptr: the end.
  const Compound* next();

 private:
  void add(char32_t letter, int kind, std::size_t from, std::size_t to);
  std::string_view text_;
  std::size_t at_ = 0;
  Compound compound_;
  int last_ = 0;                // the kind of what came last, and where it stands
  std::size_t last_bytes_ = 0;  // in `whole`
  std::size_t last_from_ = 0;   // in the text
};

}  // namespace hansa::search
