// What somebody looks for, as words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/split.h"

namespace hansa::search {

// How a word of a text answers a word that was asked for.
enum class Fit { none, near, prefix, exact };

// One word that was asked for. The last one of a query may be the beginning of a word, since people
// see hits while they type.
struct Asked {
  std::string text;
  bool prefix = false;
  // What it may have been meant to be, ascending: one letter more, less, another, or two swapped.
  // Empty: taken as it is.
  std::vector<std::string> variants = {};

  Fit fit(std::string_view word) const;
};

// One compound: found as a whole, or by all of its parts, wherever these stand.
struct Term {
  Asked whole;
  std::vector<Asked> parts;  // empty if the whole is its only part
};

struct Query {
  std::vector<Term> terms;  // all must be found
};

// Errors: invalid: no word, not UTF-8, or past limits::search_bytes_max or search_words_max.
Result<Query> parse_query(std::string_view text);

// The same term with variants: for when nothing was found. False: its words are too short or too
// long for that.
bool loosen(Term& term);

}  // namespace hansa::search
