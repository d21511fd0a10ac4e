// A decision is data; a permit is proof that one was made and allowed. Only policy/decide makes
// permits, so a path that reads, commits or streams without authorisation does not compile.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/ids.h"
#include "model/scope.h"

namespace hansa {

enum class Action {
  know,        // see a product, port or grant in listings and answers
  read,        // its rows
  request,     // ask for access to it
  decide,      // approve or reject a request; renew
  revoke,      // end a grant
  publish,     // write data into a port
  manage,      // change a product, port, contract, or mount in an account
  administer,  // the organisation itself: teams, domains, accounts, people, credentials
};

enum class ResourceKind { organisation, team, domain, account, product, port, grant, principal };

struct Resource {
  ResourceKind kind = ResourceKind::organisation;
  Ulid id;
  friend auto operator<=>(const Resource&, const Resource&) = default;
};

struct Ask {
  PrincipalId who;
  Action what = Action::know;
  Resource on;
  Time now;
};

// The rule that decided. Plain values: a decision is made for every port of a listing, so it
// allocates nothing; policy/explain puts it into words.
enum class Rule {
  no_such_thing,         // the resource or the principal does not exist
  disabled,              // the principal was switched off
  open_to_organisation,  // the template policy: open data, and the caller belongs to the
                         // organisation
  member_may_know,       // metadata of what is not hidden is for every member
  oneself,               // a principal may know itself, a guest too
  owner,                 // the caller is in the team that owns the domain
  steward,               // the caller is a steward of the domain
  administrator,
  grant,        // `by` names it
  own_request,  // the caller made this request: may end it, may not judge it
  own_group,    // the request is for a group, team or account the caller belongs to
  no_steward,   // nobody can judge: the domain has no steward
  guest,        // open data is for the organisation, and the caller is a guest of it
  restricted,   // restricted data, and no grant in force
  hidden,       // hidden, and the caller is neither owner, steward nor grantee
  not_yours,    // only the owning team may do this
  retired,      // this version is over; `by` is the port: its deprecation says what replaced it
};

struct Reason {
  Rule rule = Rule::no_such_thing;
  Ulid by;  // the grant, team, domain or organisation the rule is about
  friend bool operator==(const Reason&, const Reason&) = default;
};

struct Decision {
  Ask ask;
  bool allowed = false;
  bool restricted =
      false;  // the rows are restricted data: their record comes before their first byte
  Reason reason;
  // What part of the port the rows come from, if the grants that allow it show less than all of it
  // (policy/visible); none: all.
  VisibleId visible;
  std::optional<Time> until;  // when this decision ends by itself, or would be another
  Seq epoch;                  // the mesh it was made on
};

struct Refusal {
  Decision decision;
  bool may_know = false;    // whether the caller may know that the thing exists
  std::string next_action;  // what would help
};

class Permit {
 public:
  const Decision& decision() const { return decision_; }
  bool covers(Action what, Resource on) const {
    return decision_.ask.what == what && decision_.ask.on == on;
  }

 private:
  explicit Permit(Decision decision) : decision_(std::move(decision)) {}
  friend struct PermitMaker;  // defined in policy/decide.cc alone
  Decision decision_;
};

}  // namespace hansa
