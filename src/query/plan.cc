#include "query/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "query/visible.h"

namespace hansa::query {
namespace {

std::unexpected<Error> not_covered(const Relation& relation) {
  return denied(fmt::format("{}.{} is not covered by a permit", relation.schema, relation.name));
}

Result<void> check_files(std::size_t files) {
  if (files <= limits::files_per_query_max) return {};
  return exhausted(fmt::format("the query reads {} files; at most {} are allowed", files,
                               limits::files_per_query_max),
                   "ask the producers to compact their tables");
}

}  // namespace

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
    if (permit == permits.end() || permit->decision().visible != relation.visible)
      return not_covered(relation);
    closed.restricted_ = closed.restricted_ || permit->decision().restricted;
  }
  HANSA_CHECK(check_files(files));
  closed.plan_ = std::move(plan);
  return closed;
}

Result<ClosedPlan> ClosedPlan::copy(Relation whole, const Visible& visible, const Permit& permit,
                                    std::string_view key) {
  const Resource port{ResourceKind::port, whole.port.ulid};
  if (!permit.covers(Action::read, port) || whole.visible ||
      permit.decision().visible != id_of(visible))
    return not_covered(whole);
  HANSA_CHECK(check_files(whole.files.size()));
  const std::string table = fmt::format("{}.{}.{}", sql_identifier(whole.catalog),
                                        sql_identifier(whole.schema), sql_identifier(whole.name));
  ClosedPlan closed;
  closed.plan_.statement = {.sql = visible_sql(visible, whole.columns, table, key),
                            .parameters = {},
                            .catalog = whole.catalog,
                            .schema = whole.schema};
  closed.plan_.output.format = Format::parquet;
  closed.plan_.bounds.rows_max = rows_all;  // a copy is whole or none
  closed.plan_.relations.push_back(std::move(whole));
  closed.restricted_ = true;  // the worker has seen what its next user may not see
  return closed;
}

Result<ClosedPlan> ClosedPlan::bridge(Relation next, const Deprecation& old, const Permit& permit) {
  if (!permit.covers(Action::read, {ResourceKind::port, old.id.ulid}) || !old.bridge ||
      old.use != next.port || next.visible)
    return not_covered(next);
  HANSA_CHECK(check_files(next.files.size()));
  ClosedPlan closed;
  closed.plan_.statement = {
      .sql = old.bridge->sql, .parameters = {}, .catalog = next.catalog, .schema = next.schema};
  closed.plan_.output.format = Format::parquet;
  closed.plan_.bounds.rows_max = rows_all;
  closed.plan_.relations.push_back(std::move(next));
  closed.restricted_ = true;  // the worker has seen what its next user may not see
  return closed;
}

ClosedPlan ClosedPlan::inspect(Inspection inspection) {
  ClosedPlan closed;
  closed.inspection_ = std::move(inspection);
  return closed;
}

ClosedPlan ClosedPlan::convert(Conversion conversion) {
  ClosedPlan closed;
  closed.conversion_ = std::move(conversion);
  return closed;
}

}  // namespace hansa::query
