#include "query/plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace hansa::query {

Result<ClosedPlan> ClosedPlan::close(Plan plan, std::span<const Permit> permits) {
  if (plan.relations.size() > limits::relations_per_query_max)
    return exhausted(
        fmt::format("the query reads more than {} relations", limits::relations_per_query_max),
        "read fewer at once, or publish a part of the query as a product");
  ClosedPlan closed;
  std::size_t files = 0;
  for (const Relation& relation : plan.relations) {
    if (relation.content != Content::files) continue;
    files += relation.files.size();
    const Resource port{ResourceKind::port, relation.port.ulid};
    const auto permit = std::ranges::find_if(
        permits, [&](const Permit& p) { return p.covers(Action::read, port); });
    if (permit == permits.end())
      return denied(
          fmt::format("{}.{} is not covered by a permit", relation.schema, relation.name));
    closed.restricted_ = closed.restricted_ || permit->decision().restricted;
  }
  if (files > limits::files_per_query_max)
    return exhausted(fmt::format("the query reads {} files; at most {} are allowed", files,
                                 limits::files_per_query_max),
                     "ask the producers to compact their tables");
  closed.plan_ = std::move(plan);
  return closed;
}

ClosedPlan ClosedPlan::inspect(Inspection inspection) {
  ClosedPlan closed;
  closed.inspection_ = std::move(inspection);
  return closed;
}

}  // namespace hansa::query
