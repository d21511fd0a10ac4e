// Text of hostile origin in messages for people.
#pragma once

#include <string>
#include <string_view>

namespace hansa::query {

// At most limits::name_bytes_max bytes of printable ASCII; whatever else there was becomes '?'.
// Anything that a statement or a parse tree calls by a legal name stays as it is.
std::string shown(std::string_view text);

// " (line 2, column 5)" of a byte of `sql`, both counted from 1; " (byte 15)" if the text is not
// known. Nothing for a byte that lies outside.
std::string shown_place(std::string_view sql, std::size_t byte);

}  // namespace hansa::query
