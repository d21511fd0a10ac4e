// The part of a difference that is about products: their ports, contracts, tables, and access to
// them.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "contract/facts.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "service/step/derived.h"
#include "service/step/difference.h"
#include "service/step/find.h"

namespace hansa::service {
namespace {

using contract::PortFacts;
using contract::ProductFacts;

struct Place {
  const Domain* domain;
  const Account* account;
};

// The account a product names, or the domain's only one.
Result<const Account*> account_of(const Draft& draft, const ProductFacts& facts,
                                  const Domain& domain) {
  if (!facts.account.empty()) {
    const auto* account = draft.overlay.named<Account>(claim::account(facts.account));
    if (account == nullptr || account->domain != domain.id)
      return invalid(fmt::format("domain {} has no account '{}'", domain.name, facts.account));
    return account;
  }
  std::vector<const Account*> of_domain;
  for (const auto& [id, entry] : draft.overlay.view().mesh.all<Account>())
    if (entry.noun->domain == domain.id) of_domain.push_back(entry.noun.get());
  if (of_domain.size() == 1) return of_domain.front();
  std::vector<std::string> names;
  for (const Account* each : of_domain) names.push_back(each->name);
  std::ranges::sort(names);
  if (names.empty())
    return invalid(fmt::format("domain {} has no account yet", domain.name),
                   "name one of this set: customProperties: [{property: account, value: NAME}]");
  return invalid(
      fmt::format("product {} does not say in which account of domain {} it lies", facts.name,
                  domain.name),
      fmt::format("add customProperties: [{{property: account, value: {}}}] (there are: {})",
                  names.back(), join(names, ", ")));
}

// Whose business the product is: the domain's team. A domain that this very set makes has no rights
// compiled yet, so its team is looked at directly.
Result<void> may_manage(Draft& draft, const Domain& domain) {
  if (!draft.overlay.made(domain)) return draft.permit(Action::manage, on(domain), domain.name);
  const auto* team = draft.overlay.find<Team>(domain.owner);
  if (team != nullptr &&
      std::ranges::find(team->members, draft.context.who.id) != team->members.end())
    return {};
  return denied(fmt::format("you may not change products of domain {}", domain.name),
                "a member of its team applies them");
}

Shown shown(const Draft& draft, const Product& v) {
  const auto* account = draft.overlay.find<Account>(v.account);
  Shown out{{"title", v.title},
            {"account", account ? account->name : "?"},
            {"visibility", v.hidden                           ? "hidden"
                           : v.visibility == Visibility::open ? "open"
                                                              : "restricted"},
            {"version", v.version},
            {"status", v.status},
            {"description", v.description},
            {"deprecated", v.deprecated ? "yes" : ""},
            {"tags", join(v.tags, ", ")},
            {"repository", v.repository}};
  for (const InputPort& input : v.inputs) out.emplace_back("input " + input.name, input.version);
  return out;
}

Shown shown(const Port& v) {
  return {{"version", v.version},
          {"description", v.description},
          {"tags", join(v.tags, ", ")},
          {"deprecated", v.deprecated ? "yes" : ""},
          {"default", v.is_default ? "yes" : ""}};
}

// What is made of others stays as protected as they are, whoever changes its manifest.
Result<void> check_derived(Draft& draft, ProductId id) {
  const Mesh& mesh = draft.overlay.view().mesh;
  for (const Port* port : mesh.ports_of(id)) {
    // Also that there is none, until this is written.
    draft.out.attempt.relies_on.push_back(
        mesh.noun("derivation", port->id.ulid).value_or(share(Derivation{.id = port->id})));
    if (auto table = mesh.noun("table", port->id.ulid))
      draft.out.attempt.relies_on.push_back(*std::move(table));
    const auto* contract =
        draft.overlay.find<Contract>(draft.overlay.find<Port>(port->id)->contract);
    if (auto held = check_rows(draft.context, draft.overlay.view(), *contract,
                               *draft.overlay.find<Product>(id),
                               made_of(draft.overlay.view(), port->id, draft.now));
        !held)
      return in_context(mesh.ref_of(*port), held.error());
  }
  return {};
}

Result<void> add_port(Draft& draft, const ProductFacts& product_facts, const Product& product,
                      const Account& account, const PortFacts& facts, const Contracts& contracts) {
  if (facts.kind != PortKind::table && facts.kind != PortKind::view)
    return invalid(fmt::format("port {} is of type {}", facts.name,
                               facts.kind == PortKind::api ? "api" : "topic"),
                   "only tables and views can be served by this version of hansa");
  HANSA_CHECK(contract::check_port_name(facts.name));
  const auto& mesh = draft.overlay.view().mesh;
  const auto* before =
      draft.overlay.named<Port>(claim::port(product.domain, facts.name, facts.major));
  const auto* domain = draft.overlay.find<Domain>(product.domain);
  const std::string ref = fmt::format("{}/{}@{}", domain->name, facts.name, facts.major);
  const auto majors = mesh.majors(product.domain, facts.name);
  const bool foreign =
      std::ranges::any_of(majors, [&](const Port* port) { return port->product != product.id; });
  if (foreign || (before != nullptr && before->product != product.id))
    return conflict(fmt::format("port {} belongs to another product of the domain", ref),
                    "choose another name");
  if (before != nullptr && before->kind != facts.kind)
    return blocked(fmt::format("port {} does not change from table to view or back", ref),
                   "give the other a new name, or a new major version");
  const bool first = before == nullptr && majors.empty() &&
                     std::ranges::none_of(product_facts.ports, [&](const PortFacts& other) {
                       return other.name == facts.name && other.major < facts.major;
                     });
  Port after = before ? *before
                      : Port{.id = new_id<PortId>(draft.now),
                             .product = product.id,
                             .domain = product.domain,
                             .name = facts.name,
                             .major = facts.major,
                             .is_default = first,
                             .version = {},
                             .kind = facts.kind,
                             .description = {},
                             .contract = {},
                             .aliases = {}};
  after.version = facts.version;
  after.description = facts.description;
  after.tags = facts.tags;
  after.synonyms = facts.synonyms;
  after.deprecated = facts.deprecated;
  const auto* table_before = before ? draft.overlay.find<Table>(before->id) : nullptr;
  HANSA_TRY(const auto contract,
            add_contract(draft, contracts, product_facts.name, facts, after, ref));
  if (contract) after.contract = contract->id;
  if (before == nullptr && contract)
    carry_grants(draft, after, *contract, draft.overlay.majors(product.domain, facts.name));
  if (const auto* was = before ? mesh.find<Contract>(before->contract) : nullptr; was && contract)
    recheck_carried(draft, after, *was, *contract);
  draft.change(before, after, "port", ref, before ? shown(*before) : Shown{}, shown(after));
  if (table_before == nullptr && facts.kind == PortKind::table) {
    HANSA_TRY(const Location location,
              Location::make(account.bucket, "tables/" + to_text(after.id)));
    Noun table = share(Table{.id = after.id, .location = location, .states = {}});
    draft.overlay.put(table);
    draft.out.attempt.changes.push_back(change(draft.context, std::move(table), "table.created"));
  }
  return {};
}

Visibility visibility_of(const ProductFacts& facts, const Domain& domain) {
  if (!facts.visibility) return domain.visibility;
  return *facts.visibility == contract::Visibility::open ? Visibility::open
                                                         : Visibility::restricted;
}

// Whether every contract of this set that a port of the product relies on is the one it has.
bool same_contracts(const Draft& draft, const Product& product, const ProductFacts& facts,
                    const Contracts& contracts) {
  return std::ranges::all_of(facts.ports, [&](const PortFacts& port) {
    const auto* found = contracts.resolve(port.contract_id, port.version);
    const auto* before =
        draft.overlay.named<Port>(claim::port(product.domain, port.name, port.major));
    const auto* held = before ? draft.overlay.find<Contract>(before->contract) : nullptr;
    return found == nullptr || (held != nullptr && held->manifest.is(contract::to_yaml(*found)));
  });
}

Result<void> add_product(Draft& draft, const contract::DataProduct& document,
                         const Contracts& contracts) {
  HANSA_TRY(const ProductFacts facts, contract::facts_of(document));
  const auto* domain = draft.overlay.named<Domain>(claim::domain(facts.domain));
  if (domain == nullptr)
    return invalid(fmt::format("there is no domain '{}' for product {}", facts.domain, facts.name),
                   "an administrator adds it: hansa init team NAME --domain D");
  const auto* before = draft.overlay.named<Product>(claim::product(domain->id, facts.name));
  // Asked before anything is compared, so that no message tells a stranger what there is. Manifests
  // that change nothing may stand in anybody's set.
  const bool same = before != nullptr && before->manifest.is(contract::to_yaml(document)) &&
                    may(draft.context, draft.overlay.view(), Action::know, on(*before)) &&
                    same_contracts(draft, *before, facts, contracts);
  if (same && !may(draft.context, draft.overlay.view(), Action::manage, on(*domain))) return {};
  HANSA_CHECK(may_manage(draft, *domain));
  HANSA_TRY(const Account* account,
            before != nullptr && facts.account.empty()
                ? Result<const Account*>(draft.overlay.find<Account>(before->account))
                : account_of(draft, facts, *domain));
  if (auto place = draft.overlay.view().mesh.noun("account", account->id.ulid);
      place && !draft.overlay.made(*account))
    draft.out.attempt.relies_on.push_back(*std::move(place));
  if (before != nullptr && before->account != account->id)
    return invalid(fmt::format("product {} lies in another account", facts.name),
                   "its data does not move by apply");
  Product after = before ? *before
                         : Product{.id = new_id<ProductId>(draft.now),
                                   .name = facts.name,
                                   .domain = domain->id,
                                   .account = account->id,
                                   .title = {},
                                   .description = {},
                                   .version = {},
                                   .status = {},
                                   .visibility = {},
                                   .hidden = false,
                                   .tags = {},
                                   .inputs = {},
                                   .repository = {},
                                   .manifest = {},
                                   .aliases = {}};
  after.title = facts.title;
  after.description = facts.description;
  after.version = facts.version;
  after.status = facts.status;
  after.visibility = visibility_of(facts, *domain);
  after.hidden = facts.visibility == contract::Visibility::hidden;
  after.tags = facts.tags;
  after.synonyms = facts.synonyms;
  after.deprecated = facts.deprecated;
  after.reachable = !facts.support.empty();
  after.repository = facts.repository;
  after.inputs.clear();
  for (const contract::InputPort& input : facts.inputs)
    after.inputs.push_back({input.name, input.version, input.contract_id});
  after.manifest = PackedText(contract::to_yaml(document));
  const ProductId id = after.id;
  draft.change(before, after, "product", fmt::format("{}/{}", domain->name, facts.name),
               before ? shown(draft, *before) : Shown{}, shown(draft, after));
  for (const PortFacts& port : facts.ports)
    HANSA_CHECK(
        add_port(draft, facts, *draft.overlay.find<Product>(id), *account, port, contracts));
  return check_derived(draft, id);
}

std::string grantee_text(const contract::AccessConsumer& consumer) {
  const auto [kind, name] = contract::consumer_of(consumer);
  return fmt::format("{}:{}", kind == "serviceAccount" ? "service" : kind, name);
}

// The port that is meant: one of this set, else one the caller may know.
Result<const Port*> port_of(const Draft& draft, const contract::PortReference& wanted) {
  const auto* domain = draft.overlay.named<Domain>(claim::domain(wanted.domain));
  if (const auto* made =
          domain ? draft.overlay.made_port(domain->id, wanted.port, wanted.major) : nullptr)
    return made;
  return find_port(draft.context, draft.overlay.view(), contract::field_to_text(wanted));
}

// A steward of the port's domain decides. Of a port that this very set makes no rights are compiled
// yet, so the domain is looked at directly, and must be the same when this is written.
Result<void> may_decide(Draft& draft, const Port& port, const std::string& called) {
  if (draft.overlay.view().mesh.find<Port>(port.id) != nullptr)
    return draft.permit(Action::decide, on(port), called);
  const auto* domain = draft.overlay.find<Domain>(port.domain);
  if (domain == nullptr ||
      std::ranges::find(domain->stewards, draft.context.who.id) == domain->stewards.end())
    return denied(fmt::format("you may not decide about {}", called),
                  "apply the product first; a steward of its domain applies the access");
  if (auto noun = draft.overlay.view().mesh.noun("domain", domain->id.ulid))
    draft.out.attempt.relies_on.push_back(*std::move(noun));
  return {};
}

// One set says once what somebody is given.
Result<void> note_given(Draft& draft, const Port& port, const std::vector<std::uint32_t>& majors,
                        const Grantee& grantee) {
  if (draft.given.emplace(port.product.ulid, port.name, majors, grantee.id).second) return {};
  return invalid(fmt::format("two manifests of this set give {} the same access",
                             policy::name_of(draft.overlay.view().mesh, grantee)),
                 "keep one of them");
}

// Access as code: a steward commits what was agreed. It is a grant like any other, judged by its
// steward.
Result<void> add_access(Draft& draft, const contract::Access& wanted) {
  const View& view = draft.overlay.view();
  HANSA_TRY(const Port* port, port_of(draft, wanted.provider.port));
  HANSA_TRY(const Grantee grantee,
            find_grantee(draft.context, view, grantee_text(wanted.consumer)));
  const std::vector<std::uint32_t> majors =
      wanted.provider.port.major ? std::vector{port->major} : std::vector<std::uint32_t>{};
  HANSA_CHECK(note_given(draft, *port, majors, grantee));
  const Grant* before = view.rights.given(port->product, port->name, majors, grantee);
  if (before != nullptr) before = draft.overlay.find<Grant>(before->id);
  // What this set ended, a steward who gives it gives anew.
  if (before != nullptr && before->state != GrantState::active) before = nullptr;
  Grant after =
      before ? *before
             : Grant{.id = new_id<GrantId>(draft.now),
                     .number = view.mesh.last_grant_number() + 1 + draft.out.attempt.changes.size(),
                     .product = port->product,
                     .port = port->name,
                     .majors = majors,
                     .grantee = grantee,
                     .scope = {},
                     .state = GrantState::active,
                     .purpose = {},
                     .requested_by = draft.context.who.id,
                     .requested_at = draft.now,
                     .decided_by = draft.context.who.id,
                     .decided_at = draft.now,
                     .reason = {},
                     .not_before = {},
                     .until = {}};
  after.scope = wanted.provider.scope;
  after.purpose = wanted.info.purpose;
  after.not_before = wanted.info.start_date;
  after.until = wanted.info.end_date;
  if (before != nullptr && *before == after) return {};
  recheck_scope(draft, *port, after);
  if (after.until && *after.until <= draft.now)
    return invalid("the access would have ended already");
  if (policy::benefits(view.rights, view.mesh, draft.context.who.id, grantee))
    return denied("nobody gives access to oneself, one's own group or one's team's service account",
                  "another steward of the domain applies this");
  HANSA_CHECK(may_decide(draft, *port, contract::field_to_text(wanted.provider.port)));
  // Nobody is given a port that is deleted meanwhile, nor another of its name.
  if (auto given = view.mesh.noun("port", port->id.ulid))
    if (!draft.overlay.made(*port)) draft.out.attempt.relies_on.push_back(*std::move(given));
  HANSA_CHECK(check_scope(view, after));
  // A port of this set has its contract here only.
  if (const auto* contract = draft.overlay.find<Contract>(port->contract);
      contract != nullptr && !after.scope.empty())
    HANSA_CHECK(check(after.scope, contract->schema));
  if (!draft.has_written(after))
    add_step(after, before ? GrantAct::changed : GrantAct::approved, draft.context.who.id,
             draft.now);
  const bool moves = before != nullptr && before->majors != after.majors;
  const auto list = [&](const Grant& g) {
    return Shown{{"versions", moves ? versions_of(g) : ""},
                 {"purpose", g.purpose},
                 {"scope", words(g.scope)},
                 {"from", g.not_before ? to_text(*g.not_before) : ""},
                 {"until", g.until ? to_text(*g.until) : ""}};
  };
  draft.change(before, after, "access",
               fmt::format("{} to {}", policy::name_of(view.mesh, grantee),
                           contract::field_to_text(wanted.provider.port)),
               before ? list(*before) : Shown{}, list(after));
  return {};
}

}  // namespace

Result<void> add_products(Draft& draft, const contract::Manifests& manifests) {
  const Contracts contracts(manifests);
  for (const auto& document : manifests.products)
    if (auto added = add_product(draft, document.value, contracts); !added)
      return at_document(document, added.error());
  return {};
}

Result<void> add_accesses(Draft& draft, const contract::Manifests& manifests) {
  for (const auto& document : manifests.accesses)
    if (auto added = add_access(draft, document.value); !added)
      return at_document(document, added.error());
  return {};
}

}  // namespace hansa::service
