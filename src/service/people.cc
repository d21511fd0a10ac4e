#include "service/people.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "service/authority/commit.h"
#include "service/step/find.h"
#include "service/step/present.h"

namespace hansa::service {
namespace {

Result<std::vector<PrincipalId>> find_groups(const Context& context, const View& view,
                                             const std::vector<std::string>& names) {
  std::vector<PrincipalId> out;
  for (const std::string& name : names) {
    HANSA_TRY(const Principal* group, find_principal(context, view, name));
    if (group->kind != PrincipalKind::role && group->kind != PrincipalKind::group)
      return invalid(fmt::format("'{}' is neither a role nor a group", name));
    out.push_back(group->id);
  }
  return out;
}

Result<Principal> new_principal(const Context& context, const View& view,
                                const api::CreatePrincipal& ask) {
  HANSA_CHECK(check_name("principal", ask.name));
  HANSA_CHECK(check_text("title", ask.title));
  if (view.mesh.named<Principal>(claim::principal(ask.name)))
    return conflict(fmt::format("there is a principal '{}' already", ask.name));
  Principal principal{.id = new_id<PrincipalId>(context.now),
                      .kind = ask.kind,
                      .name = ask.name,
                      .title = ask.title,
                      .organisation = ask.guest || view.mesh.organisation() == nullptr
                                          ? OrganisationId{}
                                          : view.mesh.organisation()->id,
                      .administrator = ask.administrator,
                      .disabled = false,
                      .belongs_to = {},
                      .team = {},
                      .aliases = {}};
  const bool group = ask.kind == PrincipalKind::role || ask.kind == PrincipalKind::group;
  if (group && (!ask.belongs_to.empty() || ask.administrator))
    return invalid("a role or group belongs to none and is no administrator");
  HANSA_TRY(principal.belongs_to, find_groups(context, view, ask.belongs_to));
  if (ask.team.empty()) return principal;
  if (ask.kind != PrincipalKind::service_account)
    return invalid("only a service account is given a team here",
                   "add users to `members` of the team's manifest");
  HANSA_TRY(const Team* team, find_team(context, view, ask.team));
  principal.team = team->id;
  return principal;
}

}  // namespace

Result<api::WhoAmI> who_am_i(const Context& context, const Live& live, const api::Nothing&) {
  return live.read([&](const View& view) -> Result<api::WhoAmI> {
    const auto* self = view.mesh.find<Principal>(context.who.id);
    const auto* subject = view.rights.subject(context.who.id);
    if (self == nullptr || subject == nullptr) return unknown("principal", "you");
    api::WhoAmI out{.name = self->name,
                    .title = self->title,
                    .kind = self->kind,
                    .organisation = view.mesh.organisation() ? view.mesh.organisation()->name : "",
                    .member = view.rights.is_member(*subject),
                    .administrator = self->administrator,
                    .teams = {},
                    .steward_of = {},
                    .belongs_to = {}};
    for (const Ulid team : subject->teams)
      if (const auto* noun = view.mesh.find<Team>(team)) out.teams.push_back(noun->name);
    for (const Domain* domain : known_by_name<Domain>(context, view))
      if (std::ranges::find(domain->stewards, self->id) != domain->stewards.end())
        out.steward_of.push_back(domain->name);
    for (const PrincipalId id : self->belongs_to)
      out.belongs_to.push_back(name_of_principal(view, id));
    return out;
  });
}

Result<api::Principals> list_principals(const Context& context, const Live& live,
                                        const api::ListPrincipals& ask) {
  return live.read([&](const View& view) {
    const auto known = known_by_name<Principal>(context, view);
    auto page = page_of<api::PrincipalView>(
        known, ask.paging, [](const Principal& p) { return p.name; },
        [&](const Principal& p) { return principal_view(view, p); });
    return Result<api::Principals>(api::Principals{std::move(page.items), std::move(page.next)});
  });
}

Result<api::PrincipalView> create_principal(const Context& context, Live& live, World& world,
                                            const api::CreatePrincipal& ask) {
  PrincipalId id;
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(Permit permit, authorize(context, view, Action::administer, on_organisation(),
                                       "the organisation's people"));
    HANSA_TRY(Principal principal, new_principal(context, view, ask));
    id = principal.id;
    Json details{Json::Object{{"name", principal.name}}};
    return attempt(std::move(permit), change(context, share(std::move(principal)),
                                             "principal.created", std::move(details)));
  }));
  return live.read([&](const View& view) -> Result<api::PrincipalView> {
    const auto* principal = view.mesh.find<Principal>(id);
    if (principal == nullptr) return unknown("principal", ask.name);
    return principal_view(view, *principal);
  });
}

Result<api::PrincipalView> disable_principal(const Context& context, Live& live, World& world,
                                             const api::DisablePrincipal& ask) {
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Principal* found, find_principal(context, view, ask.name));
    HANSA_TRY(Permit permit, authorize(context, view, Action::administer, on(*found), ask.name));
    if (found->id == context.who.id)
      return invalid("you cannot switch yourself off", "ask another administrator");
    Principal principal = *found;
    if (principal.disabled == ask.disabled) return Attempt{};
    principal.disabled = ask.disabled;
    return attempt(std::move(permit),
                   change(context, share(std::move(principal)),
                          ask.disabled ? "principal.disabled" : "principal.enabled"));
  }));
  return live.read([&](const View& view) -> Result<api::PrincipalView> {
    HANSA_TRY(const Principal* principal, find_principal(context, view, ask.name));
    return principal_view(view, *principal);
  });
}

}  // namespace hansa::service
