#include "service/people.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/password.h"
#include "base/text.h"
#include "service/authority/authenticate.h"
#include "service/authority/commit.h"
#include "service/step/find.h"
#include "service/step/present.h"

namespace hansa::service {
namespace {

constexpr std::size_t kPasswordBytesMin = 12;
constexpr std::size_t kPasswordBytesMax = 1024;
constexpr Micros kSessionLength = std::chrono::hours(12);

struct NewToken {
  Credential credential;
  Secret<std::string> secret;
};

// The proofs of a machine secret for every door: a fast hash to look it up, SCRAM for Postgres,
// sealed for Signature V4.
NewToken make_token(const Sealer& sealer, PrincipalId principal, std::string label, Time now,
                    std::optional<Time> expires, Secret<std::string> token = new_token()) {
  const std::string& secret = token.expose();
  Credential credential{.id = new_id<CredentialId>(now),
                        .kind = CredentialKind::token,
                        .principal = principal,
                        .label = std::move(label),
                        .lookup = token_lookup(secret),
                        .verifier = scram_verifier(secret),
                        .sealed = {},
                        .created = now,
                        .expires = expires,
                        .revoked = false};
  credential.sealed = sealer.seal("token:" + to_text(credential.id), secret);
  return {std::move(credential), std::move(token)};
}

api::Token shown(const NewToken& made, std::string principal) {
  return {.id = to_text(made.credential.id),
          .principal = std::move(principal),
          .label = made.credential.label,
          .token = made.secret.expose(),
          .expires = made.credential.expires};
}

// Credentials are one's own, or of a service account of one's team, or an administrator's business.
Result<Permit> may_handle(const Context& context, const View& view, const Principal& principal) {
  const auto* subject = view.rights.subject(context.who.id);
  const bool own = principal.id == context.who.id;
  const bool of_team = principal.team && subject != nullptr && subject->in_team(*principal.team);
  const Action what = own || of_team ? Action::know : Action::administer;
  return authorize(context, view, what, on(principal), principal.name);
}

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
                      .member = !ask.guest,
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
                    .member = self->member,
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

Result<api::Tokens> list_tokens(const Context& context, const Live& live,
                                const api::ListTokens& ask) {
  return live.read([&](const View& view) -> Result<api::Tokens> {
    HANSA_TRY(const Principal* principal, find_principal(context, view, ask.name));
    HANSA_CHECK(may_handle(context, view, *principal));
    std::vector<const Credential*> tokens;
    for (const auto& [id, entry] : view.mesh.all<Credential>())
      if (entry.noun->principal == principal->id && entry.noun->kind == CredentialKind::token)
        tokens.push_back(entry.noun.get());
    std::ranges::sort(tokens, {}, &Credential::id);
    auto page = page_of<api::TokenView>(
        tokens, ask.paging, [](const Credential& c) { return to_text(c.id); },
        [](const Credential& c) {
          return api::TokenView{to_text(c.id), c.label, c.created, c.expires, c.revoked};
        });
    return api::Tokens{std::move(page.items), std::move(page.next)};
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

Result<api::Token> create_token(const Context& context, Live& live, World& world,
                                const Sealer& sealer, const api::CreateToken& ask) {
  HANSA_CHECK(check_text("label", ask.label));
  if (ask.expires && *ask.expires <= context.now)
    return invalid("the token would have expired already");
  // The proofs cost milliseconds, so they are made once, before the step.
  const PrincipalId owner = live.read([&](const View& view) {
    const auto* found = view.mesh.named<Principal>(claim::principal(ask.name));
    return found ? found->id : PrincipalId{};
  });
  const NewToken made = make_token(sealer, owner, ask.label, context.now, ask.expires);
  std::string name;
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Principal* principal, find_principal(context, view, ask.name));
    HANSA_TRY(Permit permit, may_handle(context, view, *principal));
    if (principal->id != owner)
      return conflict(fmt::format("'{}' is somebody else now", ask.name), "try again");
    if (principal->kind == PrincipalKind::role || principal->kind == PrincipalKind::group)
      return invalid(fmt::format("'{}' is a {} and cannot sign in", ask.name,
                                 hansa::name_of(principal->kind)));
    name = principal->name;
    Json details{Json::Object{{"principal", name}, {"label", ask.label}}};
    return attempt(std::move(permit),
                   change(context, share(made.credential), "token.created", std::move(details)));
  }));
  return shown(made, name);
}

Result<api::Nothing> revoke_token(const Context& context, Live& live, World& world,
                                  const api::RevokeToken& ask) {
  const auto id = parse_ulid(ask.id);
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Principal* principal, find_principal(context, view, ask.name));
    HANSA_TRY(Permit permit, may_handle(context, view, *principal));
    const auto* found = id ? view.mesh.find<Credential>(*id) : nullptr;
    if (found == nullptr || found->principal != principal->id) return unknown("token", ask.id);
    if (found->revoked) return Attempt{};
    Credential credential = *found;
    credential.revoked = true;
    credential.sealed.clear();
    return attempt(std::move(permit),
                   change(context, share(std::move(credential)), "token.revoked"));
  }));
  return api::Nothing{};
}

