// Who acts: users, service accounts, roles and groups, and what they prove themselves with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/ids.h"

namespace hansa {

enum class PrincipalKind { user, service_account, role, group };

struct Principal {
  PrincipalId id;
  PrincipalKind kind = PrincipalKind::user;
  std::string name;   // unique among all principals: [a-z][a-z0-9_-]*
  std::string title;  // "Ada, analyst"; may be empty
  // Whose member it is: the condition of the template policy by which open data is read. A guest is
  // nobody's, or a member of another organisation, and gets nothing from it.
  OrganisationId organisation;
  bool administrator = false;
  bool disabled = false;
  // Roles and groups this principal is in. A role or group is in none.
  std::vector<PrincipalId> belongs_to;
  // The team that answers for a service account.
  std::optional<TeamId> team;
  std::vector<std::string> aliases;  // earlier names; still resolve
  friend bool operator==(const Principal&, const Principal&) = default;
};

enum class CredentialKind { token, password };

// What a principal proves itself with. No secret is kept, only what verifies it.
struct Credential {
  CredentialId id;
  CredentialKind kind = CredentialKind::token;
  PrincipalId principal;
  std::string label;     // "laptop", "airflow": chosen by whoever made it
  std::string lookup;    // token: SHA-256 of the secret, hex; password: empty
  std::string verifier;  // password: argon2id; token: SCRAM-SHA-256 verifier
  std::string sealed;    // token: the secret under the installation's key, for Signature V4
  Time created;
  std::optional<Time> expires;
  bool revoked = false;
  friend bool operator==(const Credential&, const Credential&) = default;
};

}  // namespace hansa
