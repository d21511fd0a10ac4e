#include "search/split.h"

namespace hansa::search {
namespace {

enum Kind { separator, joiner, mark, lower, upper, digit, ideograph };

struct Letter {
  char32_t code = 0;
  std::size_t bytes = 1;
};

// The code point at `at`; zero for a byte that begins none.
Letter letter_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return {};
  char32_t code = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3F);
  }
  return {code, bytes};
}

// What Unicode's compatibility decomposition leaves of U+00C0 to U+024F and U+1E00 to U+1EFF
// without marks, in lower case; `*`: two letters, below; `?`: none in a to z.
constexpr std::string_view kLatin =
    "aaaaaa*ceeeeiiiidnooooo?ouuuuy**aaaaaa*ceeeeiiiidnooooo?ouuuuy*y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkkkllllllll"
    "llnnnnnn?nnoooooo**rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
constexpr std::string_view kVietnamese =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrr"
    "rr"
    "ssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy?s??*?"
    "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy";

std::string_view two_letters(char32_t code) {
  switch (code) {
    case U'\u00C6':
    case U'\u00E6': return "ae";
    case U'\u00DE':
    case U'\u00FE': return "th";
    case U'\u00DF':
    case U'\u1E9E': return "ss";
    case U'\u0132':
    case U'\u0133': return "ij";
    case U'\u0152':
    case U'\u0153': return "oe";
    default: return {};
  }
}

char latin(char32_t code) {
  if (code >= 0xC0 && code - 0xC0 < kLatin.size()) return kLatin[code - 0xC0];
  if (code >= 0x1E00 && code - 0x1E00 < kVietnamese.size()) return kVietnamese[code - 0x1E00];
  return '?';
}

bool within(char32_t code, char32_t first, char32_t last) { return code >= first && code <= last; }

// Past ASCII, of Latin, Greek and Cyrillic.
bool is_capital(char32_t c) {
  if (within(c, 0xC0, 0xDE) || within(c, 0x391, 0x3AB) || within(c, 0x400, 0x42F)) return true;
  if (within(c, 0x139, 0x148) || within(c, 0x179, 0x17E)) return c % 2 == 1;
  if (within(c, 0x100, 0x177) || within(c, 0x1E00, 0x1E95) || within(c, 0x1E9E, 0x1EFF))
    return c % 2 == 0;
  return c == 0x178;
}

Kind kind_of(char32_t c) {
  if (within(c, 'a', 'z')) return lower;
  if (within(c, 'A', 'Z')) return upper;
  if (within(c, '0', '9')) return digit;
  if (c < 0x80) return c == '_' || c == '-' ? joiner : separator;
  if (within(c, 0x300, 0x36F)) return mark;
  if (c == 0xAA || c == 0xB5 || c == 0xBA) return lower;
  if (c < 0xC0 || c == 0xD7 || c == 0xF7) return separator;
  if (is_capital(c)) return upper;
  if (within(c, 0x2000, 0x206F) || within(c, 0x2190, 0x2BFF) || within(c, 0x3000, 0x303F) ||
      within(c, 0xFE00, 0xFE0F) || within(c, 0xFF00, 0xFF0F) || within(c, 0x1F000, 0x1FAFF))
    return separator;
  // Scripts that put no space between words: each sign is a word.
  if (within(c, 0x3040, 0x30FF) || within(c, 0x3400, 0x9FFF) || within(c, 0xAC00, 0xD7AF) ||
      within(c, 0xF900, 0xFAFF) || within(c, 0x20000, 0x3FFFF))
    return ideograph;
  return lower;
}

char32_t small(char32_t c) {
  if (within(c, 'A', 'Z') || (within(c, 0x391, 0x3AB) && c != 0x3A2) || within(c, 0x410, 0x42F))
    return c + 32;
  if (within(c, 0x400, 0x40F)) return c + 80;
  return c == 0x3C2 ? 0x3C3 : c;  // the final sigma
}

void append(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (const char base = latin(c); base == '*') {
    const auto two = two_letters(c);
    out += two.empty() ? std::string_view("?") : two;
    return;
  } else if (base != '?') {
    return put(static_cast<unsigned char>(base));
  }
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3F));
    }
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

bool begins_part(int last, int kind) {
  if (last == separator || last == joiner) return true;
  if (kind == ideograph || last == ideograph) return true;
  if ((kind == digit) != (last == digit)) return true;
  return last == lower && kind == upper;
}

}  // namespace

void Splitter::add(char32_t letter, int kind, std::size_t from, std::size_t to) {
  auto& parts = compound_.parts;
  if (parts.empty() || begins_part(last_, kind)) {
    parts.push_back({compound_.whole.size(), compound_.whole.size(), from, to});
  } else if (last_ == upper && kind == lower && last_bytes_ > 0) {
    // "HTTPServer": the last capital belongs to what follows.
    Compound::Part& back = parts.back();
    const std::size_t cut = back.end - last_bytes_;
    if (cut > back.begin) {
      const Compound::Part next{cut, back.end, last_from_, back.to};
      back.end = cut;
      back.to = last_from_;
      parts.push_back(next);
    }
  }
  const std::size_t before = compound_.whole.size();
  append(compound_.whole, small(letter));
  if (compound_.whole.size() - parts.back().begin > kWordBytesMax) compound_.whole.resize(before);
  last_bytes_ = compound_.whole.size() - before;
  last_from_ = from;
  parts.back().end = compound_.whole.size();
  parts.back().to = to;
  last_ = kind;
}

const Compound* Splitter::next() {
  compound_.whole.clear();
  compound_.parts.clear();
  last_ = separator;
  for (; at_ < text_.size();) {
    const Letter letter = letter_at(text_, at_);
    const Kind kind = kind_of(letter.code);
    const std::size_t from = at_;
    at_ += letter.bytes;
    if (kind == separator) {
      if (!compound_.parts.empty()) return &compound_;
    } else if (kind == joiner) {
      last_ = joiner;
    } else if (kind == mark) {
      if (!compound_.parts.empty()) compound_.parts.back().to = at_;
    } else {
      add(letter.code, kind, from, at_);
    }
  }
  return compound_.parts.empty() ? nullptr : &compound_;
}

}  // namespace hansa::search
