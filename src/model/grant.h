// Access to restricted data: asked for, judged by a steward, used within its window, revoked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/ids.h"
#include "model/scope.h"

namespace hansa {

enum class GranteeKind { user, service_account, role, group, team, account, product };

struct Grantee {
  GranteeKind kind = GranteeKind::user;
  Ulid id;
  friend auto operator<=>(const Grantee&, const Grantee&) = default;
};

enum class GrantState { requested, active, rejected, revoked };
enum class GrantAct { requested, approved, rejected, revoked, renewed, changed };

// One change of a grant and the commit that made it.
struct GrantStep {
  GrantAct act = GrantAct::requested;
  PrincipalId by;
  Time at;
  Seq seq = {};  // zero until it is committed
  friend bool operator==(const GrantStep&, const GrantStep&) = default;
};
// The last few are kept with the grant; the audit keeps all.
inline constexpr std::size_t kGrantStepsMax = 32;

// One request and what became of it.
struct Grant {
  GrantId id;
  std::uint64_t number = 0;  // people say "r-7"
  ProductId product;
  std::string port;                   // of the product
  std::vector<std::uint32_t> majors;  // empty: all
  Grantee grantee;
  Scope scope;  // what of the port, and under which conditions; empty: all of it
  GrantState state = GrantState::requested;
  std::string purpose;
  PrincipalId requested_by;
  Time requested_at;
  std::optional<PrincipalId> decided_by;
  std::optional<Time> decided_at;
  std::string reason;  // of a rejection or a revocation
  // The window, half open: from `not_before` until just before `until`. The decision itself
  // compares.
  std::optional<Time> not_before;
  std::optional<Time> until;
  std::vector<GrantStep> steps = {};  // oldest first
  // Those of `majors` that came after the grant was given and show nothing that the others do not
  // (policy/carry.h).
  std::vector<std::uint32_t> carried = {};
  // When somebody was told, by the clock alone, that it waits for an answer or that it ends.
  std::optional<Time> prompted_at = {};
  friend bool operator==(const Grant&, const Grant&) = default;
};

// Adds a step, dropping the oldest past kGrantStepsMax.
void add_step(Grant& grant, GrantAct act, PrincipalId by, Time at);

bool covers_major(const Grant& grant, std::uint32_t major);
// Active and inside its window.
bool in_force(const Grant& grant, Time now);

// Whether it is time to tell whoever has it that it ends: 14 and 2 days before, once each however
// late somebody looks, and not for a moment that had passed when it was given or renewed.
bool expiry_prompt_due(const Grant& grant, Time now);
// What is to be said of a request that nobody has answered: that half of the time in which requests
// are answered is over, or all of it. Once each; the latter alone if somebody looks late.
enum class AnswerPrompt { none, waiting, overdue };
AnswerPrompt answer_prompt_due(const Grant& grant, Micros answered_within, Time now);
// How long it waited for its answer; none: it waits, was taken back, or never was a request.
std::optional<Micros> answered_after(const Grant& grant);

// The steps of a grant's life. Pure; whoever calls has authorised the step. Errors: conflict if the
// grant is not where the step begins; invalid if it would end in the past, or before it begins.
// A steward may give less than was asked for: `further` narrows the scope.
Result<Grant> approve(Grant grant, PrincipalId steward, Time now, std::optional<Time> until,
                      const Scope& further = {});
Result<Grant> reject(Grant grant, PrincipalId steward, Time now, std::string reason);
Result<Grant> revoke(Grant grant, PrincipalId by, Time now, std::string reason);
Result<Grant> renew(Grant grant, PrincipalId steward, Time now, Time until);

}  // namespace hansa
