#include "convert/csv.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace hansa::convert {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = kOnes << 7;

// The top bit of the first byte that is `c`, and of no byte before it; behind it, bits mean
// nothing.
std::uint64_t first_of(std::uint64_t eight, char c) {
  const std::uint64_t rest = eight ^ (kOnes * static_cast<unsigned char>(c));
  return (rest - kOnes) & ~rest & kHighs;
}

}  // namespace

CsvReader::CsvReader(const Marks& marks) : marks_(marks) {}

void CsvReader::begin(std::string_view text) {
  text_ = text;
  at_ = 0;
  has_returns_ = text.find('\r') != std::string_view::npos;
  unescaped_.clear();
  unescaped_.reserve(text.size());
}

// The place of the delimiter or the line end from `at` on. Fields are short: eight bytes at a time
// find most ends with the first look.
std::size_t CsvReader::end_of_plain(std::size_t at) const {
  if constexpr (std::endian::native == std::endian::little) {
    for (std::uint64_t eight = 0; at + sizeof eight <= text_.size(); at += sizeof eight) {
      std::memcpy(&eight, text_.data() + at, sizeof eight);
      const std::uint64_t found = first_of(eight, marks_.delimiter) | first_of(eight, '\n');
      if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    }
  }
  while (at < text_.size() && text_[at] != marks_.delimiter && text_[at] != '\n') ++at;
  return at;
}

std::size_t CsvReader::plain(std::size_t at, CsvRecord& record) {
  const std::size_t first = at;
  at = end_of_plain(at);
  std::size_t last = at;
  if ((at == text_.size() || text_[at] == '\n') && last > first && text_[last - 1] == '\r') --last;
  record.fields.push_back({text_.substr(first, last - first), false});
  return at;
}

std::size_t CsvReader::quoted(std::size_t at, CsvRecord& record) {
  const std::size_t first = ++at;
  const std::size_t begin = unescaped_.size();
  std::size_t copied = first;
  bool is_copy = false;
  for (;; ++at) {
    const char stops[] = {marks_.quote, marks_.escape};
    at = std::min(marks_.escape == marks_.quote
                      ? text_.find(marks_.quote, at)
                      : text_.find_first_of(std::string_view(stops, sizeof stops), at),
                  text_.size());
    // A block holds whole records: the closing quote is there.
    if (at == text_.size()) break;
    const bool escape = text_[at] == marks_.escape && at + 1 < text_.size() &&
                        (marks_.escape != marks_.quote || text_[at + 1] == marks_.quote);
    if (!escape) break;
    unescaped_ += text_.substr(copied, at - copied);
    is_copy = true;
    copied = ++at;  // the escaped character goes with what follows
  }
  std::string_view value = text_.substr(first, at - first);
  if (is_copy) {
    unescaped_ += text_.substr(copied, at - copied);
    value = std::string_view(unescaped_).substr(begin);
  }
  record.lines +=
      static_cast<std::uint64_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(first),
                                            text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  record.fields.push_back({value, true});
  at = std::min(at + 1, text_.size());
  const std::size_t closed = at;
  at = end_of_plain(at);
  std::string_view behind = text_.substr(closed, at - closed);
  if ((at == text_.size() || text_[at] == '\n') && behind.ends_with('\r')) behind.remove_suffix(1);
  if (!behind.empty() && record.wrong.empty()) {
    record.wrong = "text stands behind the closing quote";
    record.wrong_field = record.fields.size() - 1;
  }
  return at;
}

bool CsvReader::next(CsvRecord& record) {
  if (at_ >= text_.size()) return false;
  record.fields.clear();
  record.wrong = {};
  record.lines = 1;
  const std::size_t first = at_;
  std::size_t at = at_;
  for (;;) {
    const bool is_quoted = at < text_.size() && text_[at] == marks_.quote;
    at = is_quoted ? quoted(at, record) : plain(at, record);
    const Field& field = record.fields.back();
    if (has_returns_ && !field.quoted && record.wrong.empty() &&
        field.text.find('\r') != std::string_view::npos) {
      record.wrong = "a carriage return stands outside quotes";
      record.wrong_field = record.fields.size() - 1;
    }
    if (at == text_.size() || text_[at] == '\n') break;
    ++at;  // the delimiter
  }
  record.raw = text_.substr(first, at - first);
  if (record.raw.ends_with('\r')) record.raw.remove_suffix(1);
  record.blank = record.raw.empty();
  at_ = std::min(at + 1, text_.size());
  return true;
}

}  // namespace hansa::convert
