// Which rows of a port a grant shows, as a value: a small language over the port's own columns,
// compared with constants. It is parsed once, when the grant is made, and rendered for whoever
// scans (query/visible for DuckDB); a text that a person wrote never becomes part of a statement.
//
//   country = 'SE' and (plan in ('free', 'student') or plays >= 10)
//   day between '2026-01-01' and '2026-03-31' and not cancelled = true
//
// A row is shown if the predicate is true for it; where a null makes it neither true nor false, the
// row is hidden, as in SQL.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/schema.h"

namespace hansa {

// A constant as it was written: a number keeps its digits, since a double would round it.
struct Constant {
  enum class Kind { text, number, boolean };
  Kind kind = Kind::text;
  std::string text;  // "SE", "-2.50", "true"
  friend bool operator==(const Constant&, const Constant&) = default;
};
// 'SE', -2.50, true
std::string to_text(const Constant& constant);

struct Predicate {
  enum class Op {
    all,      // of `parts`: and
    any,      // of `parts`: or
    negated,  // of one part: not
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    one_of,   // column in (values)
    like,     // column like 'text with % and _'
    is_null,  // column is null
  };
  Op op = Op::all;
  std::vector<Predicate> parts;  // of all, any and negated
  std::string column;            // of the others: a column of the port, not a path into one
  std::vector<Constant> values;  // one of a comparison, none of is_null
  friend bool operator==(const Predicate&, const Predicate&) = default;
};

// Errors: invalid, with the place; exhausted past limits::predicate_bytes_max, _depth_max or
// _values_max.
Result<Predicate> parse_predicate(std::string_view text);
// The one spelling of a predicate.
std::string to_text(const Predicate& predicate);

// "=", "<>", "like", ... of a comparison with one value; empty of all others. SQL's as well.
std::string_view sign_of(Predicate::Op op);

// Whether its spelling is within the limits and reads as the same predicate, so that it can be
// kept. What was read and not changed is; what was put together may have grown too long. Errors:
// exhausted.
Result<void> check_spelling(const Predicate& predicate);

// Whether it can be asked of a table with these columns without a single cast that may fail:
// columns exist and are not nested, text compares with text, dates with dates. Errors: invalid,
// naming the column.
Result<void> check(const Predicate& predicate, const Schema& schema);

Result<void> field_from_text(std::string_view text, Predicate& predicate);
std::string field_to_text(const Predicate& predicate);

}  // namespace hansa
