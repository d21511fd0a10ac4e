#include "policy/concerned.h"

#include <algorithm>

#include "policy/decide.h"

namespace hansa::policy {
namespace {

// The list that goes on with the smallest number stands on top.
constexpr auto later = [](std::span<const Ledger::Entry> a, std::span<const Ledger::Entry> b) {
  return b.front() < a.front();
};

}  // namespace

void Concerned::add(By by, Ulid id) {
  std::span<const Ledger::Entry> list =
      waiting_ ? mesh_.ledger().waiting(by, id) : mesh_.ledger().all(by, id);
  const auto first = std::ranges::upper_bound(list, after_, {}, &Ledger::Entry::number);
  list = list.subspan(static_cast<std::size_t>(first - list.begin()));
  if (!list.empty()) lists_.push_back(list);
}

// What the principal acts as, and what its teams own.
void Concerned::add_own(const Subject& subject) {
  add(By::asked_by, who_.ulid);
  add(By::given_to, who_.ulid);
  for (const PrincipalId above : subject.principal->belongs_to) add(By::given_to, above.ulid);
  for (const Ulid team : subject.teams) add(By::given_to, team);
  for (const auto& [id, entry] : mesh_.all<Domain>()) {
    if (!subject.in_team(entry.noun->owner)) continue;
    const std::string prefix = entry.noun->name + "/";
    const Order& products = mesh_.products_in_order();
    for (auto at = products.lower_bound(prefix);
         at != products.end() && at->key.starts_with(prefix); ++at)
      add(By::given_to, at->id);
  }
  for (const auto& [id, entry] : mesh_.all<Account>())
    if (const auto* domain = mesh_.find<Domain>(entry.noun->domain);
        domain != nullptr && subject.in_team(domain->owner))
      add(By::given_to, id);
}

// A service account and its team are hands of one another.
void Concerned::add_hands(const Subject& subject) {
  const auto both = [&](Ulid id) {
    if (id == who_.ulid) return;
    add(By::asked_by, id);
    add(By::given_to, id);
  };
  for (const Ulid team : subject.teams)
    for (const Ulid service : rights_.answering({team})) both(service);
  if (const auto team = subject.principal->team)
    for (const Ulid member : rights_.members(*team)) both(member);
}

void Concerned::add_domains(const Subject& subject, bool owned) {
  for (const auto& [id, entry] : mesh_.all<Domain>())
    if (holds(entry.noun->stewards, who_) || (owned && subject.in_team(entry.noun->owner)))
      add(By::domain, id);
}

Concerned::Concerned(const Rights& rights, const Mesh& mesh, PrincipalId who, Which which,
                     bool waiting, std::uint64_t after)
    : rights_(rights),
      mesh_(mesh),
      who_(who),
      which_(which),
      waiting_(waiting || which == Which::to_decide),
      after_(after) {
  const Subject* subject = rights.subject(who);
  if (subject == nullptr) return;
  if (which != Which::to_decide) add_own(*subject);
  if (which == Which::known) add_hands(*subject);
  if (which != Which::own) add_domains(*subject, which == Which::known);
  std::ranges::make_heap(lists_, later);
}

const Grant* Concerned::next(Time now) {
  while (!lists_.empty()) {
    std::ranges::pop_heap(lists_, later);
    const Ledger::Entry entry = lists_.back().front();
    lists_.back() = lists_.back().subspan(1);
    if (lists_.back().empty()) lists_.pop_back();
    else std::ranges::push_heap(lists_, later);
    if (entry.number <= after_) continue;  // It stood in another list too.
    after_ = entry.number;
    const Ask ask{.who = who_,
                  .what = which_ == Which::to_decide ? Action::decide : Action::know,
                  .on = {ResourceKind::grant, entry.grant},
                  .now = now};
    // The lists say where to look; who may see it is decided like everything else.
    if (!judge(rights_, mesh_, ask, {}).allowed) continue;
    const auto* grant = mesh_.find<Grant>(entry.grant);
    if (which_ != Which::own || grant->requested_by == who_ ||
        rights_.acts_as(who_, grant->grantee))
      return grant;
  }
  return nullptr;
}

}  // namespace hansa::policy
