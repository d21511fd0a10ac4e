#include "door/cli/statement.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace hansa::cli {
namespace {

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
}

// Behind the quoted text or comment that begins at `at`; `at` itself if none does; npos if it does
// not end.
std::size_t behind_quoted(std::string_view text, std::size_t at) {
  const auto behind = [&](std::string_view end, std::size_t from) {
    const auto found = text.find(end, from);
    return found == text.npos ? text.npos : found + end.size();
  };
  const std::string_view rest = text.substr(at);
  if (rest.starts_with('\'')) return behind("'", at + 1);
  if (rest.starts_with('"')) return behind("\"", at + 1);
  if (rest.starts_with("/*")) return behind("*/", at + 2);
  // The line may go on: what stands there is no statement yet.
  if (rest.starts_with("--")) return behind("\n", at + 2);
  if (rest.starts_with('$') && (at == 0 || !is_name(text[at - 1]))) {
    std::size_t end = at + 1;
    while (end < text.size() && is_name(text[end])) ++end;
    const bool tag = end < text.size() && text[end] == '$' &&
                     (end == at + 1 || std::isdigit(static_cast<unsigned char>(text[at + 1])) == 0);
    if (tag) return behind(text.substr(at, end + 1 - at), end + 1);
  }
  return at;
}

constexpr std::array kWords{
    "all",    "and",       "as",        "asc",    "between",  "by",       "case",   "cast",
    "count",  "cross",     "date",      "desc",   "describe", "distinct", "else",   "end",
    "exists", "false",     "filter",    "from",   "full",     "group",    "having", "in",
    "inner",  "interval",  "is",        "join",   "lateral",  "left",     "like",   "limit",
    "not",    "null",      "nulls",     "offset", "on",       "or",       "order",  "outer",
    "over",   "partition", "qualify",   "right",  "select",   "show",     "sum",    "summarize",
    "tables", "then",      "timestamp", "true",   "try_cast", "union",    "unnest", "using",
    "when",   "where",     "window",    "with"};

}  // namespace

std::optional<std::size_t> end_of_statement(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ';') return at + 1;
    const std::size_t behind = behind_quoted(text, at);
    if (behind == text.npos) return std::nullopt;
    at = behind == at ? at + 1 : behind;
  }
  return std::nullopt;
}

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t behind = text[at] == '"' ? at : behind_quoted(text, at);
    if (behind == text.npos) break;
    if (behind != at) {
      at = behind;
      continue;
    }
    if (!is_name(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && (is_name(text[end]) || text[end] == '.')) ++end;
    const std::string name = lower_ascii(text.substr(at, end - at));
    at = end;
    if (std::ranges::count(name, '.') == 1 && !name.starts_with('.') && !name.ends_with('.') &&
        std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
        std::ranges::find(out, name) == out.end())
      out.push_back(name);
  }
  return out;
}

std::string_view last_word(std::string_view line) {
  std::size_t begin = line.size();
  while (begin > 0 && (is_name(line[begin - 1]) || line[begin - 1] == '.' ||
                       line[begin - 1] == '\\' || line[begin - 1] == '-'))
    --begin;
  return line.substr(begin);
}

std::vector<std::string> keywords_like(std::string_view word) {
  std::vector<std::string> out;
  const std::string lower = lower_ascii(word);
  const bool capitals = !word.empty() && std::isupper(static_cast<unsigned char>(word[0])) != 0;
  for (const std::string_view each : kWords) {
    if (!each.starts_with(lower)) continue;
    std::string keyword(each);
    if (capitals)
      std::ranges::transform(keyword, keyword.begin(),
                             [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    out.push_back(std::move(keyword));
  }
  return out;
}

}  // namespace hansa::cli
