#include "convert/blocks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "base/text_limits.h"

namespace hansa::convert {
namespace {

// Large enough that handing it out costs nothing, small enough for two threads to share a file.
constexpr std::size_t kBlockBytes = 512 * 1024;

}  // namespace

RecordEnds::RecordEnds(const Marks& marks) : marks_(marks) {
  for (const char c : {marks.delimiter, '\n'}) ends_plain_[static_cast<unsigned char>(c)] = true;
}

void RecordEnds::step(char c) {
  const State fresh = c == marks_.delimiter || c == '\n' ? State::begin : State::plain;
  switch (state_) {
    case State::begin: state_ = c == marks_.quote ? State::quoted : fresh; break;
    case State::plain: state_ = fresh; break;
    case State::quoted:
      if (c == marks_.escape && marks_.escape != marks_.quote) state_ = State::escaped;
      else if (c == marks_.quote) state_ = State::closed;
      break;
    case State::escaped: state_ = State::quoted; break;
    case State::closed:
      state_ = c == marks_.quote && marks_.escape == marks_.quote ? State::quoted : fresh;
      break;
  }
}

std::size_t RecordEnds::scan(std::string_view text, std::size_t from) {
  // Without a quote every line is a record.
  if (!in_quotes() && text.find(marks_.quote, from) == std::string_view::npos) {
    if (from < text.size()) {
      if (state_ == State::closed) state_ = State::plain;
      const char last = text.back();
      state_ = last == '\n' || last == marks_.delimiter ? State::begin : State::plain;
    }
    // Only what is new: a long record is not looked through again with each of its pieces.
    const std::size_t end = text.substr(from).rfind('\n');
    return end == std::string_view::npos ? 0 : from + end + 1;
  }
  std::size_t end = 0;
  for (std::size_t at = from; at < text.size(); ++at) {
    if (state_ == State::plain) {
      while (at < text.size() && !ends_plain_[static_cast<unsigned char>(text[at])]) ++at;
    } else if (state_ == State::quoted && marks_.escape == marks_.quote) {
      at = std::min(text.find(marks_.quote, at), text.size());
    }
    if (at == text.size()) break;
    step(text[at]);
    if (text[at] == '\n' && state_ == State::begin) end = at + 1;
  }
  return end;
}

Result<bool> Blocks::read_more() {
  HANSA_TRY(const bool more, source_.next(text_));
  ended_ = !more;
  return more;
}

Result<std::string_view> Blocks::peek() {
  while (!ended_ && text_.find('\n') == std::string::npos &&
         text_.size() <= limits::record_bytes_max)
    HANSA_CHECK(read_more());
  if (text_.empty()) return invalid("the file is empty", "leave it out");
  std::string_view line = text_;
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Result<bool> Blocks::next(Block& block) {
  std::size_t end = 0;  // behind the last whole record
  while (end == 0 || text_.size() < kBlockBytes) {
    if (scanned_ < text_.size()) {
      const std::string_view fresh = std::string_view(text_).substr(scanned_);
      const std::size_t newline = fresh.rfind('\n');
      const std::size_t found = format_ == TextFormat::csv          ? ends_.scan(text_, scanned_)
                                : newline == std::string_view::npos ? 0
                                                                    : scanned_ + newline + 1;
      if (found != 0) end = found;
      scanned_ = text_.size();
    }
    if (text_.size() - end > limits::record_bytes_max)
      return exhausted(
          fmt::format(
              "line {}: a record of more than {} bytes",
              line_ + static_cast<std::uint64_t>(std::count(
                          text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(end), '\n')),
              limits::record_bytes_max),
          "is a quote not closed, or a line not ended?");
    if (ended_) break;
    HANSA_CHECK(read_more());
  }
  if (ended_ && scanned_ == text_.size() && end < text_.size()) {
    if (format_ == TextFormat::csv && ends_.in_quotes())
      return invalid(
          fmt::format(
              "line {}: a quote is opened in this record and never closed",
              line_ + static_cast<std::uint64_t>(std::count(
                          text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(end), '\n'))),
          "close it, or say --quote for another character");
    end = text_.size();
  }
  if (end == 0) return false;
  block.line = line_;
  std::string rest(text_, end);
  text_.resize(end);
  block.text = std::exchange(text_, std::move(rest));
  scanned_ = text_.size();
  line_ += static_cast<std::uint64_t>(std::count(block.text.begin(), block.text.end(), '\n'));
  return true;
}

}  // namespace hansa::convert
