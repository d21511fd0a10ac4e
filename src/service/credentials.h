// Tokens, passwords, signing in.
#pragma once

#include "api/identity.h"
#include "base/seal.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/authority/sign_ins.h"
#include "world/world.h"

namespace hansa::service {

Result<api::Tokens> list_tokens(const Context& context, const Live& live,
                                const api::ListTokens& ask);
// Tokens of oneself, of service accounts of one's team, or, as administrator, of anybody.
Result<api::Token> create_token(const Context& context, Live& live, World& world,
                                const Sealer& sealer, const api::CreateToken& ask);
Result<api::Nothing> revoke_token(const Context& context, Live& live, World& world,
                                  const api::RevokeToken& ask);
// The password before is needed, but from an administrator. Errors: denied; exhausted: as sign_in;
// conflict: somebody else set it meanwhile.
Result<api::Nothing> set_password(const Context& context, Live& live, World& world,
                                  SignIns& sign_ins, const api::SetPassword& ask);
// The caller is nobody yet: `context.who.id` is zero. Errors: denied, the same for an unknown name
// and a wrong password, after the same work; exhausted: too many attempts (SignIns), or tokens.
Result<api::Token> sign_in(const Context& context, Live& live, World& world, const Sealer& sealer,
                           SignIns& sign_ins, const api::SignIn& ask);

// A new machine secret: 256 random bits behind the prefix that scanners know.
Secret<std::string> new_token();

// The first start: the organisation, and an administrator who proves itself with `token`. The
// caller has made the token durable before: an organisation whose only key is lost would be lost
// with it. Errors: conflict if there is an organisation already.
Result<void> found_organisation(const Context& context, Live& live, World& world,
                                const Sealer& sealer, std::string_view name,
                                const Secret<std::string>& token);

}  // namespace hansa::service
