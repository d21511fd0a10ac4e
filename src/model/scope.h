// What of a port a grant shows, and to whom under which conditions. An empty scope is the whole
// port. A scope only ever narrows; whoever holds several grants sees what each of them shows.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/predicate.h"
#include "model/schema.h"

namespace hansa {

// How a column is shown that is not shown as it is, from the most telling to the least. A null
// stays a null, and the column keeps its type.
enum class Mask {
  year,    // of dates and timestamps: the first of January
  last4,   // of text: the last four characters, if it has more than eight
  hash,    // of text and UUIDs: equal for equal values of one product, and good for joins in it
  redact,  // of text: ***
  null,    // of anything: nothing
};

// One fact about the caller that must hold for the grant to count.
enum class ConditionKey {
  principal_kind,          // user or service_account
  principal_name,          // as it signs in
  principal_team,          // one of its teams, by name
  principal_organisation,  // the id of its organisation
};

struct Scope {
  std::vector<std::string> columns;  // top-level names, in the grant's order; empty: all
  std::optional<Predicate> filter;   // none: all rows
  std::map<std::string, Mask> masks;
  std::map<std::string, std::vector<std::string>> conditions;  // key: any of these values

  // Shows every row and column as it is.
  bool shows_all() const { return columns.empty() && !filter && masks.empty(); }
  // Narrows nothing at all.
  bool empty() const { return shows_all() && conditions.empty(); }
  friend bool operator==(const Scope&, const Scope&) = default;
};

constexpr auto names_of(std::type_identity<Mask>) {
  return std::to_array<std::pair<Mask, std::string_view>>({{Mask::year, "year"},
                                                           {Mask::last4, "last4"},
                                                           {Mask::hash, "hash"},
                                                           {Mask::redact, "redact"},
                                                           {Mask::null, "null"}});
}
constexpr auto names_of(std::type_identity<ConditionKey>) {
  return std::to_array<std::pair<ConditionKey, std::string_view>>(
      {{ConditionKey::principal_kind, "principal.kind"},
       {ConditionKey::principal_name, "principal.name"},
       {ConditionKey::principal_team, "principal.team"},
       {ConditionKey::principal_organisation, "principal.organisation"}});
}

void describe(Fields& f, Scope& scope);

// nullopt: no such key, and a grant that carries it never counts.
std::optional<ConditionKey> condition_key(std::string_view name);

// Whether the scope makes sense for a port with these columns, and its conditions for anybody.
// Errors: invalid, naming the column, mask or key; exhausted.
Result<void> check(const Scope& scope, const Schema& schema);

// `scope` narrowed by `further`: columns both show, rows both show, the masks of both (of two on
// one column the one that tells less), all conditions. Errors: invalid if `further` names a column
// that `scope` does not show, or nothing is left.
Result<Scope> narrowed(Scope scope, const Scope& further);

// "columns id, country; rows where country = 'SE'; email as hash", or empty for all.
std::string words(const Scope& scope);

// What a caller sees of a port through all its grants together: a row if one of them shows it, and
// of that row what any grant that shows it shows, as little masked as any of those shows it.
struct VisiblePart {
  GrantId grant;
  Scope scope;
  friend bool operator==(const VisiblePart&, const VisiblePart&) = default;
};
struct Visible {
  std::vector<VisiblePart> parts;  // by grant, ascending; never empty
};

// Equal for equal parts; made of a digest, so nothing else has the same.
using VisibleId = Id<struct VisibleTag>;
VisibleId id_of(const Visible& visible);
// The columns of `schema` that some part shows, in its order; each may be null.
Schema shown(const Visible& visible, const Schema& schema);

}  // namespace hansa
