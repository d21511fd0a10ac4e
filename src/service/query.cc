#include "service/query.h"

namespace hansa::service {
namespace {

api::QueryView view_of(const RunningWork& work) {
  return {.id = to_text(work.id),
          .state = "running",
          .started = work.started,
          .progress = work.tally.progress,
          .rows = work.tally.rows,
          .bytes_scanned = work.tally.bytes_scanned,
          .ports = work.ports};
}

}  // namespace

Result<api::Queries> list_queries(const Context& context, const Running& running,
                                  const api::ListQueries& ask) {
  api::Queries out;
  // In the order of their ids.
  for (const RunningWork& work : running.of(context.who.id)) {
    if (to_text(work.id) <= ask.paging.after) continue;
    if (out.items.size() == ask.paging.limit) {
      out.next = out.items.back().id;
      break;
    }
    out.items.push_back(view_of(work));
  }
  return out;
}

Result<api::QueryView> get_query(const Context& context, const Running& running,
                                 const api::GetQuery& ask) {
  for (const RunningWork& work : running.of(context.who.id))
    if (to_text(work.id) == ask.id) return view_of(work);
  return not_found("no such query is running", "it may have ended already");
}

Result<api::Nothing> cancel_query(const Context& context, Running& running,
                                  const api::GetQuery& ask) {
  const auto id = parse_ulid(ask.id);
  HANSA_CHECK(running.cancel(QueryId{id.value_or(Ulid{})}, context.who.id));
  return api::Nothing{};
}

}  // namespace hansa::service
