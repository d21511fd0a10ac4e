// A second evaluator, slow and straightforward, over plain lists of nouns. It shares no code with
// the first but the nouns themselves: dates, majors and membership are compared here once more.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "model/decision.h"
#include "model/deprecation.h"
#include "model/domain.h"
#include "model/grant.h"
#include "model/people.h"
#include "model/product.h"

namespace hansa::policy {

struct Plain {
  std::map<Ulid, Organisation> organisations;
  std::map<Ulid, Team> teams;
  std::map<Ulid, Domain> domains;
  std::map<Ulid, Account> accounts;
  std::map<Ulid, Principal> principals;
  std::map<Ulid, Product> products;
  std::map<Ulid, Port> ports;
  std::map<Ulid, Contract> contracts;
  std::map<Ulid, Grant> grants;
  std::map<Ulid, Deprecation> deprecations;

  template <class T>
  static const T* in(const std::map<Ulid, T>& all, Ulid id) {
    const auto found = all.find(id);
    return found == all.end() ? nullptr : &found->second;
  }
};

class Reference {
 public:
  struct Answer {
    bool allowed = false;
    Rule rule = Rule::no_such_thing;
    std::optional<Time> until;
    std::map<GrantId, Scope> parts;  // what is shown, if not all
    friend bool operator==(const Answer&, const Answer&) = default;
  };

  Reference(const Plain& all, const Ask& ask)
      : all_(all), ask_(ask), self_(Plain::in(all.principals, ask.who.ulid)) {}

  Answer answer() const {
    if (self_ == nullptr) return no(Rule::no_such_thing);
    if (self_->disabled) return no(Rule::disabled);
    switch (ask_.on.kind) {
      case ResourceKind::port: return port();
      case ResourceKind::product: {
        const auto* product = Plain::in(all_.products, ask_.on.id);
        return product ? on_product(*product, nullptr) : no(Rule::no_such_thing);
      }
      case ResourceKind::grant: return grant();
      case ResourceKind::domain:
        return frame(Plain::in(all_.domains, ask_.on.id) != nullptr, DomainId{ask_.on.id});
      case ResourceKind::account: {
        const auto* account = Plain::in(all_.accounts, ask_.on.id);
        return frame(account != nullptr, account ? std::optional(account->domain) : std::nullopt);
      }
      case ResourceKind::team: return frame(Plain::in(all_.teams, ask_.on.id) != nullptr, {});
      case ResourceKind::principal:
        if (ask_.what == Action::know && ask_.on.id == ask_.who.ulid) return yes(Rule::oneself);
        return frame(Plain::in(all_.principals, ask_.on.id) != nullptr, {});
      case ResourceKind::organisation: return frame(true, {});
    }
    return no(Rule::no_such_thing);
  }

  bool in_team(Ulid id) const {
    const auto* team = Plain::in(all_.teams, id);
    if (team == nullptr) return false;
    if (self_->team && self_->team->ulid == id) return true;
    return std::ranges::find(team->members, ask_.who) != team->members.end();
  }
  bool is(const Grantee& grantee) const {
    switch (grantee.kind) {
      case GranteeKind::user:
        return self_->kind == PrincipalKind::user && grantee.id == self_->id.ulid;
      case GranteeKind::service_account:
        return self_->kind == PrincipalKind::service_account && grantee.id == self_->id.ulid;
      case GranteeKind::role: return has(grantee.id, PrincipalKind::role);
      case GranteeKind::group: return has(grantee.id, PrincipalKind::group);
      case GranteeKind::team: return in_team(grantee.id);
      case GranteeKind::account: {
        const auto* account = Plain::in(all_.accounts, grantee.id);
        return account != nullptr && owns(account->domain);
      }
      case GranteeKind::product: {
        const auto* product = Plain::in(all_.products, grantee.id);
        return product != nullptr && owns(product->domain);
      }
    }
    return false;
  }

 private:
  static Answer yes(Rule rule) { return {true, rule, {}, {}}; }
  static Answer no(Rule rule) { return {false, rule, {}, {}}; }

