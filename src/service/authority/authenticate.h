// From what a client shows to who it is.
#pragma once

#include <optional>
#include <string_view>

#include "service/authority/live.h"

namespace hansa::service {

struct Identity {
  PrincipalId principal;
  CredentialId credential;
};

// Errors: denied: no such token, or it expired, was revoked, or its principal is switched off: one
// text for all of these.
Result<Identity> authenticate(const Live& live, std::string_view token, Time now);

// Why what this credential began may not go on, or nothing: it ended, or its principal was switched
// off.
std::optional<Error> ended(const View& view, CredentialId credential, Time now);

// A token's secret begins with this, so that scanners find leaked ones.
inline constexpr std::string_view kTokenPrefix = "hansa_";
// What the store looks a token up by: a fast hash is enough for 256 random bits.
std::string token_lookup(std::string_view token);

}  // namespace hansa::service
