// What the columns of a text file are, from all of its lines: the narrowest type that holds every
// value to the last digit. What looks like an identifier ("007") is text.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "convert/source.h"
#include "model/dialect.h"
#include "model/schema.h"

namespace hansa::convert {

struct Guess {
  Schema columns;
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;  // records that cannot be split or read, whatever the types
  std::string first_reject;    // "line 7: it has 3 fields and should have 4"
};

// Errors: as Table::open and Blocks::next; exhausted: more than limits::columns_max columns.
Result<Guess> infer(Source source, const Dialect& dialect);

}  // namespace hansa::convert
