// The one door to a permit, for all jobs.
#pragma once

#include "model/decision.h"
#include "policy/decide.h"
#include "service/authority/context.h"
#include "service/authority/live.h"

namespace hansa::service {

// Errors: denied, with the reason and the next action; not_found where the caller may not even know
// that the thing exists: then the text is the one that `unknown` gives for what does not exist at
// all. Either way the refusal is left in the trail.
Result<Permit> authorize(const Context& context, const View& view, Action what, Resource on,
                         std::string_view called);

// What is said of a thing that is not there: the same bytes for missing and for secret.
std::unexpected<Error> unknown(std::string_view kind, std::string_view called);

// Whether the caller may do it, leaving no trace: for filters and flags in answers.
bool may(const Context& context, const View& view, Action what, Resource on);

// What the caller may know of, for filters over many.
policy::Sight sight_of(const Context& context, const View& view);

// Shorthands.
inline Resource on(const Port& port) { return {ResourceKind::port, port.id.ulid}; }
inline Resource on(const Product& product) { return {ResourceKind::product, product.id.ulid}; }
inline Resource on(const Domain& domain) { return {ResourceKind::domain, domain.id.ulid}; }
inline Resource on(const Account& account) { return {ResourceKind::account, account.id.ulid}; }
inline Resource on(const Team& team) { return {ResourceKind::team, team.id.ulid}; }
inline Resource on(const Grant& grant) { return {ResourceKind::grant, grant.id.ulid}; }
inline Resource on(const Principal& principal) {
  return {ResourceKind::principal, principal.id.ulid};
}
inline Resource on_organisation() { return {ResourceKind::organisation, {}}; }

}  // namespace hansa::service
