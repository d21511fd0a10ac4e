#include "service/credentials.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/limits.h"
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
constexpr std::string_view kSessionLabel = "sign-in";
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

Result<void> has_room_for_a_token(const View& view, PrincipalId principal, Time now) {
  const auto good =
      std::ranges::count_if(view.mesh.credentials_of(principal), [&](const Credential* credential) {
        return credential->kind == CredentialKind::token && !credential->revoked &&
               (!credential->expires || now < *credential->expires);
      });
  if (static_cast<std::size_t>(good) < limits::tokens_per_principal_max) return {};
  return exhausted(fmt::format("{} tokens and sessions are good already; at most {} may be", good,
                               limits::tokens_per_principal_max),
                   "keep the token instead of signing in for each call, or end some: hansa admin "
                   "token revoke");
}

// Removes tokens that ended, whose they may be: what has ended gives nobody anything. By the way of
// making one, so that they never gather; if it fails, the next one does it.
void clear_ended(const Context& context, Live& live, World& world) {
  const auto cleared = commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    Attempt out;
    const auto ended = view.mesh.ended_tokens(context.now, limits::ended_tokens_per_commit_max);
    const auto* self = view.mesh.find<Principal>(context.who.id);
    if (ended.size() < limits::ended_tokens_kept_max || self == nullptr) return out;
    HANSA_TRY(Permit permit, authorize(context, view, Action::know, on(*self), self->name));
    out.permits.push_back(std::move(permit));
    for (const Credential* credential : ended) {
      Change gone = removal(context, share(*credential), "token.ended");
      gone.event.by = credential->principal;
      out.changes.push_back(std::move(gone));
    }
    return out;
  });
  static_cast<void>(cleared);
}

// Whoever knew the password before may hold them. What the caller signed in with stays, and so do
// tokens that were made for a program.
void end_sessions(const Context& context, const View& view, PrincipalId principal, Attempt& out) {
  for (const Credential* each : view.mesh.credentials_of(principal)) {
    const bool session = each->kind == CredentialKind::token && each->label == kSessionLabel;
    if (!session || each->revoked || each->id == context.who.credential) continue;
    Credential ended = *each;
    ended.revoked = true;
    ended.sealed.clear();
    out.changes.push_back(change(context, share(std::move(ended)), "token.revoked"));
  }
}

const Credential* password_of(const View& view, const Principal& principal) {
  return view.mesh.named<Credential>(claim::password(principal.id));
}

// Whether the password was right, and the record of it, on disk before anybody is told.
Result<bool> check_password(const Context& context, World& world, SignIns& sign_ins,
                            std::string_view name, PrincipalId known, const std::string& verifier,
                            std::string_view password) {
  HANSA_CHECK(sign_ins.attempt(name, context.who.peer, context.now));
  bool right = false;
  {
    HANSA_TRY(const SignIns::Turn turn, sign_ins.turn());
    right = password.size() <= kPasswordBytesMax && verify_password(verifier, password) && known;
  }
  if (right) sign_ins.was_right(name, context.who.peer);
  store::Record record{.kind = right ? "sign-in" : "sign-in.refused",
                       .who = known,
                       .at = context.now,
                       .subject = {},
                       .body = to_text(Json(Json::Object{{"name", std::string(name.substr(0, 63))},
                                                         {"peer", context.who.peer}}))};
  HANSA_CHECK(world.store.record(std::move(record)));
  return right;
}

}  // namespace

