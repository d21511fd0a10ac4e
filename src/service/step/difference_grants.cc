// The part of a difference that is about access which was given before a port had this version, or
// before this version had that contract: it carries over where it shows nothing more, and is asked
// for again where it would.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policy/carry.h"
#include "policy/explain.h"
#include "service/step/difference.h"
#include "service/step/tidings.h"

namespace hansa::service {
namespace {

constexpr std::size_t kWhysMax = 5;

struct Before {
  std::uint32_t major;
  const Contract* contract;
};

std::string named(const Draft& draft, const Grant& grant) {
  return fmt::format("r-{} of {}", grant.number,
                     policy::name_of(draft.overlay.view().mesh, grant.grantee));
}

std::string words(std::vector<std::string> whys) {
  if (whys.size() > kWhysMax) whys.resize(kWhysMax);
  return join(whys, "; ");
}

// Requests and grants of a port that are not over, as they are in this set. What has expired is
// among them, since it can be renewed.
std::vector<const Grant*> open_on(const Draft& draft, const Port& port) {
  std::vector<const Grant*> out;
  const Mesh& mesh = draft.overlay.view().mesh;
  for (const auto& entry : mesh.ledger().all(Ledger::By::domain, port.domain.ulid)) {
    const auto* grant = draft.overlay.find<Grant>(GrantId{entry.grant});
    const bool open = grant->state == GrantState::active || grant->state == GrantState::requested;
    if (!open || grant->product != port.product || grant->port != port.name) continue;
    out.push_back(grant);
  }
  return out;
}

// What of the scope can be said of these columns: it is only asked for.
Scope fitting(const Scope& scope, const Schema& schema) {
  if (check(scope, schema)) return scope;
  Scope out{.columns = {}, .filter = {}, .masks = {}, .conditions = scope.conditions};
  for (const std::string& name : scope.columns)
    if (find_column(schema, name) != nullptr) out.columns.push_back(name);
  for (const auto& [name, mask] : scope.masks) {
    Scope one{.columns = {}, .filter = {}, .masks = {{name, mask}}, .conditions = {}};
    const bool shown =
        out.columns.empty() || std::ranges::find(out.columns, name) != out.columns.end();
    if (shown && check(one, schema)) out.masks.emplace(name, mask);
  }
  if (scope.filter && check(*scope.filter, schema)) out.filter = scope.filter;
  return out;
}

bool has_expired(const Draft& draft, const Grant& grant) {
  return grant.until && *grant.until <= draft.now;
}

bool is_asked(const Draft& draft, const Grant& like) {
  using By = Ledger::By;
  const auto same = [&](GrantId id) {
    const auto* other = draft.overlay.find<Grant>(id);
    return other->product == like.product && other->port == like.port &&
           other->grantee == like.grantee && covers_major(*other, like.majors.front()) &&
           other->scope == like.scope;
  };
  const auto [from, to] = draft.asked.equal_range(like.grantee.id);
  return std::ranges::any_of(
             draft.overlay.view().mesh.ledger().waiting(By::given_to, like.grantee.id),
             [&](const auto& entry) { return same(GrantId{entry.grant}); }) ||
         std::any_of(from, to, [&](const auto& entry) { return same(entry.second); });
}

// Nobody decides about what they asked for, so a steward who gave it unasked asks for nothing.
PrincipalId asker_of(const Draft& draft, const Grant& grant) {
  if (grant.grantee.kind == GranteeKind::user || grant.grantee.kind == GranteeKind::service_account)
    return PrincipalId{grant.grantee.id};
  return grant.decided_by == grant.requested_by ? draft.context.who.id : grant.requested_by;
}

// On behalf of whoever had it, in the words that it was given for. A steward decides.
void ask_again(Draft& draft, const Grant& grant, const Port& port, const Contract& contract,
               const std::vector<std::string>& whys) {
  if (grant.state != GrantState::active || has_expired(draft, grant)) return;
  const View& view = draft.overlay.view();
  const Scope scope = fitting(grant.scope, contract.schema);
  Grant again{.id = new_id<GrantId>(draft.now),
              .number = view.mesh.last_grant_number() + 1 + draft.out.attempt.changes.size(),
              .product = grant.product,
              .port = grant.port,
              .majors = {port.major},
              .grantee = grant.grantee,
              .scope = scope,
              .state = GrantState::requested,
              .purpose = {},
              .requested_by = asker_of(draft, grant),
              .requested_at = draft.now,
              .decided_by = {},
              .decided_at = {},
              .reason = {},
              .not_before = grant.not_before,
              .until = grant.until};
  // No word of the rows that it chose: this is told on channels.
  const std::string ask =
      fmt::format("As r-{0}, for @{1} too, where {2}.{3} ", grant.number, port.major, words(whys),
                  scope == grant.scope ? "" : fmt::format(" r-{} narrows by more.", grant.number));
  again.purpose = std::string(cut(ask + grant.purpose, limits::text_bytes_max));
  if (is_asked(draft, again)) return;
  add_step(again, GrantAct::requested, draft.context.who.id, draft.now);
  tell_access(draft.context, view, again, "access.requested", draft.out.attempt.messages);
  tell_access(draft.context, view, again, "access.asked_again", draft.out.attempt.messages);
  const std::string name = named(draft, again);
  draft.asked.emplace(again.grantee.id, again.id);
  draft.change<Grant>(nullptr, std::move(again), "access", name, {},
                      {{"asked for again", fmt::format("@{}: {}", port.major, words(whys))}});
}

void put(Draft& draft, const Grant& grant, Grant after, std::string is) {
  if (!draft.has_written(grant))
    add_step(after, GrantAct::changed, draft.context.who.id, draft.now);
  draft.change(&grant, std::move(after), "access", named(draft, grant),
               {{"versions", versions_of(grant)}}, {{"versions", std::move(is)}});
}

// Of what it covers: all of it for a grant of all versions, else the latest, which is the last that
// somebody agreed to.
std::vector<std::string> more_than(const Grant& grant, const std::vector<Before>& before,
                                   const Contract& contract) {
  std::vector<std::string> whys;
  for (auto each = before.rbegin(); each != before.rend(); ++each) {
    if (!covers_major(grant, each->major)) continue;
    auto more = policy::shows_more(grant.scope, *each->contract, contract);
    if (more.empty() || !grant.majors.empty()) return more;
    if (whys.empty()) whys = std::move(more);
  }
  return whys;
}

}  // namespace

std::string versions_of(const Grant& grant) {
  std::vector<std::string> out;
  for (const std::uint32_t major : grant.majors) out.push_back(fmt::format("@{}", major));
  return out.empty() ? "all" : join(out, ", ");
}

void carry_grants(Draft& draft, const Port& added, const Contract& contract,
                  const std::vector<const Port*>& majors) {
  std::vector<Before> before;
  std::vector<std::uint32_t> numbers;
  for (const Port* each : majors) {
    if (each->id == added.id) continue;
    numbers.push_back(each->major);
    if (const auto* found = draft.overlay.find<Contract>(each->contract))
      before.push_back({each->major, found});
  }
  for (const Grant* grant : open_on(draft, added)) {
    const bool pinned = !grant->majors.empty();
    const bool known = std::ranges::any_of(
        before, [&](const Before& each) { return covers_major(*grant, each.major); });
    if (!known ||
        (pinned && (covers_major(*grant, added.major) || grant->state != GrantState::active)))
      continue;
    const auto more = more_than(*grant, before, contract);
    const Grant was = *grant;  // what this set wrote of it before is replaced below
    Grant after = was;
    if (pinned && more.empty()) {
      if (has_expired(draft, was)) continue;
      after.majors.push_back(added.major);
      after.carried.push_back(added.major);
      std::string is = fmt::format("{}: @{} shows nothing more", versions_of(after), added.major);
      put(draft, was, std::move(after), std::move(is));
    } else if (!more.empty()) {
      after.majors = numbers;
      if (!pinned)
        put(draft, was, std::move(after),
            fmt::format("those before @{}, where {}", added.major, words(more)));
      ask_again(draft, was, added, contract, more);
    }
  }
}

void tell_carried(Draft& draft) {
  const View& view = draft.overlay.view();
  for (const auto& [key, at] : draft.written) {
    const Noun& noun = draft.out.attempt.changes[at.change].after;
    const auto* after = std::get_if<std::shared_ptr<const Grant>>(&noun);
    const auto* before = after ? view.mesh.find<Grant>((*after)->id) : nullptr;
    if (before == nullptr || (*after)->state != GrantState::active) continue;
    const bool more = std::ranges::any_of((*after)->carried, [&](std::uint32_t major) {
      return std::ranges::find(before->carried, major) == before->carried.end();
    });
    if (more)
      tell_access(draft.context, view, **after, "access.carried", draft.out.attempt.messages);
  }
}

void recheck_carried(Draft& draft, const Port& port, const Contract& before,
                     const Contract& after) {
  for (const Grant* grant : open_on(draft, port)) {
    if (std::ranges::find(grant->carried, port.major) == grant->carried.end()) continue;
    const auto more = policy::shows_more(grant->scope, before, after);
    if (more.empty()) continue;
    const Grant was = *grant;  // what this set wrote of it before is replaced below
    Grant left = was;
    const std::string why =
        fmt::format("@{} is asked for again, since {}", port.major, words(more));
    if (policy::leave_major(left, port.major)) {
      std::string is = fmt::format("{}: {}", versions_of(left), why);
      put(draft, was, std::move(left), std::move(is));
    } else if (auto ended = revoke(was, draft.context.who.id, draft.now,
                                   std::string(cut(why, limits::text_bytes_max)))) {
      draft.change(&was, *std::move(ended), "access", named(draft, was), {}, {{"ends", why}});
    }
    ask_again(draft, was, port, after, more);
  }
}

void recheck_scope(const Draft& draft, const Port& on, Grant& grant) {
  if (grant.carried.empty()) return;
  const Contract* base = nullptr;
  const auto given = policy::given_majors(grant);
  std::vector<const Port*> carried;
  for (const Port* port : draft.overlay.majors(on.domain, on.name)) {
    if (std::ranges::find(given, port->major) != given.end())
      base = draft.overlay.find<Contract>(port->contract);
    else if (covers_major(grant, port->major)) carried.push_back(port);
  }
  for (const Port* port : carried) {
    const auto* contract = draft.overlay.find<Contract>(port->contract);
    if (base == nullptr || contract == nullptr ||
        !policy::shows_more(grant.scope, *base, *contract).empty())
      policy::leave_major(grant, port->major);
  }
}

}  // namespace hansa::service
