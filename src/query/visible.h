// The rows and cells a caller's grants show, as DuckDB's SQL: written by the server from values,
// never from anybody's text. It runs in a worker that sees no user's statement, and what comes out
// is all that the user's worker gets (doc/decisions/visible-copies.md).
#pragma once

#include <string>
#include <string_view>

#include "model/scope.h"

namespace hansa::query {

// `table` is a quoted name of all rows with `schema`'s columns; the result has those of
// shown(visible, schema), types unchanged. `key` makes the hashes of mask `hash` unguessable: equal
// values give equal hashes under one key. Every part's scope has been checked against the schema.
std::string visible_sql(const Visible& visible, const Schema& schema, std::string_view table,
                        std::string_view key);

}  // namespace hansa::query