Result<api::Tokens> list_tokens(const Context& context, const Live& live,
                                const api::ListTokens& ask) {
  return live.read([&](const View& view) -> Result<api::Tokens> {
    HANSA_TRY(const Principal* principal, find_principal(context, view, ask.name));
    HANSA_CHECK(may_handle(context, view, *principal));
    auto tokens = view.mesh.credentials_of(principal->id);
    std::erase_if(tokens, [](const Credential* c) { return c->kind != CredentialKind::token; });
    auto page = page_of<api::TokenView>(
        tokens, ask.paging, [](const Credential& c) { return to_text(c.id); },
        [](const Credential& c) {
          return api::TokenView{to_text(c.id), c.label, c.created, c.expires, c.revoked};
        });
    return api::Tokens{std::move(page.items), std::move(page.next)};
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
    HANSA_CHECK(has_room_for_a_token(view, principal->id, context.now));
    name = principal->name;
    Json details{Json::Object{{"principal", name}, {"label", ask.label}}};
    return attempt(std::move(permit),
                   change(context, share(made.credential), "token.created", std::move(details)));
  }));
  clear_ended(context, live, world);
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
                                  SignIns& sign_ins, const api::SetPassword& ask) {
  if (ask.password.size() < kPasswordBytesMin || ask.password.size() > kPasswordBytesMax)
    return invalid(
        fmt::format("a password has {} to {} bytes", kPasswordBytesMin, kPasswordBytesMax));
  struct Before {
    PrincipalId id;
    std::string verifier;  // empty: there is none
    bool administrator = false;
  };
  HANSA_TRY(const Before before, live.read([&](const View& view) -> Result<Before> {
    HANSA_TRY(const Principal* principal, find_principal(context, view, ask.name));
    HANSA_CHECK(may_handle(context, view, *principal));
    if (principal->kind != PrincipalKind::user)
      return invalid(fmt::format("'{}' is not a user", ask.name));
    const Credential* password = password_of(view, *principal);
    return Before{principal->id, password ? password->verifier : "",
                  may(context, view, Action::administer, on(*principal))};
  }));
  if (!before.verifier.empty() && !before.administrator) {
    if (ask.old.empty())
      return denied("the password before is needed", "hansa admin password NAME --change");
    HANSA_TRY(const bool right, check_password(context, world, sign_ins, ask.name, before.id,
                                               before.verifier, ask.old));
    if (!right) return denied("the password before is another one");
  }
  std::string verifier;
  {
    HANSA_TRY(const SignIns::Turn turn, sign_ins.turn());
    HANSA_TRY(verifier, hash_password(ask.password));
  }
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Principal* principal, find_principal(context, view, ask.name));
    HANSA_TRY(Permit permit, may_handle(context, view, *principal));
    const Credential* now = password_of(view, *principal);
    // What was proved was proved of that principal and that password.
    if (principal->id != before.id || (now ? now->verifier : "") != before.verifier)
      return conflict("the password was set meanwhile", "look who did it, and try again");
    Credential credential{.id = now ? now->id : new_id<CredentialId>(context.now),
                          .kind = CredentialKind::password,
                          .principal = principal->id,
                          .label = {},
                          .lookup = {},
                          .verifier = verifier,
                          .sealed = {},
                          .created = context.now,
                          .expires = {},
                          .revoked = false};
    Attempt out = attempt(std::move(permit), change(context, share(std::move(credential)),
                                                    now ? "password.replaced" : "password.set"));
    end_sessions(context, view, principal->id, out);
    return out;
  }));
  return api::Nothing{};
}

Result<api::Token> sign_in(const Context& context, Live& live, World& world, const Sealer& sealer,
                           SignIns& sign_ins, const api::SignIn& ask) {
  struct Known {
    PrincipalId id;
    std::string verifier;
  };
  const Known known = live.read([&](const View& view) {
    Known out{.id = {}, .verifier = impossible_verifier()};
    const auto* principal = view.mesh.named<Principal>(claim::principal(ask.name));
    if (principal == nullptr || principal->disabled) return out;
    if (const Credential* password = password_of(view, *principal))
      out = {.id = principal->id, .verifier = password->verifier};
    return out;
  });
  HANSA_TRY(const bool right, check_password(context, world, sign_ins, ask.name, known.id,
                                             known.verifier, ask.password));
  if (!right) return denied("the name or the password is wrong");
  const NewToken made = make_token(sealer, known.id, std::string(kSessionLabel), context.now,
                                   context.now + kSessionLength);
  Context self = context;
  self.who.id = known.id;
  HANSA_CHECK(commit(self, live, world.store, [&](const View& view) -> Result<Attempt> {
    const auto* principal = view.mesh.find<Principal>(known.id);
    const Credential* password = principal ? password_of(view, *principal) : nullptr;
    if (password == nullptr || password->verifier != known.verifier)
      return denied("the name or the password is wrong");
    HANSA_TRY(Permit permit, may_handle(self, view, *principal));
    HANSA_CHECK(has_room_for_a_token(view, known.id, context.now));
    return attempt(std::move(permit), change(self, share(made.credential), "token.created"));
  }));
  clear_ended(self, live, world);
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
  const Organisation organisation{
      .id = new_id<OrganisationId>(context.now), .name = std::string(name), .title = {}};
  const Principal administrator{.id = new_id<PrincipalId>(context.now),
                                .kind = PrincipalKind::user,
                                .name = "admin",
                                .title = "Administrator",
                                .organisation = organisation.id,
                                .administrator = true,
                                .disabled = false,
                                .belongs_to = {},
                                .team = {},
                                .aliases = {}};
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
