#include "policy/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policy/decide.h"
#include "policy/part.h"

namespace hansa::policy {
namespace {

const Product* product_of(const Mesh& mesh, const Resource& on) {
  if (on.kind == ResourceKind::product) return mesh.find<Product>(on.id);
  const auto* port = on.kind == ResourceKind::port ? mesh.find<Port>(on.id) : nullptr;
  return port ? mesh.find<Product>(port->product) : nullptr;
}

template <class T>
std::string name_or(const T* noun, std::string_view otherwise) {
  return noun ? noun->name : std::string(otherwise);
}

std::string stewards_words(const Mesh& mesh, const Domain& domain) {
  std::vector<std::string> names;
  for (const PrincipalId id : domain.stewards)
    names.push_back(name_or(mesh.find<Principal>(id), "?"));
  return join(names, ", ");
}

// Versions that replace each other; nobody makes so many, and a circle of them ends.
constexpr int kReplacementsMax = 16;

// The version that is read instead of a retired one: the last of the chain.
const Port* replacement(const Mesh& mesh, PortId retired) {
  const Port* found = nullptr;
  for (int step = 0; step < kReplacementsMax; ++step) {
    const auto* deprecation = mesh.find<Deprecation>(retired);
    if (deprecation == nullptr || !deprecation->retired_at || !deprecation->use) break;
    const auto* next = mesh.find<Port>(*deprecation->use);
    if (next == nullptr) break;
    found = next;
    retired = next->id;
  }
  return found;
}

// As SQL names this very version.
std::string table_words(const Mesh& mesh, const Port& port) {
  const auto* domain = mesh.find<Domain>(port.domain);
  const std::string name = fmt::format("{}_v{}", port.name, port.major);
  const auto quoted = [](const std::string& each) {
    return each.contains('-') ? sql_identifier(each) : each;
  };
  return fmt::format("{}.{}", quoted(name_or(domain, "?")), quoted(name));
}

std::string grant_words(const Mesh& mesh, Ulid id) {
  const auto* grant = mesh.find<Grant>(id);
  if (grant == nullptr) return "a grant";
  std::string out = fmt::format("grant r-{} to {}", grant->number, name_of(mesh, grant->grantee));
  if (!grant->scope.empty()) out += " (" + words(grant->scope) + ")";
  if (grant->until) out += " until " + to_words(*grant->until);
  return out;
}

}  // namespace

std::string_view name_of(Rule rule) {
  switch (rule) {
    case Rule::no_such_thing: return "none";
    case Rule::disabled: return "disabled";
    case Rule::open_to_organisation: return "template:open-to-organisation";
    case Rule::member_may_know: return "template:members-may-know";
    case Rule::oneself: return "oneself";
    case Rule::owner: return "owner";
    case Rule::steward: return "steward";
    case Rule::administrator: return "administrator";
    case Rule::grant: return "grant";
    case Rule::own_request: return "own-request";
    case Rule::own_group: return "own-group";
    case Rule::no_steward: return "no-steward";
    case Rule::guest: return "guest";
    case Rule::restricted: return "restricted";
    case Rule::hidden: return "hidden";
    case Rule::not_yours: return "not-yours";
    case Rule::retired: return "retired";
  }
  return "none";
}

std::string name_of(const Mesh& mesh, const Grantee& grantee) {
  switch (grantee.kind) {
    case GranteeKind::user: return name_or(mesh.find<Principal>(grantee.id), "?");
    case GranteeKind::service_account:
      return "service account " + name_or(mesh.find<Principal>(grantee.id), "?");
    case GranteeKind::role: return "role " + name_or(mesh.find<Principal>(grantee.id), "?");
    case GranteeKind::group: return "group " + name_or(mesh.find<Principal>(grantee.id), "?");
    case GranteeKind::team: return "team " + name_or(mesh.find<Team>(grantee.id), "?");
    case GranteeKind::account: return "account " + name_or(mesh.find<Account>(grantee.id), "?");
    case GranteeKind::product: {
      const auto* product = mesh.find<Product>(grantee.id);
      return "product " + (product ? mesh.ref_of(*product) : "?");
    }
  }
  return "?";
}

std::string owner_words(const Mesh& mesh, DomainId id) {
  const auto* domain = mesh.find<Domain>(id);
  const auto* team = domain ? mesh.find<Team>(domain->owner) : nullptr;
  if (team == nullptr) return "nobody";
  for (const Channel& channel : team->channels)
    return fmt::format("team {} ({})", team->name,
                       channel.channel.empty() ? channel.url : channel.channel);
  return "team " + team->name;
}

std::string role_words(const Mesh& mesh, const Decision& decision) {
  const auto& [rule, by] = decision.reason;
  if (rule == Rule::owner) return "team " + name_or(mesh.find<Team>(by), "?");
  const auto* grant = rule == Rule::grant ? mesh.find<Grant>(by) : nullptr;
  if (grant == nullptr || grant->grantee.id == decision.ask.who.ulid) return {};
  return name_of(mesh, grant->grantee);
}

std::string words(const Mesh& mesh, const Decision& decision) {
  const auto& [rule, by] = decision.reason;
  switch (rule) {
    case Rule::no_such_thing: return "no rule allows it";
    case Rule::disabled: return "this principal is switched off";
    case Rule::open_to_organisation:
      return fmt::format("open data: every member of {} may read it",
                         name_or(mesh.find<Organisation>(by), "the organisation"));
    case Rule::member_may_know: return "every member of the organisation may know of it";
    case Rule::oneself: return "it is the caller";
    case Rule::owner:
      return fmt::format("it belongs to team {}", name_or(mesh.find<Team>(by), "?"));
    case Rule::steward:
      return fmt::format("steward of domain {}", name_or(mesh.find<Domain>(by), "?"));
    case Rule::administrator: return "administrator of the organisation";
    case Rule::grant: return grant_words(mesh, by);
    case Rule::own_request:
      return "it is one's own request, or that of one's team's service account";
    case Rule::own_group:
      return "the request is for a group, team or account the caller belongs to, or for its "
             "service account";
    case Rule::no_steward:
      return fmt::format("domain {} has no steward", name_or(mesh.find<Domain>(by), "?"));
    case Rule::guest: return "open data is for members of the organisation, and this is a guest";
    case Rule::restricted: return "restricted data, and no grant is in force";
    case Rule::hidden: return "it is hidden";
    case Rule::not_yours: {
      const auto* team = mesh.find<Team>(by);
      return team ? fmt::format("only team {} may do this", team->name)
                  : "only an administrator may do this";
    }
    case Rule::retired: {
      const auto* deprecation = mesh.find<Deprecation>(by);
      if (deprecation == nullptr || !deprecation->retired_at) return "this version is retired";
      return fmt::format("this version was retired on {}: {}",
                         to_text(*deprecation->retired_at).substr(0, 10), deprecation->why);
    }
  }
  return {};
}

std::string next_action(const Mesh& mesh, const Decision& decision) {
  const auto* product = product_of(mesh, decision.ask.on);
  const auto* port =
      decision.ask.on.kind == ResourceKind::port ? mesh.find<Port>(decision.ask.on.id) : nullptr;
  const auto* domain = product ? mesh.find<Domain>(product->domain) : nullptr;
  switch (decision.reason.rule) {
    case Rule::restricted:
    case Rule::guest:
    case Rule::hidden:
      if (decision.ask.what != Action::read || port == nullptr || domain == nullptr) return {};
      return fmt::format("ask for it: hansa access request {}/{} --purpose \"...\"", domain->name,
                         port->name);
    case Rule::not_yours:
      if (domain != nullptr) return fmt::format("ask {}", owner_words(mesh, domain->id));
      return "ask an administrator";
    case Rule::own_request:
    case Rule::own_group: return "another steward of the domain has to decide";
    case Rule::no_steward: return "ask an administrator to name a steward for the domain";
    case Rule::disabled: return "ask an administrator";
    case Rule::retired: {
      const Port* next = port ? replacement(mesh, port->id) : nullptr;
      if (next != nullptr)
        return fmt::format("use {} instead, in SQL {}", mesh.ref_of(*next),
                           table_words(mesh, *next));
      return domain ? fmt::format("ask {}", owner_words(mesh, domain->id)) : std::string();
    }
    case Rule::no_such_thing:
    case Rule::open_to_organisation:
    case Rule::member_may_know:
    case Rule::oneself:
    case Rule::owner:
    case Rule::steward:
    case Rule::administrator:
    case Rule::grant: return {};
  }
  return {};
}

std::vector<Step> steps(const Rights& rights, const Mesh& mesh, const Ask& ask,
                        PrincipalId reader) {
  const auto* port = mesh.find<Port>(ask.on.id);
  const auto* product = port ? mesh.find<Product>(port->product) : nullptr;
  const auto* domain = product ? mesh.find<Domain>(product->domain) : nullptr;
  const auto* subject = rights.subject(ask.who);
  if (domain == nullptr || subject == nullptr) return {};
  const bool open = product->visibility == Visibility::open && !product->hidden;
  const bool owner = subject->in_team(domain->owner);
  std::vector<Step> out;
  const auto* deprecation = mesh.find<Deprecation>(port->id);
  if (deprecation != nullptr && deprecation->retired_at)
    out.push_back(
        {"retired", true, words(mesh, {.ask = ask, .reason = {Rule::retired, port->id.ulid}})});
  out.push_back({"active", !subject->disabled,
                 subject->disabled ? "the principal is switched off" : "the principal may act"});
  out.push_back({"template:open-to-organisation", open && rights.is_member(*subject),
                 !open ? fmt::format("the product is {}", product->hidden ? "hidden" : "restricted")
                 : rights.is_member(*subject)
                     ? "open data, and a member of the organisation"
                     : "open data, but a guest: the template is for members"});
  out.push_back({"owner", owner,
                 fmt::format("{} {}", owner ? "in" : "not in", owner_words(mesh, domain->id))});
  const auto note = [&](const Grant& grant) {
    if (grant.port != port->name) return;
    const Resource on{ResourceKind::grant, grant.id.ulid};
    if (!judge(rights, mesh, {reader, Action::know, on, ask.now}, {}).allowed) return;
    const bool covers = covers_major(grant, port->major);
    const bool met = meets(mesh, *mesh.find<Principal>(ask.who), grant.scope);
    const bool sense = fits(mesh, *port, grant.scope);
    const bool holds = covers && met && sense && in_force(grant, ask.now);
    std::string says = grant_words(mesh, grant.id.ulid);
    if (!covers) says += ", for other versions";
    else if (!met) says += ", whose conditions the caller does not meet";
    else if (!sense) says += ", which names columns that this version does not have";
    else if (!holds) says += ", outside its window";
    out.push_back({"grant", holds, std::move(says)});
  };
  const ProductFacts* facts = rights.product(product->id);
  if (facts == nullptr) return {};
  for (const Index holder : subject->holders.all())
    for (const Index at : rights.grants().on_product(facts->index, holder))
      note(*rights.grants().row(at).grant);
  if (!domain->stewards.empty())
    out.push_back({"steward", false, fmt::format("decided by: {}", stewards_words(mesh, *domain))});
  return out;
}

}  // namespace hansa::policy
