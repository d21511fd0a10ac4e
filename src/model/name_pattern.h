// What a name must look like: `*` is any text, `?` one character, `[a-z_]` one of these, `[a-z_]+`
// one or more of them, and anything else itself. All of the name must fit. There is no
// backtracking: the time is at most that of the name's length times the pattern's, whatever they
// are.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace hansa {

inline constexpr std::size_t name_pattern_max = 60;  // characters; a set of states is one word

class NamePattern {
 public:
  // Errors: invalid, with what to write.
  static Result<NamePattern> parse(std::string_view text);
  bool fits(std::string_view name) const;

 private:
  struct Part {
    std::bitset<128> chars;   // of ASCII
    bool others = false;      // all characters beyond
    bool any_number = false;  // zero or more
    bool repeats = false;     // one or more
  };
  static Result<Part> parse_class(std::string_view inside);
  void add(const Part& part);
  // A bit for each part: those that a character fits, any that is not ASCII, and those that stay.
  std::array<std::uint64_t, 128> fits_{};
  std::uint64_t others_ = 0;
  std::uint64_t any_number_ = 0;
  std::uint64_t repeats_ = 0;
  std::size_t parts_ = 0;
};

}  // namespace hansa
