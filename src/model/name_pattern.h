// What a name must look like: `*` is any text, `?` one character, `[a-z_]` one of these, `[a-z_]+`
// one or more of them, and anything else itself. All of the name must fit. There is no
// backtracking: the time is at most that of the name's length times the pattern's, whatever they
// are.
#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>
#include <vector>

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
  std::vector<Part> parts_;
};

}  // namespace hansa
