// Nouns to the store's bytes and back. A body is a level (one byte) and the noun (bytes.h): a
// program that meets a level it does not know refuses to start rather than lose what it cannot
// read.
#pragma once

#include <string>
#include <string_view>

#include "model/noun.h"

namespace hansa::store {

inline constexpr char kBodyLevel = 2;

std::string body_of(const Noun& noun);
// The noun as commit `rev` wrote it. A state or step without a number was made by that commit: no
// noun knows its own when it is written. Errors: corrupt, naming kind and member; unavailable:
// another level than this program knows.
Result<Noun> noun_of(std::string_view kind, std::string_view body, Rev rev);

}  // namespace hansa::store
