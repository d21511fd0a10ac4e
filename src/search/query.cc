#include "search/query.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace hansa::search {
namespace {

// A shorter word is one letter away from too many others; a longer one costs too many variants.
constexpr std::size_t kLooseMin = 5;
constexpr std::size_t kLooseMax = 24;

std::vector<std::string> variants_of(const std::string& word) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= word.size(); ++at) {
    const std::string head = word.substr(0, at);
    for (const char letter : kLetters) {
      out.push_back(head + letter + word.substr(at));
      if (at < word.size()) out.push_back(head + letter + word.substr(at + 1));
    }
    if (at < word.size()) out.push_back(head + word.substr(at + 1));
    if (at + 1 < word.size()) out.push_back(head + word[at + 1] + word[at] + word.substr(at + 2));
  }
  std::ranges::sort(out);
  const auto twice = std::ranges::unique(out);
  out.erase(twice.begin(), twice.end());
  return out;
}

bool loosen(Asked& asked) {
  if (asked.text.size() < kLooseMin || asked.text.size() > kLooseMax) return false;
  asked.variants = variants_of(asked.text);
  return true;
}

}  // namespace

Fit Asked::fit(std::string_view word) const {
  if (word == text) return Fit::exact;
  if (prefix && word.starts_with(text)) return Fit::prefix;
  if (variants.empty()) return Fit::none;
  if (std::ranges::binary_search(variants, word, std::less<>())) return Fit::near;
  for (std::size_t size = text.size() - 1; prefix && size <= text.size() + 1; ++size)
    if (size < word.size() &&
        std::ranges::binary_search(variants, word.substr(0, size), std::less<>()))
      return Fit::near;
  return Fit::none;
}

Result<Query> parse_query(std::string_view text) {
  if (text.size() > limits::search_bytes_max)
    return invalid(fmt::format("the search is {} bytes long; at most {} are looked for",
                               text.size(), limits::search_bytes_max),
                   "leave words out");
  if (!is_utf8(text)) return invalid("the search is not UTF-8");
  Query query;
  std::size_t words = 0;
  Splitter splitter(text);
  while (const Compound* compound = splitter.next()) {
    words += compound->parts.size();
    Term term{.whole = {std::string(compound->word())}, .parts = {}};
    for (std::size_t i = 0; compound->parts.size() > 1 && i < compound->parts.size(); ++i)
      term.parts.push_back({std::string(compound->part(i))});
    query.terms.push_back(std::move(term));
  }
  if (words > limits::search_words_max)
    return invalid(fmt::format("the search has {} words; at most {} are looked for", words,
                               limits::search_words_max),
                   "leave words out");
  if (query.terms.empty())
    return invalid("say what to look for: at least one word",
                   "for example: hansa search orders customer");
  Term& last = query.terms.back();
  last.whole.prefix = true;
  if (!last.parts.empty()) last.parts.back().prefix = true;
  return query;
}

bool loosen(Term& term) {
  bool any = loosen(term.whole);
  for (Asked& part : term.parts) any = loosen(part) || any;
  return any;
}

}  // namespace hansa::search
