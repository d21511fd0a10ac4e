// A predicate as DuckDB's SQL: written by the server from values, never from anybody's text.
#pragma once

#include <string>

#include "model/predicate.h"

namespace hansa::query {

// Over columns of `schema`, against which the predicate has been checked. Constants are written in
// their column's own type, so that no value of the column is ever cast.
std::string predicate_sql(const Predicate& predicate, const Schema& schema);

}  // namespace hansa::query
