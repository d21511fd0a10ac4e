#include "model/name_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace hansa {
namespace {

constexpr std::string_view kNext =
    "write such as dim_* or [a-z][a-z0-9_]+: * is any text, ? one character, [a-z] one of these, "
    "[a-z]+ one or more of them";

std::unexpected<Error> wrong(std::string_view why) {
  return invalid(fmt::format("no pattern of names: {}", why), std::string(kNext));
}

}  // namespace

Result<NamePattern::Part> NamePattern::parse_class(std::string_view inside) {
  if (inside.empty()) return wrong("nothing is in the brackets");
  if (inside.front() == '^' || inside.front() == '!')
    return wrong("brackets say what may stand there, not what may not");
  Part part;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const auto first = static_cast<unsigned char>(inside[i]);
    auto last = first;
    if (i + 2 < inside.size() && inside[i + 1] == '-') {
      last = static_cast<unsigned char>(inside[i + 2]);
      i += 2;
    }
    if (last < first) return wrong("a range in brackets goes up: [a-z]");
    for (unsigned c = first; c <= last; ++c) part.chars.set(c);
  }
  return part;
}

Result<NamePattern> NamePattern::parse(std::string_view text) {
  if (text.empty()) return wrong("it is empty");
  if (text.size() > name_pattern_max)
    return wrong(fmt::format("it is longer than {} characters", name_pattern_max));
  if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c > '~'; }))
    return wrong("it holds more than letters, digits and signs of ASCII");
  NamePattern out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    Part part;
    if (text[i] == '[') {
      const auto end = text.find(']', i + 2);
      if (end == std::string_view::npos) return wrong("a bracket is not closed");
      HANSA_TRY(part, parse_class(text.substr(i + 1, end - i - 1)));
      i = end;
      if (i + 1 < text.size() && text[i + 1] == '+') {
        part.repeats = true;
        ++i;
      }
    } else if (text[i] == '*' || text[i] == '?') {
      part.chars.set();
      part.others = true;
      part.any_number = text[i] == '*';
    } else if (text[i] == ']' || text[i] == '+') {
      return wrong(fmt::format("'{}' stands behind nothing that it could belong to", text[i]));
    } else {
      part.chars.set(static_cast<unsigned char>(text[i]));
    }
    out.add(part);
  }
  return out;
}

void NamePattern::add(const Part& part) {
  const std::uint64_t bit = std::uint64_t{1} << parts_;
  // Two of them in a row are one: then each is passed over in one step.
  if (part.any_number && parts_ > 0 && (any_number_ & bit >> 1) != 0) return;
  for (std::size_t c = 0; c < fits_.size(); ++c)
    if (part.chars.test(c)) fits_[c] |= bit;
  if (part.others) others_ |= bit;
  if (part.any_number) any_number_ |= bit;
  if (part.repeats) repeats_ |= bit;
  ++parts_;
}

bool NamePattern::fits(std::string_view name) const {
  static_assert(name_pattern_max < 64);
  // Bit i: what was read so far fits all parts before i.
  std::uint64_t at = 1;
  at |= (at & any_number_) << 1;
  for (const char each : name) {
    const auto byte = static_cast<unsigned char>(each);
    if ((byte & 0xC0) == 0x80) continue;  // of the character before
    const std::uint64_t fitting = at & (byte < 128 ? fits_[byte] : others_);
    at = (fitting & (any_number_ | repeats_)) | (fitting & ~any_number_) << 1;
    at |= (at & any_number_) << 1;
    if (at == 0) return false;
  }
  return (at >> parts_ & 1) != 0;
}

}  // namespace hansa
