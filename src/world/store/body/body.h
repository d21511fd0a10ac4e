// Nouns to the store's bytes and back. A body is a JSON object with a level: a program that meets a
// level it does not know refuses to start rather than lose what it cannot read.
#pragma once

#include <string>
#include <string_view>

#include "model/noun.h"

namespace hansa::store {

inline constexpr int kBodyLevel = 1;

std::string body_of(const Noun& noun);
// Errors: corrupt, naming kind and member; unavailable: a newer level than this program knows.
Result<Noun> noun_of(std::string_view kind, std::string_view body);

}  // namespace hansa::store
