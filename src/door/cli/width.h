// Text as a terminal shows it: how wide it is, where to cut it, and nothing in it that steers the
// terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hansa::cli {

// In columns of a terminal: combining characters take none, CJK and most emoji two. Of visible
// text.
std::size_t display_width(std::string_view text);

// The longest beginning that fits, with "…" in the last column if something was cut off.
std::string cut_to_width(std::string_view text, std::size_t width);

// Control characters, marks that reorder text and bytes that are not UTF-8 are spelt out ("\n",
// "\x1b", "\u202e", U+FFFD), so that no escape sequence out of data or of a server's message
// reaches the terminal.
std::string visible(std::string_view text);
// The same for text of several lines: newlines and tabs stay.
std::string visible_lines(std::string_view text);

// In a command of GitHub's workflow log, whose escapes are its own: what ends the command, or of a
// property that, does not come out of the text.
std::string github_text(std::string_view text, bool property);

// JSON with the steering characters that its writer may leave in text (DEL, U+0080 to U+009F) as
// escapes.
std::string safe_json(std::string_view json);

// visible_lines() for a stream whose pieces end anywhere.
class VisibleStream {
 public:
  std::string feed(std::string_view piece);
  std::string finish();

 private:
  std::string rest_;  // a character that has begun
};

}  // namespace hansa::cli
