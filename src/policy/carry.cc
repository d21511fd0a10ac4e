#include "policy/carry.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/lineage.h"
#include "model/spelling.h"

namespace hansa::policy {
namespace {

const Column* column_of(const Contract& contract, std::string_view name) {
  const auto& columns = contract.schema.columns;
  const auto found = std::ranges::find(columns, name, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

Sensitivity level_in(const Contract& contract, std::string_view column) {
  for (const auto& [name, words] : contract.classified)
    if (name == column) return level_of(words);
  return level_of("");
}

std::string_view word(Sensitivity level) {
  for (const auto& [each, name] : names_of(std::type_identity<Sensitivity>{}))
    if (each == level) return name;
  return {};
}

bool shows(const Scope& scope, const std::string& column) {
  return scope.columns.empty() || std::ranges::find(scope.columns, column) != scope.columns.end();
}

bool is_nested(const Column& column) { return !column.type.fields.empty(); }

void add_columns(const Predicate& predicate, std::set<std::string>& out) {
  if (!predicate.column.empty()) out.insert(predicate.column);
  for (const Predicate& part : predicate.parts) add_columns(part, out);
}

// By which the scope narrows: without any of them it would be another one.
std::set<std::string> narrows_by(const Scope& scope) {
  std::set<std::string> out(scope.columns.begin(), scope.columns.end());
  for (const auto& [column, mask] : scope.masks) out.insert(column);
  if (scope.filter) add_columns(*scope.filter, out);
  return out;
}

std::string_view kind_of(const Scope& scope, const std::string& column) {
  if (scope.masks.contains(column)) return "which is masked";
  return std::ranges::find(scope.columns, column) != scope.columns.end() ? "which is shown"
                                                                         : "which chooses the rows";
}

}  // namespace

std::vector<std::string> shows_more(const Scope& scope, const Contract& before,
                                    const Contract& after) {
  std::vector<std::string> out;
  for (const std::string& name : narrows_by(scope)) {
    const Column* old = column_of(before, name);
    const Column* now = column_of(after, name);
    if (now == nullptr) out.push_back(fmt::format("it has no {}, {}", name, kind_of(scope, name)));
    else if (old == nullptr || to_text(old->type) != to_text(now->type))
      out.push_back(fmt::format("{}, {}, is another column", name, kind_of(scope, name)));
  }
  for (const Column& column : after.schema.columns) {
    if (!shows(scope, column.name)) continue;
    const Column* old = column_of(before, column.name);
    const Sensitivity level = level_in(after, column.name);
    if (old == nullptr) {
      if (!scope.shows_all()) out.push_back(fmt::format("{} is new", column.name));
      else if (level > level_of(""))
        out.push_back(fmt::format("{} is new and {}", column.name, word(level)));
      continue;
    }
    if (level > level_in(before, column.name))
      out.push_back(fmt::format("{} is {}", column.name, word(level)));
    // Types of whoever sees all may change, but for parts, which are columns of their own.
    if ((!scope.shows_all() || is_nested(*old) || is_nested(column)) &&
        to_text(old->type) != to_text(column.type))
      out.push_back(fmt::format("{} is of another type", column.name));
  }
  if (out.empty() && !check(scope, after.schema))
    out.push_back("what it narrows by does not fit there");
  return out;
}

std::vector<std::uint32_t> given_majors(const Grant& grant) {
  std::vector<std::uint32_t> out = grant.majors;
  std::erase_if(out, [&](std::uint32_t major) {
    return std::ranges::find(grant.carried, major) != grant.carried.end();
  });
  return out.empty() ? grant.majors : out;  // what it was given for is gone
}

bool leave_major(Grant& grant, std::uint32_t major) {
  // Of none would be of all.
  if (grant.majors.size() < 2) return false;
  std::erase(grant.majors, major);
  std::erase(grant.carried, major);
  return true;
}

}  // namespace hansa::policy
