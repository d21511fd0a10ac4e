// Plain scalars: what an unquoted word means. We read YAML 1.2's core schema; many readers still
// follow YAML 1.1, where `no` is false, `012` is ten and `1:20` is eighty. A word on which the two
// disagree is text here, and said to be ambiguous.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace hansa::contract {

// The value of a plain scalar that is not null. Errors: invalid for a number that JSON cannot hold.
Result<Json> plain_value(std::string_view text);

// What another reader takes it for ("true or false", "a number in base 8", ...); empty: the same as
// we do.
std::string_view ambiguity(std::string_view text);

// True if the text survives unquoted with every reader, in block style and between brackets.
bool is_safe_plain(std::string_view text);

}  // namespace hansa::contract