  bool has(Ulid id, PrincipalKind kind) const {
    if (id == self_->id.ulid) return self_->kind == kind;
    const auto* above = Plain::in(all_.principals, id);
    if (above == nullptr || above->kind != kind || above->disabled) return false;
    return std::ranges::find(self_->belongs_to, PrincipalId{id}) != self_->belongs_to.end();
  }
  bool member() const {
    return std::ranges::any_of(all_.organisations, [&](const auto& organisation) {
      return organisation.first == self_->organisation.ulid;
    });
  }
  bool owns(DomainId id) const {
    const auto* domain = Plain::in(all_.domains, id.ulid);
    return domain != nullptr && in_team(domain->owner.ulid);
  }
  // The same principal, or a service account and a member of its team: each can act through the
  // other.
  bool one_team(Ulid id) const {
    const auto* other = Plain::in(all_.principals, id);
    if (other == nullptr) return false;
    const auto within = [&](const Principal& who, const Principal& robot) {
      const auto* team = robot.team ? Plain::in(all_.teams, robot.team->ulid) : nullptr;
      return team != nullptr &&
             (who.team == robot.team || std::ranges::count(team->members, who.id) > 0);
    };
    return other == self_ || within(*self_, *other) || within(*other, *self_);
  }
  bool judges(DomainId id) const {
    const auto* domain = Plain::in(all_.domains, id.ulid);
    return domain != nullptr &&
           std::ranges::find(domain->stewards, ask_.who) != domain->stewards.end();
  }
  bool holds_now(const Grant& grant) const {
    if (grant.state != GrantState::active || !is(grant.grantee)) return false;
    if (grant.not_before && ask_.now.us < grant.not_before->us) return false;
    for (const auto& [key, values] : grant.scope.conditions)
      if (std::ranges::none_of(values, [&](const std::string& value) { return am(key, value); }))
        return false;
    return !grant.until || ask_.now.us < grant.until->us;
  }

  bool am(const std::string& key, const std::string& value) const {
    if (key == "principal.name") return self_->name == value;
    if (key == "principal.kind")
      return value == (self_->kind == PrincipalKind::user              ? "user"
                       : self_->kind == PrincipalKind::service_account ? "service_account"
                       : self_->kind == PrincipalKind::role            ? "role"
                                                                       : "group");
    if (key != "principal.team") return false;
    return std::ranges::any_of(all_.teams, [&](const auto& team) {
      return team.second.name == value && in_team(team.first);
    });
  }
  // Every column that the scope names is one of the version's.
  bool makes_sense(const Scope& scope, const Port& port) const {
    const auto* contract = Plain::in(all_.contracts, port.contract.ulid);
    if (contract == nullptr) return false;
    const auto has = [&](const std::string& name) {
      return std::ranges::any_of(contract->schema.columns,
                                 [&](const Column& column) { return column.name == name; });
    };
    return std::ranges::all_of(scope.columns, has) && (!scope.filter || has(scope.filter->column));
  }

  Answer port() const {
    const auto* found = Plain::in(all_.ports, ask_.on.id);
    const auto* product = found ? Plain::in(all_.products, found->product.ulid) : nullptr;
    return product ? on_product(*product, found) : no(Rule::no_such_thing);
  }

  Answer on_product(const Product& product, const Port* port) const {
    switch (ask_.what) {
      case Action::know: return know(product);
      case Action::request:
        return port != nullptr && over(*port) && know(product).allowed ? no(Rule::retired)
                                                                       : know(product);
      case Action::read: return port ? read(product, *port) : no(Rule::no_such_thing);
      case Action::publish:
        return port != nullptr && over(*port) && own(product.domain).allowed ? no(Rule::retired)
                                                                             : own(product.domain);
      case Action::manage: return own(product.domain);
      case Action::decide:
        if (Plain::in(all_.domains, product.domain.ulid) == nullptr) return no(Rule::no_such_thing);
        return judges(product.domain) ? yes(Rule::steward) : no(Rule::not_yours);
      case Action::revoke:
      case Action::administer: return no(Rule::no_such_thing);
    }
    return no(Rule::no_such_thing);
  }

  bool over(const Port& port) const {
    const auto* deprecation = Plain::in(all_.deprecations, port.id.ulid);
    return deprecation != nullptr && deprecation->retired_at.has_value();
  }

  Answer know(const Product& product) const {
    if (Plain::in(all_.domains, product.domain.ulid) == nullptr) return no(Rule::no_such_thing);
    if (!product.hidden && member()) return yes(Rule::member_may_know);
    if (owns(product.domain)) return yes(Rule::owner);
    if (judges(product.domain)) return yes(Rule::steward);
    for (const auto& [id, grant] : all_.grants)
      if (grant.product == product.id && holds_now(grant)) return yes(Rule::grant);
    return no(product.hidden ? Rule::hidden : Rule::guest);
  }

