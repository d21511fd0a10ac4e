#include "query/alike.h"

#include <algorithm>
#include <utility>

namespace hansa::query {
namespace {

// More digits may be a number of another kind.
constexpr std::size_t kDigitsMax = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What makes digits beside it part of something else: a name, a fraction, a parameter.
bool joins(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80 || std::string_view("_.?#@:&").contains(c);
}

bool is_plain(std::string_view sql) {
  return sql.find_first_of(std::string_view("$\\\"\0", 4)) == std::string_view::npos &&
         !sql.contains("--") && !sql.contains("/*");
}

}  // namespace

std::string numbers_as_zero(std::string_view sql) {
  std::string out(sql);
  if (!is_plain(sql)) return out;
  bool quoted = false;
  for (std::size_t at = 0; at < sql.size();) {
    if (sql[at] == '\'') quoted = !quoted;
    std::size_t end = at + 1;
    if (!quoted && is_digit(sql[at])) {
      while (end < sql.size() && joins(sql[end])) ++end;
      const auto word = sql.substr(at, end - at);
      const bool begins = at == 0 || !joins(sql[at - 1]);
      if (begins && word.size() <= kDigitsMax && std::ranges::all_of(word, is_digit))
        std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(at), word.size(), '0');
    }
    at = end;
  }
  return out;
}

const std::string* Alike::find(std::string_view sql) const {
  if (known_.empty() || sql.size() > sql_bytes_max) return nullptr;
  const auto found = known_.find(numbers_as_zero(sql));
  return found == known_.end() ? nullptr : &found->second;
}

void Alike::keep(std::string_view sql, std::string known) {
  const std::size_t bytes = sql.size() + known.size();
  if (sql.size() > sql_bytes_max || bytes > bytes_max) return;
  std::string key = numbers_as_zero(sql);
  if (const auto had = known_.find(key); had != known_.end()) {
    bytes_ -= had->first.size() + had->second.size();
    known_.erase(had);
  }
  if (known_.size() >= count_max || bytes_ + bytes > bytes_max) forget();
  bytes_ += bytes;
  known_.emplace(std::move(key), std::move(known));
}

void Alike::forget() {
  known_.clear();
  bytes_ = 0;
}

}  // namespace hansa::query
