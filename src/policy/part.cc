#include "policy/part.h"

#include <algorithm>

#include "model/spelling.h"

namespace hansa::policy {
namespace {

bool in_team(const Mesh& mesh, const Principal& who, const std::string& name) {
  const auto* team = mesh.named<Team>(claim::team(name));
  return team != nullptr &&
         (std::ranges::find(team->members, who.id) != team->members.end() || who.team == team->id);
}

bool is(const Mesh& mesh, const Principal& who, ConditionKey key, const std::string& value) {
  switch (key) {
    case ConditionKey::principal_kind: return name_of(who.kind) == value;
    case ConditionKey::principal_name: return who.name == value;
    case ConditionKey::principal_team: return in_team(mesh, who, value);
    case ConditionKey::principal_organisation:
      return who.organisation && to_text(who.organisation) == value;
  }
  return false;
}

}  // namespace

bool meets(const Mesh& mesh, const Principal& who, const Scope& scope) {
  return std::ranges::all_of(scope.conditions, [&](const auto& condition) {
    const auto key = condition_key(condition.first);
    return key && std::ranges::any_of(condition.second, [&](const std::string& value) {
             return is(mesh, who, *key, value);
           });
  });
}

bool fits(const Mesh& mesh, const Port& port, const Scope& scope) {
  const auto* contract = mesh.find<Contract>(port.contract);
  return contract != nullptr && check(scope, contract->schema).has_value();
}

Visible Parts::visible() const {
  Visible out;
  for (const Grant* grant : grants) {
    Scope shows = grant->scope;
    shows.conditions.clear();  // they say whom it is for, not what it shows
    out.parts.push_back({grant->id, std::move(shows)});
  }
  std::ranges::sort(out.parts, {}, &VisiblePart::grant);
  return out;
}

std::optional<Time> Parts::until() const {
  std::optional<Time> out;
  for (const Grant* grant : grants)
    if (grant->until && (!out || *grant->until < *out)) out = grant->until;
  return out;
}

const Grant& Parts::longest() const {
  return **std::ranges::max_element(grants, [](const Grant* a, const Grant* b) {
    return a->until && (!b->until || *a->until < *b->until);
  });
}

}  // namespace hansa::policy