  Answer read(const Product& product, const Port& port) const {
    if (Plain::in(all_.domains, product.domain.ulid) == nullptr || all_.organisations.empty())
      return no(Rule::no_such_thing);
    if (over(port) && know(product).allowed) return no(Rule::retired);
    if (over(port)) return no(product.hidden ? Rule::hidden : Rule::guest);
    const bool by_template = product.visibility == Visibility::open && !product.hidden;
    if (by_template && member()) return yes(Rule::open_to_organisation);
    if (owns(product.domain)) return yes(Rule::owner);
    std::optional<Answer> best;
    std::optional<Answer> part;
    for (const auto& [id, grant] : all_.grants) {
      const bool fits = grant.product == product.id && grant.port == port.name &&
                        (grant.majors.empty() || std::ranges::count(grant.majors, port.major) > 0);
      if (!fits || !holds_now(grant)) continue;
      if (!grant.scope.columns.empty() || grant.scope.filter) {
        if (!makes_sense(grant.scope, port)) continue;
        if (!part) part = Answer{true, Rule::grant, grant.until, {}};
        else if (grant.until)
          part->until = std::min(part->until.value_or(*grant.until), *grant.until);
        part->parts[grant.id] = {grant.scope.columns, grant.scope.filter, {}, {}};
        continue;
      }
      if (!best) best = Answer{true, Rule::grant, grant.until, {}};
      else if (!grant.until) best->until.reset();
      else if (best->until) best->until = std::max(*best->until, *grant.until);
    }
    if (best) return *best;
    if (part) return *part;
    if (!know(product).allowed) return no(product.hidden ? Rule::hidden : Rule::guest);
    return no(by_template ? Rule::guest : Rule::restricted);
  }

  Answer own(DomainId id) const {
    if (Plain::in(all_.domains, id.ulid) == nullptr) return no(Rule::no_such_thing);
    return owns(id) ? yes(Rule::owner) : no(Rule::not_yours);
  }

  Answer grant() const {
    const auto* found = Plain::in(all_.grants, ask_.on.id);
    const auto* product = found ? Plain::in(all_.products, found->product.ulid) : nullptr;
    const auto* domain = product ? Plain::in(all_.domains, product->domain.ulid) : nullptr;
    if (found == nullptr) return no(Rule::no_such_thing);
    const bool asked = one_team(found->requested_by.ulid);
    const bool person = found->grantee.kind == GranteeKind::user ||
                        found->grantee.kind == GranteeKind::service_account;
    const bool mine = is(found->grantee) || (person && one_team(found->grantee.id));
    if (domain == nullptr)
      return ask_.what == Action::know && (asked || mine) ? yes(Rule::own_request)
                                                          : no(Rule::no_such_thing);
    const Answer as_steward = judges(domain->id) ? yes(Rule::steward) : no(Rule::not_yours);
    switch (ask_.what) {
      case Action::know:
        if (asked || mine) return yes(Rule::own_request);
        return as_steward.allowed || !owns(domain->id) ? as_steward : yes(Rule::owner);
      case Action::decide:
        if (asked) return no(Rule::own_request);
        if (mine) return no(Rule::own_group);
        return domain->stewards.empty() ? no(Rule::no_steward) : as_steward;
      case Action::revoke: return asked || mine ? yes(Rule::own_request) : as_steward;
      case Action::read:
      case Action::request:
      case Action::publish:
      case Action::manage:
      case Action::administer: break;
    }
    return no(Rule::no_such_thing);
  }

  Answer frame(bool exists, std::optional<DomainId> domain) const {
    if (!exists) return no(Rule::no_such_thing);
    if (ask_.what == Action::know) return member() ? yes(Rule::member_may_know) : no(Rule::guest);
    if (ask_.what == Action::administer)
      return self_->administrator ? yes(Rule::administrator) : no(Rule::not_yours);
    if (ask_.what == Action::manage && domain) return own(*domain);
    return no(Rule::no_such_thing);
  }

  const Plain& all_;
  const Ask& ask_;
  const Principal* self_;
};

}  // namespace hansa::policy
