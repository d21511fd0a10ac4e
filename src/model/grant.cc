#include "model/grant.h"

#include <algorithm>

#include "base/text.h"

namespace hansa {
namespace {

std::string shown(const Grant& grant) { return "request r-" + std::to_string(grant.number); }

Result<void> must_lie_ahead(const Grant& grant, Time now) {
  if (grant.until && *grant.until <= now)
    return invalid("the end of the access lies in the past", "give a later date");
  if (grant.until && grant.not_before && *grant.until <= *grant.not_before)
    return invalid("the access would end before it begins on " + to_text(*grant.not_before),
                   "give a later date");
  return {};
}

Result<void> must_give_reason(std::string_view reason) {
  if (trim(reason).empty())
    return invalid("a reason is needed", "say why: the one who asked will read it");
  return check_text("reason", reason);
}

void decide(Grant& grant, GrantState state, GrantAct act, PrincipalId by, Time now) {
  add_step(grant, act, by, now);
  grant.state = state;
  grant.decided_by = by;
  grant.decided_at = now;
}

}  // namespace

void add_step(Grant& grant, GrantAct act, PrincipalId by, Time at) {
  grant.steps.push_back({.act = act, .by = by, .at = at});
  if (grant.steps.size() > kGrantStepsMax) grant.steps.erase(grant.steps.begin());
}

bool covers_major(const Grant& grant, std::uint32_t major) {
  return grant.majors.empty() || std::ranges::find(grant.majors, major) != grant.majors.end();
}

bool in_force(const Grant& grant, Time now) {
  return grant.state == GrantState::active && (!grant.not_before || *grant.not_before <= now) &&
         (!grant.until || now < *grant.until);
}

bool expiry_prompt_due(const Grant& grant, Time now) {
  constexpr std::chrono::hours kBefore[] = {std::chrono::hours(14 * 24), std::chrono::hours(48)};
  if (!grant.until || !in_force(grant, now)) return false;
  Time known = grant.decided_at.value_or(grant.requested_at);
  for (const GrantStep& step : grant.steps)
    if (step.act == GrantAct::approved || step.act == GrantAct::renewed)
      known = std::max(known, step.at);
  if (grant.prompted_at) known = std::max(known, *grant.prompted_at);
  return std::ranges::any_of(kBefore, [&](std::chrono::hours before) {
    const Time moment = *grant.until - Micros(before);
    return moment > known && moment <= now;
  });
}

AnswerPrompt answer_prompt_due(const Grant& grant, Micros answered_within, Time now) {
  if (grant.state != GrantState::requested || answered_within <= Micros(0) ||
      (grant.until && *grant.until <= now))
    return AnswerPrompt::none;
  const auto is_due = [&](Time moment) {
    return moment <= now && (!grant.prompted_at || *grant.prompted_at < moment);
  };
  if (is_due(grant.requested_at + answered_within)) return AnswerPrompt::overdue;
  return !grant.prompted_at && is_due(grant.requested_at + answered_within / 2)
             ? AnswerPrompt::waiting
             : AnswerPrompt::none;
}

std::optional<Micros> answered_after(const Grant& grant) {
  // The first steps go when there are many: such a grant was answered long ago.
  if (grant.steps.empty() || grant.steps.front().act != GrantAct::requested) return std::nullopt;
  for (const GrantStep& step : grant.steps)
    if (step.act == GrantAct::approved || step.act == GrantAct::rejected)
      return step.at - grant.requested_at;
  return std::nullopt;
}

Result<Grant> approve(Grant grant, PrincipalId steward, Time now, std::optional<Time> until,
                      const Scope& further) {
  if (grant.state != GrantState::requested)
    return conflict(shown(grant) + " is not waiting for a decision");
  // A steward may shorten what was asked for, never lengthen it: the request says what was
  // justified.
  if (until && grant.until && *until > *grant.until)
    return invalid("the request asks for access until " + to_words(*grant.until),
                   "approve it up to that date");
  if (until) grant.until = until;
  HANSA_CHECK(must_lie_ahead(grant, now));
  HANSA_TRY(grant.scope, narrowed(std::move(grant.scope), further));
  decide(grant, GrantState::active, GrantAct::approved, steward, now);
  return grant;
}

Result<Grant> reject(Grant grant, PrincipalId steward, Time now, std::string reason) {
  if (grant.state != GrantState::requested)
    return conflict(shown(grant) + " is not waiting for a decision");
  HANSA_CHECK(must_give_reason(reason));
  decide(grant, GrantState::rejected, GrantAct::rejected, steward, now);
  grant.reason = std::move(reason);
  return grant;
}

Result<Grant> revoke(Grant grant, PrincipalId by, Time now, std::string reason) {
  if (grant.state != GrantState::active && grant.state != GrantState::requested)
    return conflict(shown(grant) + " is neither active nor waiting");
  HANSA_CHECK(must_give_reason(reason));
  decide(grant, GrantState::revoked, GrantAct::revoked, by, now);
  grant.reason = std::move(reason);
  return grant;
}

Result<Grant> renew(Grant grant, PrincipalId steward, Time now, Time until) {
  if (grant.state != GrantState::active) return conflict(shown(grant) + " is not active");
  grant.until = until;
  HANSA_CHECK(must_lie_ahead(grant, now));
  decide(grant, GrantState::active, GrantAct::renewed, steward, now);
  return grant;
}

}  // namespace hansa
