// A decision is data; a permit is proof that one was made and allowed. Only policy/decide makes permits,
// so a path that reads, commits or streams without authorisation does not compile.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/ids.h"

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

enum class ResourceKind { organisation, team, domain, account, product, port, grant, principal, catalog };

struct Resource {
  ResourceKind kind = ResourceKind::organisation;
  Ulid id;
  friend auto operator<=>(const Resource&, const Resource&) = default;
};

struct Ask {
  PrincipalId who;
  Action what = Action::know;
  Resource on;
  std::string door;  // "sql", "api", "cli": grants may be limited to some
  Time now;
};

// Why a decision came out as it did: a rule's stable name ("template:open-to-organisation",
// "grant:<id>", "owner", "steward", "administrator", "default:deny") and its words.
struct Reason {
  std::string rule;
  std::string says;
  friend bool operator==(const Reason&, const Reason&) = default;
};

struct Decision {
  Ask ask;
  bool allowed = false;
  bool restricted = false;      // the rows are restricted data: their record comes before their first byte
  std::vector<Reason> reasons;  // the deciding one first
  std::optional<Time> until;    // when this decision ends by itself
  Seq epoch;                    // the mesh it was made on
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
