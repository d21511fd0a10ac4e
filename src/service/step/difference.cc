#include "service/step/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "base/text.h"
#include "service/step/find.h"

namespace hansa::service {
namespace {

std::string shown_list(std::vector<std::string> names) {
  std::ranges::sort(names);
  return join(names, ", ");
}

template <class T, class Tag>
std::string named(const Draft& draft, Id<Tag> id) {
  const T* noun = draft.overlay.find<T>(id);
  return noun ? noun->name : "?";
}

std::string principals(const Draft& draft, const std::vector<PrincipalId>& ids) {
  std::vector<std::string> names;
  for (const PrincipalId id : ids) names.push_back(named<Principal>(draft, id));
  return shown_list(std::move(names));
}

Shown shown(const Organisation& v) { return {{"name", v.name}, {"title", v.title}}; }

Shown shown(const Draft& draft, const Team& v) {
  Shown out{{"title", v.title},
            {"description", v.description},
            {"members", principals(draft, v.members)}};
  for (const Channel& each : v.channels)
    out.emplace_back("channel " + (each.channel.empty() ? each.url : each.channel), each.url);
  return out;
}

Shown shown(const Draft& draft, const Domain& v) {
  return {{"title", v.title},
          {"description", v.description},
          {"owner", named<Team>(draft, v.owner)},
          {"parent", v.parent ? named<Domain>(draft, *v.parent) : ""},
          {"visibility", v.visibility == Visibility::open ? "open" : "restricted"},
          {"stewards", principals(draft, v.stewards)}};
}

Shown shown(const Draft& draft, const Account& v) {
  return {{"domain", named<Domain>(draft, v.domain)},
          {"bucket", v.bucket},
          {"catalog", v.catalog},
          {"quota", v.quota_bytes == 0 ? "" : human_bytes(v.quota_bytes)}};
}

Result<std::vector<PrincipalId>> users(const Draft& draft, const std::vector<std::string>& names,
                                       std::string_view as) {
  std::vector<PrincipalId> out;
  for (const std::string& name : names) {
    const auto* user = draft.overlay.named<Principal>(claim::principal(name));
    if (user == nullptr || user->kind != PrincipalKind::user)
      return invalid(fmt::format("there is no user '{}' to be {}", name, as),
                     fmt::format("an administrator adds one: hansa admin user add {}", name));
    if (std::ranges::find(out, user->id) != out.end())
      return invalid(fmt::format("'{}' stands twice as {}", name, as));
    out.push_back(user->id);
  }
  return out;
}

// In SQL `a.b` may be read as a catalog's table or a schema's, so a catalog and a domain never
// share a name, and neither takes one of the engine's.
Result<void> check_sql_name(const Draft& draft, std::string_view what, const std::string& name,
                            const std::string& other_claim) {
  constexpr std::string_view taken[] = {
      "mesh", "main", "system", "temp", "memory", "information_schema", "pg_catalog"};
  if (std::ranges::find(taken, name) != std::end(taken))
    return invalid(fmt::format("'{}' cannot be the name of a {}: SQL uses it", name, what),
                   "choose another name");
  const bool clash = draft.overlay.named<Account>(other_claim) != nullptr ||
                     draft.overlay.named<Domain>(other_claim) != nullptr;
  if (clash)
    return invalid(fmt::format("'{}' is the name of a domain or catalog already", name),
                   "a domain and a catalog cannot share a name in SQL");
  return {};
}

Result<void> add_organisation(Draft& draft, const contract::Organisation& wanted) {
  const auto* before = draft.overlay.view().mesh.organisation();
  if (before == nullptr) return invalid("the organisation has not been founded");
  HANSA_CHECK(check_name("organisation", wanted.id));
  Organisation after = *before;
  after.name = wanted.id;
  after.title = wanted.name;
  draft.change(before, after, "organisation", wanted.id, shown(*before), shown(after));
  return {};
}

Result<void> add_team(Draft& draft, const contract::Team& wanted) {
  const auto* before = draft.overlay.named<Team>(claim::team(wanted.name));
  Team after = before ? *before
                      : Team{.id = new_id<TeamId>(draft.now),
                             .name = wanted.name,
                             .title = {},
                             .description = {},
                             .members = {},
                             .channels = {},
                             .aliases = {}};
  after.title = wanted.title;
  after.description = wanted.description;
  HANSA_TRY(after.members, users(draft, wanted.members, "a member"));
  after.channels.clear();
  for (const contract::Channel& each : wanted.channels)
    after.channels.push_back({each.channel, each.url, each.tool, each.scope});
  draft.change(before, after, "team", wanted.name, before ? shown(draft, *before) : Shown{},
               shown(draft, after));
  return {};
}

Result<void> add_domain(Draft& draft, const contract::Domain& wanted) {
  const auto* before = draft.overlay.named<Domain>(claim::domain(wanted.name));
  if (before == nullptr)
    HANSA_CHECK(check_sql_name(draft, "domain", wanted.name, claim::catalog(wanted.name)));
  const auto* owner = draft.overlay.named<Team>(claim::team(wanted.owner));
  if (owner == nullptr)
    return invalid(fmt::format("there is no team '{}' to own domain {}", wanted.owner, wanted.name),
                   "apply the team's manifest with it");
  Domain after = before ? *before
                        : Domain{.id = new_id<DomainId>(draft.now),
                                 .name = wanted.name,
                                 .title = {},
                                 .description = {},
                                 .owner = {},
                                 .parent = {},
                                 .visibility = {},
                                 .stewards = {},
                                 .aliases = {}};
  after.title = wanted.title;
  after.description = wanted.description;
  after.owner = owner->id;
  after.parent.reset();
  if (!wanted.parent.empty()) {
    const auto* parent = draft.overlay.named<Domain>(claim::domain(wanted.parent));
    if (parent == nullptr || parent->id == after.id)
      return invalid(fmt::format("there is no domain '{}' above {}", wanted.parent, wanted.name));
    after.parent = parent->id;
  }
  after.visibility =
      wanted.visibility == contract::Visibility::open ? Visibility::open : Visibility::restricted;
  HANSA_TRY(after.stewards, users(draft, wanted.stewards, "a steward"));
  draft.change(before, after, "domain", wanted.name, before ? shown(draft, *before) : Shown{},
               shown(draft, after));
  return {};
}

Result<void> add_account(Draft& draft, const contract::Account& wanted) {
  const auto* before = draft.overlay.named<Account>(claim::account(wanted.name));
  const auto* domain = draft.overlay.named<Domain>(claim::domain(wanted.domain));
  if (domain == nullptr)
    return invalid(
        fmt::format("there is no domain '{}' for account {}", wanted.domain, wanted.name));
  const std::string bucket = wanted.bucket.empty() ? wanted.name : wanted.bucket;
  const std::string catalog = wanted.catalog.empty() ? wanted.name : wanted.catalog;
  HANSA_CHECK(check_bucket(bucket));
  HANSA_CHECK(check_name("catalog", catalog));
  HANSA_CHECK(check_sql_name(draft, "catalog", catalog, claim::domain(catalog)));
  // Metadata holds s3://BUCKET/...: an account's bucket never changes, and neither does its domain
  // by apply.
  if (before != nullptr && before->bucket != bucket)
    return invalid(
        fmt::format("the bucket of account {} is {} for ever", wanted.name, before->bucket));
  if (before != nullptr && before->domain != domain->id)
    return invalid(fmt::format("account {} belongs to domain {}", wanted.name,
                               named<Domain>(draft, before->domain)),
                   "an account stays in its domain");
  if (before == nullptr &&
      draft.overlay.view().mesh.named<Deletion>(claim::bucket(bucket)) != nullptr)
    return conflict(fmt::format("bucket {} holds the files of an account that was deleted", bucket),
                    fmt::format("give account {} another one: bucket: {}-2", wanted.name, bucket));
  Account after = before ? *before
                         : Account{.id = new_id<AccountId>(draft.now),
                                   .name = wanted.name,
                                   .domain = domain->id,
                                   .bucket = bucket,
                                   .catalog = {},
                                   .quota_bytes = 0,
                                   .aliases = {}};
  after.catalog = catalog;
  after.quota_bytes = wanted.quota ? wanted.quota->bytes : 0;
  draft.change(before, after, "account", wanted.name, before ? shown(draft, *before) : Shown{},
               shown(draft, after));
  return {};
}

template <class T, class Add>
Result<void> add_each(Draft& draft, const std::vector<contract::Sourced<T>>& documents, Add add) {
  for (const contract::Sourced<T>& document : documents)
    if (auto added = add(draft, document.value); !added)
      return at_document(document, added.error());
  return {};
}

}  // namespace

std::vector<api::PlannedDetail> details_between(const Shown& before, const Shown& after) {
  std::vector<api::PlannedDetail> out;
  const auto find = [](const Shown& shown, const std::string& name) -> const std::string* {
    const auto found = std::ranges::find(shown, name, &Shown::value_type::first);
    return found == shown.end() || found->second.empty() ? nullptr : &found->second;
  };
  for (const auto& [name, value] : after) {
    const std::string* old = find(before, name);
    if (value.empty() || (old != nullptr && *old == value)) continue;
    out.push_back({old ? "~" : "+", name, old ? *old : "", value});
  }
  for (const auto& [name, value] : before)
    if (!value.empty() && find(after, name) == nullptr) out.push_back({"-", name, value, ""});
  return out;
}

const Port* Overlay::made_port(DomainId domain, const std::string& name,
                               std::optional<std::uint32_t> major) const {
  std::string claim = claim::port(domain, name, major.value_or(1));
  if (!major) claim.resize(claim.rfind('@') + 1);
  for (auto at = made_.lower_bound(claim); at != made_.end() && at->first.starts_with(claim);
       ++at) {
    const auto* port = std::get_if<std::shared_ptr<const Port>>(&at->second);
    if (port != nullptr && (major ? at->first == claim : (*port)->is_default)) return port->get();
  }
  return nullptr;
}

std::vector<const Port*> Overlay::majors(DomainId domain, const std::string& name) const {
  std::map<std::uint32_t, const Port*> out;
  for (const Port* port : view_.mesh.majors(domain, name)) out.emplace(port->major, port);
  std::string claim = claim::port(domain, name, 1);
  claim.resize(claim.rfind('@') + 1);
  for (auto at = made_.lower_bound(claim); at != made_.end() && at->first.starts_with(claim); ++at)
    if (const auto* port = std::get_if<std::shared_ptr<const Port>>(&at->second))
      out.insert_or_assign((*port)->major, port->get());
  const auto ports = std::views::values(out);
  return {ports.begin(), ports.end()};
}

void Overlay::put(const Noun& noun) {
  for (std::string& claim : claims_of(noun)) made_.insert_or_assign(std::move(claim), noun);
  by_id_.insert_or_assign(key_of(noun), noun);
}

Result<void> Draft::permit(Action what, Resource on, std::string_view called) {
  for (const Permit& have : out.attempt.permits)
    if (have.covers(what, on)) return {};
  HANSA_TRY(Permit permit, authorize(context, overlay.view(), what, on, called));
  out.attempt.permits.push_back(std::move(permit));
  return {};
}

Result<void> add_frame(Draft& draft, const contract::Manifests& manifests) {
  HANSA_CHECK(add_each(draft, manifests.organisations, add_organisation));
  HANSA_CHECK(add_each(draft, manifests.teams, add_team));
  HANSA_CHECK(add_each(draft, manifests.domains, add_domain));
  HANSA_CHECK(add_each(draft, manifests.accounts, add_account));
  // Asked only if something changes: a producer may keep the frame's manifests beside its own.
  if (draft.out.attempt.changes.empty()) return {};
  return draft.permit(Action::administer, on_organisation(), "the organisation's frame");
}

Result<Difference> difference(const Context& context, const View& view,
                              const contract::Manifests& manifests) {
  // Messages below speak of teams, users and buckets, which members may know and guests may not.
  HANSA_CHECK(authorize(context, view, Action::know, on_organisation(), "the organisation"));
  Draft draft{.context = context, .overlay = Overlay(view), .out = {}, .now = context.now};
  HANSA_CHECK(add_frame(draft, manifests));
  HANSA_CHECK(add_standards(draft, manifests));
  HANSA_CHECK(add_products(draft, manifests));
  HANSA_CHECK(add_accesses(draft, manifests));
  tell_carried(draft);
  check_standards(draft, manifests);
  return std::move(draft.out);
}

}  // namespace hansa::service
