#include "service/authority/authenticate.h"

#include "base/digest.h"
#include "base/text.h"

namespace hansa::service {

std::string token_lookup(std::string_view token) { return to_hex(sha256(token)); }

Result<Identity> authenticate(const Live& live, std::string_view token, Time now) {
  const auto refused = [] {
    return denied("the token is not valid", "sign in again: hansa login");
  };
  if (!token.starts_with(kTokenPrefix) || token.size() > 128) return refused();
  const std::string claim = claim::token(token_lookup(token));
  return live.read([&](const View& view) -> Result<Identity> {
    const auto* credential = view.mesh.named<Credential>(claim);
    if (credential == nullptr || credential->revoked || credential->kind != CredentialKind::token)
      return refused();
    if (credential->expires && *credential->expires <= now) return refused();
    const auto* principal = view.mesh.find<Principal>(credential->principal);
    if (principal == nullptr || principal->disabled) return refused();
    return Identity{principal->id, credential->id};
  });
}

std::optional<Error> ended(const View& view, CredentialId credential, Time now) {
  const auto* found = view.mesh.find<Credential>(credential);
  const auto* who = found ? view.mesh.find<Principal>(found->principal) : nullptr;
  if (found != nullptr && !found->revoked && !(found->expires && *found->expires <= now) &&
      who != nullptr && !who->disabled)
    return std::nullopt;
  return Error{Code::denied, "the token ended meanwhile", "sign in again: hansa login"};
}

}  // namespace hansa::service
