// SQL as the caller: parsed in a worker, decided port by port, run as a closed plan.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/query.h"
#include "base/stream.h"
#include "query/plan.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/authority/running.h"
#include "service/step/opening.h"

namespace hansa::service {

struct OpenedQuery {
  QueryId id;
  query::Format format = query::Format::json;
  std::vector<query::Column> columns;
  std::unique_ptr<Source> rows;                     // guarded: ends when a right it needs ends
  std::stop_token cut;                              // requested when it ended that way
  std::shared_ptr<const void> held;                 // until the last row has left
  std::shared_ptr<const query::Counters> counters;  // final once `rows` has ended
};

// Errors: invalid (syntax, an unknown name, with what the caller may have meant); denied, with
// owner and next action; exhausted; unavailable.
Result<OpenedQuery> open_query(const Context& asked, const Shelves& from, Running& running,
                               const api::RunQuery& ask);

Result<api::Queries> list_queries(const Context& context, const Running& running,
                                  const api::ListQueries& ask);
Result<api::QueryView> get_query(const Context& context, const Running& running,
                                 const api::GetQuery& ask);
Result<api::Nothing> cancel_query(const Context& context, Running& running,
                                  const api::GetQuery& ask);

}  // namespace hansa::service
