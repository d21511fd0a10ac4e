// Where a typed statement ends, and what could be typed next in it. Just enough of SQL's tokens for
// that: what a statement means is the server's to say.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hansa::cli {

// The place behind the semicolon that ends the first statement of `text`: not one within quotes,
// dollar quotes or comments. Nothing: it goes on.
std::optional<std::size_t> end_of_statement(std::string_view text);

// The "domain.port" names that stand in it, in lower case, each once.
std::vector<std::string> names_in(std::string_view text);

// The word that is being typed: letters, digits, _ . and quotes before the end of `line`.
std::string_view last_word(std::string_view line);

// Keywords that begin with `word`, in its case.
std::vector<std::string> keywords_like(std::string_view word);

}  // namespace hansa::cli
