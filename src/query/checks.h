// The measures of a contract's checks as one statement of the server's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/checks.h"
#include "model/schema.h"

namespace hansa::query {

// One row: how many rows there are, then one count for each check, in their order. `table` is a
// quoted name with the schema's columns, which have those of the checks. No check of a query.
std::string checks_sql(const std::vector<Check>& checks, const Schema& schema,
                       std::string_view table);

// Up to `most` values that a check found wrong, as text; empty: it names none.
std::string offenders_sql(const Check& check, const Schema& schema, std::string_view table,
                          std::size_t most);
inline constexpr std::size_t offender_chars = 80;

}  // namespace hansa::query