Result<api::Nothing> set_password(const Context& context, Live& live, World& world,
                                  const api::SetPassword& ask) {
  if (ask.password.size() < kPasswordBytesMin || ask.password.size() > kPasswordBytesMax)
    return invalid(
        fmt::format("a password has {} to {} bytes", kPasswordBytesMin, kPasswordBytesMax));
  HANSA_TRY(const std::string verifier, hash_password(ask.password));
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Principal* principal, find_principal(context, view, ask.name));
    HANSA_TRY(Permit permit, may_handle(context, view, *principal));
    if (principal->kind != PrincipalKind::user)
      return invalid(fmt::format("'{}' is not a user", ask.name));
    Credential credential{.id = new_id<CredentialId>(context.now),
                          .kind = CredentialKind::password,
                          .principal = principal->id,
                          .label = {},
                          .lookup = {},
                          .verifier = verifier,
                          .sealed = {},
                          .created = context.now,
                          .expires = {},
                          .revoked = false};
    Attempt out =
        attempt(std::move(permit), change(context, share(std::move(credential)), "password.set"));
    for (const auto& [old_id, entry] : view.mesh.all<Credential>())
      if (entry.noun->principal == principal->id && entry.noun->kind == CredentialKind::password)
        out.changes.push_back(removal(context, Noun(entry.noun), "password.replaced"));
    return out;
  }));
  return api::Nothing{};
}

Result<api::Token> sign_in(const Context& context, Live& live, World& world, const Sealer& sealer,
                           const api::SignIn& ask) {
  struct Known {
    PrincipalId id;
    std::string verifier;
  };
  const Known known = live.read([&](const View& view) {
    Known out{.id = {}, .verifier = impossible_verifier()};
    const auto* principal = view.mesh.named<Principal>(claim::principal(ask.name));
    if (principal == nullptr || principal->disabled) return out;
    for (const auto& [id, entry] : view.mesh.all<Credential>())
      if (entry.noun->principal == principal->id && entry.noun->kind == CredentialKind::password)
        out = {.id = principal->id, .verifier = entry.noun->verifier};
    return out;
  });
  const bool right =
      ask.password.size() <= kPasswordBytesMax && verify_password(known.verifier, ask.password);
  store::Record record{.kind = right ? "sign-in" : "sign-in.refused",
                       .who = known.id,
                       .at = context.now,
                       .subject = {},
                       .body = to_text(Json(Json::Object{{"name", ask.name.substr(0, 63)},
                                                         {"peer", context.who.peer}}))};
  HANSA_CHECK(world.store.record(std::move(record)));
  if (!right || !known.id) return denied("the name or the password is wrong");
  const NewToken made =
      make_token(sealer, known.id, "sign-in", context.now, context.now + kSessionLength);
  Context self = context;
  self.who.id = known.id;
  HANSA_CHECK(commit(self, live, world.store, [&](const View& view) -> Result<Attempt> {
    const auto* principal = view.mesh.find<Principal>(known.id);
    if (principal == nullptr) return denied("the name or the password is wrong");
    HANSA_TRY(Permit permit, may_handle(self, view, *principal));
    return attempt(std::move(permit), change(self, share(made.credential), "token.created"));
  }));
  return shown(made, ask.name);
}

Secret<std::string> new_token() {
  return Secret<std::string>(std::string(kTokenPrefix) + to_base64url(random_bytes(32)));
}

Result<void> found_organisation(const Context& context, Live& live, World& world,
                                const Sealer& sealer, std::string_view name,
                                const Secret<std::string>& token) {
  // Nobody is there yet who could be authorised: the first commit is written past the authoriser,
  // once, into an empty store only (its rows expect that nothing exists).
  const Principal administrator{.id = new_id<PrincipalId>(context.now),
                                .kind = PrincipalKind::user,
                                .name = "admin",
                                .title = "Administrator",
                                .member = true,
                                .administrator = true,
                                .disabled = false,
                                .belongs_to = {},
                                .team = {},
                                .aliases = {}};
  const Organisation organisation{
      .id = new_id<OrganisationId>(context.now), .name = std::string(name), .title = {}};
  const NewToken made =
      make_token(sealer, administrator.id, "first start", context.now, std::nullopt, token);
  Context self = context;
  self.who.id = administrator.id;
  HANSA_TRY(const Seq seq, found(self, live, world.store,
                                 {change(self, share(organisation), "organisation.founded"),
                                  change(self, share(administrator), "principal.created"),
                                  change(self, share(made.credential), "token.created")}));
  HANSA_ASSERT(seq.number == 1);
  return {};
}

}  // namespace hansa::service
