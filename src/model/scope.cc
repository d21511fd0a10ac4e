#include "model/scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "base/digest.h"
#include "base/limits.h"
#include "base/text.h"

namespace hansa {
namespace {

bool shows(const Scope& scope, std::string_view column) {
  return scope.columns.empty() || std::ranges::find(scope.columns, column) != scope.columns.end();
}

Result<const Column*> column_of(const Schema& schema, std::string_view name) {
  const auto found = std::ranges::find(schema.columns, name, &Column::name);
  if (found != schema.columns.end()) return &*found;
  std::vector<std::string> known;
  for (const Column& column : schema.columns) known.push_back(column.name);
  const auto near = suggestions(name, known);
  return invalid(fmt::format("the port has no column {}", name),
                 near.empty() ? "" : "did you mean " + near.front() + "?");
}

bool fits(Mask mask, TypeKind type) {
  switch (mask) {
    case Mask::year:
      return type == TypeKind::date || type == TypeKind::timestamp || type == TypeKind::timestamptz;
    case Mask::last4:
    case Mask::redact: return type == TypeKind::string;
    case Mask::hash: return type == TypeKind::string || type == TypeKind::uuid;
    case Mask::null: return true;
  }
  return false;
}

Result<void> check_columns(const Scope& scope, const Schema& schema) {
  for (const std::string& name : scope.columns) {
    HANSA_CHECK(column_of(schema, name));
    if (std::ranges::count(scope.columns, name) > 1)
      return invalid(fmt::format("column {} is named twice", name));
  }
  for (const auto& [name, mask] : scope.masks) {
    HANSA_TRY(const Column* column, column_of(schema, name));
    if (!shows(scope, name))
      return invalid(fmt::format("column {} is masked and not shown", name),
                     "add it to the columns, or leave the mask out");
    if (!fits(mask, column->type.kind))
      return invalid(fmt::format("mask {} does not fit column {} ({})", name_of(mask), name,
                                 to_text(column->type)),
                     "year is for dates, last4 and redact for text, hash for text and UUIDs, null "
                     "for anything");
  }
  return {};
}

Result<void> check_conditions(const Scope& scope) {
  for (const auto& [name, values] : scope.conditions) {
    if (!condition_key(name)) {
      std::vector<std::string> known;
      for (const auto& [key, spelt] : names_of(std::type_identity<ConditionKey>{}))
        known.emplace_back(spelt);
      return invalid(fmt::format("there is no condition {}", name), "known: " + join(known, ", "));
    }
    if (values.empty())
      return invalid(fmt::format("condition {} names no value: nobody would meet it", name));
    if (values.size() > limits::condition_values_max)
      return exhausted(
          fmt::format("condition {} names more than {} values", name, limits::condition_values_max),
          "grant it to a group or team instead");
  }
  return {};
}

// As it reads when written: a part that is itself a conjunction is taken up.
Predicate both(Predicate a, Predicate b) {
  Predicate out{.op = Predicate::Op::all, .parts = {}, .column = {}, .values = {}};
  for (Predicate* each : {&a, &b}) {
    if (each->op == Predicate::Op::all)
      std::ranges::move(each->parts, std::back_inserter(out.parts));
    else out.parts.push_back(std::move(*each));
  }
  return out;
}

}  // namespace

void describe(Fields& f, Scope& scope) {
  f.optional("columns", scope.columns, "the columns that are shown; absent: all");
  f.optional("filter", scope.filter,
             "the rows that are shown: country = 'SE' and plays >= 10; absent: all");
  f.optional("masks", scope.masks,
             "how a column is shown: year, last4, hash, redact or null, by column");
  f.optional("conditions", scope.conditions,
             "what the caller must be: values by key, of principal.kind, principal.name, "
             "principal.team and principal.organisation");
}

std::optional<ConditionKey> condition_key(std::string_view name) {
  for (const auto& [key, spelt] : names_of(std::type_identity<ConditionKey>{}))
    if (spelt == name) return key;
  return std::nullopt;
}

Result<void> check(const Scope& scope, const Schema& schema) {
  HANSA_CHECK(check_columns(scope, schema));
  HANSA_CHECK(check_conditions(scope));
  if (scope.filter) HANSA_CHECK(check_spelling(*scope.filter));
  // A filter may use a column that is not shown: which rows, and what of them, are two questions.
  if (scope.filter) HANSA_CHECK(check(*scope.filter, schema));
  return {};
}

Result<Scope> narrowed(Scope scope, const Scope& further) {
  for (const std::string& name : further.columns)
    if (!shows(scope, name))
      return invalid(fmt::format("column {} was not asked for", name),
                     "a request is narrowed, never widened");
  if (!further.columns.empty()) scope.columns = further.columns;
  if (further.filter)
    scope.filter = scope.filter ? both(*std::move(scope.filter), *further.filter) : *further.filter;
  // What was asked for masked and is not given needs no mask; one that the steward names does.
  std::erase_if(scope.masks, [&](const auto& each) { return !shows(scope, each.first); });
  for (const auto& [name, mask] : further.masks) {
    if (!shows(scope, name))
      return invalid(fmt::format("column {} is masked and not shown", name),
                     "name a column that was asked for, as it is written there");
    const auto [at, added] = scope.masks.emplace(name, mask);
    if (!added) at->second = std::max(at->second, mask);
  }
  for (const auto& [name, values] : further.conditions) {
    const auto [at, added] = scope.conditions.emplace(name, values);
    if (added) continue;
    std::erase_if(at->second, [&](const std::string& value) {
      return std::ranges::find(values, value) == values.end();
    });
    if (at->second.empty())
      return invalid(fmt::format("nothing meets both conditions on {}", name),
                     "name values that were asked for");
  }
  return scope;
}

std::string words(const Scope& scope) {
  std::vector<std::string> out;
  if (!scope.columns.empty()) out.push_back("columns " + join(scope.columns, ", "));
  if (scope.filter) out.push_back("rows where " + to_text(*scope.filter));
  for (const auto& [name, mask] : scope.masks)
    out.push_back(fmt::format("{} as {}", name, name_of(mask)));
  for (const auto& [name, values] : scope.conditions)
    out.push_back(fmt::format("if {} is {}", name, join(values, " or ")));
  return join(out, "; ");
}

VisibleId id_of(const Visible& visible) {
  Digest digest;
  for (const VisiblePart& part : visible.parts) {
    const std::string text = to_text(to_json(part.scope));
    digest.add(to_text(part.grant));
    digest.add(std::to_string(text.size()) + ":");
    digest.add(text);
  }
  const std::string bytes = digest.finish();
  VisibleId id;
  std::memcpy(&id.ulid.high, bytes.data(), sizeof id.ulid.high);
  std::memcpy(&id.ulid.low, bytes.data() + sizeof id.ulid.high, sizeof id.ulid.low);
  return id;
}

Schema shown(const Visible& visible, const Schema& schema) {
  Schema out{.id = schema.id, .columns = {}};
  for (const Column& column : schema.columns) {
    const bool seen = std::ranges::any_of(
        visible.parts, [&](const VisiblePart& part) { return shows(part.scope, column.name); });
    if (!seen) continue;
    out.columns.push_back(column);
    out.columns.back().required = false;
  }
  return out;
}

}  // namespace hansa
