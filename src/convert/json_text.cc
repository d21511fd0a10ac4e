#include "convert/json_text.h"

#include "base/limits.h"

namespace hansa::convert {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void put_utf8(std::string& out, unsigned c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr unsigned kHeads[] = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(kHeads[more] | c >> (6 * more));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3F));
}

}  // namespace

bool JsonText::four(unsigned& out) {
  out = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return false;
    out = out << 4 | static_cast<unsigned>(digit);
  }
  return true;
}

bool JsonText::escape(std::string& out) {
  if (at_ == text_.size()) return false;
  const char c = text_[at_++];
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  if (const std::size_t found = kLetters.find(c); found != std::string_view::npos) {
    out += kMeant[found];
    return true;
  }
  unsigned code = 0;
  if (c != 'u' || !four(code)) return false;
  if (code >= 0xDC00 && code < 0xE000) return false;
  if (code >= 0xD800 && code < 0xDC00) {
    unsigned low = 0;
    if (text_.substr(at_, 2) != "\\u") return false;
    at_ += 2;
    if (!four(low) || low < 0xDC00 || low >= 0xE000) return false;
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  put_utf8(out, code);
  return true;
}

bool JsonText::string(std::string_view& out, std::string& scratch) {
  if (!take('"')) return false;
  const std::size_t first = at_;
  scratch.clear();
  bool is_copy = false;
  for (std::size_t copied = first;;) {
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
           static_cast<unsigned char>(text_[at_]) >= ' ')
      ++at_;
    if (at_ == text_.size() || static_cast<unsigned char>(text_[at_]) < ' ') return false;
    if (text_[at_] == '"') {
      if (is_copy) scratch += text_.substr(copied, at_ - copied);
      out = is_copy ? std::string_view(scratch) : text_.substr(first, at_ - first);
      ++at_;
      return true;
    }
    scratch += text_.substr(copied, at_ - copied);
    is_copy = true;
    ++at_;
    if (!escape(scratch)) return false;
    copied = at_;
  }
}

bool JsonText::number(std::string_view& out) {
  peek();
  const std::size_t first = at_;
  const auto digits = [&] {
    const std::size_t from = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > from;
  };
  const auto at = [&](char a, char b) {
    if (at_ == text_.size() || (text_[at_] != a && text_[at_] != b)) return false;
    ++at_;
    return true;
  };
  at('-', '-');
  if (!at('0', '0') && !digits()) return false;
  if (at('.', '.') && !digits()) return false;
  if (at('e', 'E')) {
    at('+', '-');
    if (!digits()) return false;
  }
  // "01" and "1a" are no numbers.
  if (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) return false;
  out = text_.substr(first, at_ - first);
  return true;
}

bool JsonText::word(std::string_view word) {
  peek();
  if (text_.substr(at_, word.size()) != word) return false;
  at_ += word.size();
  return true;
}

bool JsonText::skip(std::string_view& out, std::size_t depth) {
  const char c = peek();
  const std::size_t first = at_;
  std::string scratch;
  std::string_view part;
  bool good = false;
  if (c == '{' || c == '[') {
    if (depth >= limits::nesting_max) return false;
    ++at_;
    const char close = c == '{' ? '}' : ']';
    good = take(close);
    while (!good) {
      if (c == '{' && (!string(part, scratch) || !take(':'))) return false;
      if (!skip(part, depth + 1)) return false;
      good = take(close);
      if (!good && !take(',')) return false;
    }
  } else if (c == '"') {
    good = string(part, scratch);
  } else if (c == '-' || is_digit(c)) {
    good = number(part);
  } else {
    good = word("null") || word("true") || word("false");
  }
  out = text_.substr(first, at_ - first);
  return good;
}

}  // namespace hansa::convert
