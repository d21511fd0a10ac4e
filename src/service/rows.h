// Rows of one port for callers who write no SQL. What they ask becomes one statement, which goes
// the way of all SQL (step/open_query).
#pragma once

#include <string>

#include "api/rows.h"
#include "base/seal.h"
#include "service/authority/context.h"
#include "service/authority/running.h"
#include "service/step/open_query.h"

namespace hansa::service {

struct OpenedRows {
  OpenedQuery query;          // without rows: nothing changed since `unless`
  std::int64_t snapshot = 0;  // 0: nothing was published yet
  std::string etag;           // as a header says it, in quotes
  std::string next;           // the cursor of the page behind this one; empty: there is none
  // There is a page behind this one; else only if this one is full.
  bool surely_more = false;
};

// `unless`: the If-None-Match of the caller, empty if there is none. Errors: as open_query;
// not_found: no such port, for the caller; invalid: a column, a filter, an order that does not fit,
// a cursor of another port, caller or time.
Result<OpenedRows> open_rows(const Context& context, const Shelves& from, Running& running,
                             const Sealer& sealer, const api::ReadRows& ask,
                             std::string_view unless);

}  // namespace hansa::service
