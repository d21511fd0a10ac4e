#include "convert/csv.h"

#include <algorithm>

namespace hansa::convert {

CsvReader::CsvReader(const Marks& marks) : marks_(marks) {
  for (const char c : {marks.delimiter, '\n'}) ends_plain_[static_cast<unsigned char>(c)] = true;
}

void CsvReader::begin(std::string_view text) {
  text_ = text;
  at_ = 0;
  unescaped_.clear();
  unescaped_.reserve(text.size());
}

// Up to the delimiter or the line end, whose place is the answer.
std::size_t CsvReader::plain(std::size_t at, CsvRecord& record) {
  const std::size_t first = at;
  while (at < text_.size() && !ends_plain_[static_cast<unsigned char>(text_[at])]) ++at;
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
  while (at < text_.size() && !ends_plain_[static_cast<unsigned char>(text_[at])]) ++at;
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
    if (!field.quoted && record.wrong.empty() && field.text.find('\r') != std::string_view::npos) {
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
