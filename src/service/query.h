// SQL as the caller, opened by step/open_query; and the caller's running queries.
#pragma once

#include "api/query.h"
#include "service/authority/context.h"
#include "service/authority/running.h"
#include "service/step/open_query.h"

namespace hansa::service {

Result<api::Queries> list_queries(const Context& context, const Running& running,
                                  const api::ListQueries& ask);
Result<api::QueryView> get_query(const Context& context, const Running& running,
                                 const api::GetQuery& ask);
Result<api::Nothing> cancel_query(const Context& context, Running& running,
                                  const api::GetQuery& ask);

}  // namespace hansa::service
