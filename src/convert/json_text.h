// JSON text, a token at a time, strictly (RFC 8259); numbers keep their digits.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hansa::convert {

class JsonText {
 public:
  explicit JsonText(std::string_view text) : text_(text) {}

  // The character that the next value begins with, or 0 at the end.
  char peek() {
    blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool done() { return peek() == '\0' && at_ == text_.size(); }
  bool take(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  // A string's content; valid until the next call with the same scratch.
  bool string(std::string_view& out, std::string& scratch);
  bool number(std::string_view& out);
  bool word(std::string_view word);
  // Any value, nested at most to limits::nesting_max; its text.
  bool skip(std::string_view& out, std::size_t depth = 0);
  std::size_t column() const { return at_ + 1; }

 private:
  void blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n'))
      ++at_;
  }
  bool escape(std::string& out);
  bool four(unsigned& out);

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace hansa::convert
