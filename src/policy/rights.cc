#include "policy/rights.h"

#include <algorithm>

#include "policy/carry.h"

namespace hansa::policy {
namespace {

GranteeKind grantee_kind(PrincipalKind kind) {
  switch (kind) {
    case PrincipalKind::user: return GranteeKind::user;
    case PrincipalKind::service_account: return GranteeKind::service_account;
    case PrincipalKind::role: return GranteeKind::role;
    case PrincipalKind::group: return GranteeKind::group;
  }
  return GranteeKind::user;
}

bool is_place(GranteeKind kind) {
  return kind == GranteeKind::account || kind == GranteeKind::product;
}

void add_once(std::vector<Ulid>& list, Ulid id) {
  if (std::ranges::find(list, id) == list.end()) list.push_back(id);
}

// The number of this id, the next one if it has none yet.
template <class Numbers, class Facts>
Index number_of(Numbers& numbers, std::vector<Facts>& facts, Ulid id) {
  if (const Index* found = numbers.find(id)) return *found;
  const auto next = static_cast<Index>(facts.size());
  facts.emplace_back();
  return numbers[id] = next;
}

template <class Numbers, class Facts>
const Facts* facts_of(const Numbers& numbers, const std::vector<Facts>& facts, Ulid id) {
  const Index* found = numbers.find(id);
  return found ? &facts[*found] : nullptr;
}

template <class T>
T& at(std::vector<T>& all, std::size_t slot, const T& none) {
  if (all.size() <= slot) all.resize(slot + 1, none);
  return all[slot];
}

}  // namespace

void Holders::add(Index holder) {
  if (far_.empty() && count_ < near_.size()) {
    near_[count_++] = holder;
    return;
  }
  if (far_.empty()) far_.assign(near_.begin(), near_.end());
  far_.push_back(holder);
}

bool Subject::in_team(Index team) const { return holds(holders.all().first(in_teams), team); }

bool Subject::in_team(TeamId team) const { return holds(teams, team.ulid); }

// --- numbers ----------------------------------------------------------------------------------

Index Rights::domain_index(Ulid id) { return number_of(domain_numbers_, domains_, id); }

Index Rights::product_index(Ulid id) {
  const Index index = number_of(product_numbers_, products_, id);
  products_[index].index = index;
  return index;
}

Index Rights::shelf_index(Index product, const std::string& port) {
  const std::pair key{product, port};
  (void)shelves_[key];
  return shelves_.number(key);
}

Index Rights::holder_index(const Grantee& grantee) {
  const auto next = static_cast<Index>(holders_.size());
  return holders_.try_emplace(grantee, next).first->second;
}

// --- what there is ----------------------------------------------------------------------------

void Rights::put_domain(const Domain& domain, bool gone) {
  const Index index = domain_index(domain.id.ulid);
  DomainFacts& facts = domains_[index];
  const Index owner_before = facts.owner;
  facts = {.present = !gone,
           .owner = gone ? kNone : holder_index({GranteeKind::team, domain.owner.ulid}),
           .id = domain.id.ulid,
           .team = domain.owner.ulid,
           .stewards = gone ? std::vector<PrincipalId>{} : domain.stewards};
  if (facts.owner == owner_before) return;
  // Rare, so a walk over the places that hold anything is good enough.
  for (const auto& [place, grants] : grants_to_) move_grants_to(place);
}

void Rights::put_product(const Mesh& mesh, const Product& product, bool gone) {
  const Index index = product_index(product.id.ulid);
  products_[index] = {.index = index,
                      .domain = domain_index(product.domain.ulid),
                      .present = !gone,
                      .open = product.visibility == Visibility::open,
                      .hidden = product.hidden};
  if (!gone) at(product_at_, mesh.slot(product.id), kNone) = index;
  for (const Port* port : mesh.ports_of(product.id)) put_port(mesh, *port);
  move_grants_to(product.id.ulid);
}

void Rights::put_port(const Mesh& mesh, const Port& port) {
  const Index product = product_index(port.product.ulid);
  const auto* deprecation = mesh.find<Deprecation>(port.id);
  // At a start the mesh has all its ports before the first comes here.
  const std::size_t ports = mesh.all<Port>().size();
  if (ports_.size() < ports) ports_.resize(ports);
  shelves_.reserve(ports);
  at(ports_, mesh.slot(port.id), {}) = {
      .product = products_[product],
      .shelf = shelf_index(product, port.name),
      .major = port.major,
      .retired = deprecation != nullptr && deprecation->retired_at.has_value()};
}

Index Rights::owner_of(const Grantee& place) const {
  Index domain = kNone;
  if (place.kind == GranteeKind::account) {
    const auto found = domain_of_account_.find(place.id);
    if (found != domain_of_account_.end()) domain = found->second;
  } else if (const ProductFacts* facts = product(ProductId{place.id})) {
    domain = facts->domain;
  }
  const DomainFacts* facts = domain_at(domain);
  return facts ? facts->owner : kNone;
}

void Rights::move_grants_to(Ulid place) {
  const auto found = grants_to_.find(place);
  if (found == grants_to_.end()) return;
  for (const Index grant : found->second)
    grants_.move(grant, owner_of(grants_.row(grant).grant->grantee));
}

void Rights::put_grant(const std::shared_ptr<const Grant>& grant, bool gone) {
  if (const Index before = grants_.at(grant->id); before != kNone) {
    const Grant& old = *grants_.row(before).grant;
    if (is_place(old.grantee.kind)) std::erase(grants_to_[old.grantee.id], before);
    grants_.remove(before);
  }
  if (gone || grant->state != GrantState::active) return;
  const Index product = product_index(grant->product.ulid);
  const Index shelf = shelf_index(product, grant->port);
  const Grantee& to = grant->grantee;
  if (!is_place(to.kind)) holder_index(to);
  const Index at = grants_.put(grant, product, shelf, holder_of(to));
  if (is_place(to.kind)) grants_to_[to.id].push_back(at);
}

// --- who there is -----------------------------------------------------------------------------

void Rights::compile(Ulid id) {
  const Index* number = subject_numbers_.find(id);
  if (number == nullptr) return;  // It compiles itself when it comes.
  Subject& subject = subjects_[*number];
  const Principal& principal = *subject.principal;
  subject.teams.clear();
  if (principal.team && members_.contains(principal.team->ulid))
    subject.teams.push_back(principal.team->ulid);
  if (const auto found = teams_of_.find(id); found != teams_of_.end())
    for (const Ulid team : found->second) add_once(subject.teams, team);
  subject.holders = {};
  for (const Ulid team : subject.teams)
    subject.holders.add(holder_index({GranteeKind::team, team}));
  subject.in_teams = static_cast<std::uint32_t>(subject.teams.size());
  subject.holders.add(holder_index({grantee_kind(principal.kind), id}));
  for (const PrincipalId above : principal.belongs_to)
    if (const Subject* role = this->subject(above); role && !role->disabled)
      subject.holders.add(holder_index({grantee_kind(role->principal->kind), above.ulid}));
}

void Rights::put_team(const Team& team, bool gone) {
  const Ulid id = team.id.ulid;
  const auto old = members_.find(id);
  const bool was = old != members_.end();
  const std::vector<Ulid> before = was ? old->second : std::vector<Ulid>{};
  std::vector<Ulid> now;
  if (!gone)
    for (const PrincipalId member : team.members) now.push_back(member.ulid);
  std::ranges::sort(now);
  now.erase(std::ranges::unique(now).begin(), now.end());
  std::vector<Ulid> moved;  // who came or went
  std::ranges::set_symmetric_difference(before, now, std::back_inserter(moved));
  for (const Ulid member : moved) {
    std::vector<Ulid>& teams = teams_of_[member];
    if (std::erase(teams, id) == 0) teams.push_back(id);
  }
  if (gone) members_.erase(id);
  else members_.insert_or_assign(id, std::move(now));
  for (const Ulid member : moved) compile(member);
  if (was == !gone) return;
  if (const auto found = answering_.find(id); found != answering_.end())
    for (const Ulid service : found->second) compile(service);
}

void Rights::put_principal(const std::shared_ptr<const Principal>& principal, bool gone) {
  const Ulid id = principal->id.ulid;
  const auto link = [&](const Principal& noun, bool add) {
    const auto one = [&](std::vector<Ulid>& list) {
      if (add) list.push_back(id);
      else std::erase(list, id);
    };
    for (const PrincipalId above : noun.belongs_to) one(below_[above.ulid]);
    if (noun.team) one(answering_[noun.team->ulid]);
  };
  if (const Subject* before = subject(principal->id)) link(*before->principal, false);
  if (gone) {
    if (const Index* number = subject_numbers_.find(id)) {
      subjects_[*number] = {};
      free_subjects_.push_back(*number);
      subject_numbers_.erase(id);
    }
  } else {
    link(*principal, true);
    Subject& subject = subjects_[subject_index(id)];
    subject.organisation = principal->organisation;
    subject.administrator = principal->administrator;
    subject.disabled = principal->disabled;
    subject.principal = principal;
    compile(id);
  }
  // A role or group that came, went, or was switched off or on changes those who are in it.
  if (const auto found = below_.find(id); found != below_.end())
    for (const Ulid each : found->second) compile(each);
}

Index Rights::subject_index(Ulid id) {
  if (const Index* found = subject_numbers_.find(id)) return *found;
  if (free_subjects_.empty()) return number_of(subject_numbers_, subjects_, id);
  const Index reused = free_subjects_.back();
  free_subjects_.pop_back();
  return subject_numbers_[id] = reused;
}

void Rights::apply(const Mesh& mesh, const Noun& noun, bool gone) {
  const auto as = [&]<class T>(std::type_identity<T>) {
    const auto* found = std::get_if<std::shared_ptr<const T>>(&noun);
    return found ? *found : nullptr;
  };
  if (const auto grant = as(std::type_identity<Grant>{})) {
    put_grant(grant, gone);
  } else if (const auto port = as(std::type_identity<Port>{})) {
    // One that has gone has no slot any more, so nothing finds what is left of it.
    if (!gone) put_port(mesh, *port);
  } else if (const auto deprecation = as(std::type_identity<Deprecation>{})) {
    if (const auto* of = mesh.find<Port>(deprecation->id)) put_port(mesh, *of);
  } else if (const auto product = as(std::type_identity<Product>{})) {
    put_product(mesh, *product, gone);
  } else if (const auto account = as(std::type_identity<Account>{})) {
    domain_of_account_[account->id.ulid] = gone ? kNone : domain_index(account->domain.ulid);
    move_grants_to(account->id.ulid);
  } else if (const auto domain = as(std::type_identity<Domain>{})) {
    put_domain(*domain, gone);
  } else if (const auto team = as(std::type_identity<Team>{})) {
    put_team(*team, gone);
  } else if (const auto principal = as(std::type_identity<Principal>{})) {
    put_principal(principal, gone);
  } else if (const auto organisation = as(std::type_identity<Organisation>{})) {
    organisation_ = gone ? std::nullopt : std::optional(organisation->id);
  }
}

// --- questions --------------------------------------------------------------------------------

const Subject* Rights::subject(PrincipalId id) const {
  return facts_of(subject_numbers_, subjects_, id.ulid);
}

const DomainFacts* Rights::domain(DomainId id) const {
  const Index* found = domain_numbers_.find(id.ulid);
  return found ? domain_at(*found) : nullptr;
}

const ProductFacts* Rights::product(ProductId id) const {
  const ProductFacts* found = facts_of(product_numbers_, products_, id.ulid);
  return found != nullptr && found->present ? found : nullptr;
}

std::span<const Ulid> Rights::answering(TeamId team) const {
  const auto found = answering_.find(team.ulid);
  return found == answering_.end() ? std::span<const Ulid>() : found->second;
}

std::span<const Ulid> Rights::members(TeamId team) const {
  const auto found = members_.find(team.ulid);
  return found == members_.end() ? std::span<const Ulid>() : found->second;
}

Index Rights::holder_of(const Grantee& grantee) const {
  if (is_place(grantee.kind)) return owner_of(grantee);
  const auto found = holders_.find(grantee);
  return found == holders_.end() ? kNone : found->second;
}

const Grant* Rights::given(ProductId product, const std::string& port,
                           const std::vector<std::uint32_t>& majors, const Grantee& grantee) const {
  const Index* number = product_numbers_.find(product.ulid);
  const Index shelf = shelves_.number({number ? *number : kNone, port});
  if (shelf == kNone) return nullptr;
  for (const Index at : grants_.on_shelf(shelf, holder_of(grantee)))
    if (const Grant& grant = *grants_.row(at).grant;
        grant.grantee == grantee && given_majors(grant) == majors)
      return &grant;
  return nullptr;
}

bool Rights::acts_as(const Subject& subject, const Grantee& grantee) const {
  return holds(subject.holders.all(), holder_of(grantee));
}

bool Rights::acts_as(PrincipalId id, const Grantee& grantee) const {
  const Subject* found = subject(id);
  return found != nullptr && acts_as(*found, grantee);
}

}  // namespace hansa::policy
