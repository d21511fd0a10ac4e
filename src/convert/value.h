// One value as text into a slot of its type: exactly, or not at all. Nothing is rounded, cut or
// guessed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "convert/pattern.h"
#include "convert/slot.h"
#include "model/dialect.h"

namespace hansa::convert {

enum class Fault {
  none,
  spelling,   // not a value of the type
  too_large,  // beyond the type's range
  too_exact,  // more digits behind the point than the type keeps
  no_zone,    // timestamptz without an offset
  has_zone,   // timestamp with one
};

// How the values of one column are read.
struct Reading {
  Type type;
  char point = '.';
  std::optional<Pattern> date = {};
  std::optional<Pattern> timestamp = {};
};

// What is in the way of reading such a type from text; nothing for those that can be.
std::string unreadable(const Type& type);

// Errors: invalid: a pattern that cannot be read.
Result<Reading> reading_of(const Type& type, const Dialect& dialect, std::string_view format);

// Of all types but structures, lists and maps. Blanks around numbers, dates and the like are passed
// over; text stays as it is.
Fault put_value(std::string_view text, const Reading& how, Slot& slot, std::uint64_t row,
                Memory& memory);

// "'abc' is no decimal(10,2)"; the value is cut where it is long.
std::string words_of(Fault fault, std::string_view text, const Type& type);

// A whole number without anything else; leading zeros are refused, since they tell an identifier.
bool is_plain_int64(std::string_view text);
// A number that a double holds to the last digit written (up to 17 of them).
bool is_plain_double(std::string_view text, char point);

}  // namespace hansa::convert
