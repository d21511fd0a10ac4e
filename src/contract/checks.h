// The checks of data that an ODCS contract asks for, out of what its columns and quality rules say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/odcs.h"
#include "model/checks.h"

namespace hansa::contract {

// A rule that says nothing which could be run, and that nobody meant that way.
struct CheckProblem {
  Mark mark;
  std::string rule;  // of a Finding
  std::string message;
  std::string next;
};

struct CheckList {
  std::vector<Check> checks;
  std::vector<CheckProblem> problems;
};

inline constexpr std::size_t checks_max = 10'000;  // of one object: two for each column
inline constexpr std::size_t sql_checks_max = 50;  // each is a statement of its own

// `schema` is that object's; columns it does not have the types of are not held against values.
// Text is documentation and no check. What other engines would have to run is in the list as not
// run.
CheckList checks_of(const SchemaObject& object, const Schema& schema);
// Of the object behind a port.
CheckList checks_of(const DataContract& contract, std::string_view port);

// How many of them are run.
std::uint32_t tests_of(const DataContract& contract, std::string_view port);

// The rule as a statement about `table`, a quoted name: {object}, {table}, {model} and {schema}
// become it, {property}, {column} and {field} the column; a `$` may stand before each.
std::string filled_in(const Check& check, std::string_view table);

}  // namespace hansa::contract
