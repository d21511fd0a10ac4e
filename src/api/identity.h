// Who is there, and how they prove it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/route.h"
#include "model/people.h"
#include "model/spelling.h"

namespace hansa::api {

struct WhoAmI {
  std::string name;
  std::string title;
  PrincipalKind kind = PrincipalKind::user;
  std::string organisation;
  bool member = false;
  bool administrator = false;
  std::vector<std::string> teams;
  std::vector<std::string> steward_of;  // domains
  std::vector<std::string> belongs_to;  // roles and groups
};
void describe(Fields& f, WhoAmI& v);
inline constexpr Route<Nothing, WhoAmI> who_am_i{Method::get, "/api/v1/whoami", "whoAmI",
                                                 "Who the caller is", "identity"};

struct PrincipalView {
  std::string id;
  PrincipalKind kind = PrincipalKind::user;
  std::string name;
  std::string title;
  bool member = true;
  bool administrator = false;
  bool disabled = false;
  std::vector<std::string> belongs_to;
  std::string team;
};
void describe(Fields& f, PrincipalView& v);

struct CreatePrincipal {
  PrincipalKind kind = PrincipalKind::user;
  std::string name;
  std::string title;
  bool guest = false;
  bool administrator = false;
  std::vector<std::string> belongs_to;
  std::string team;  // of a service account
};
void describe(Fields& f, CreatePrincipal& v);
inline constexpr Route<CreatePrincipal, PrincipalView> create_principal{
    Method::post, "/api/v1/principals", "createPrincipal",
    "Add a user, service account, role or group", "identity"};

struct ListPrincipals {
  Paging paging;
};
void describe(Fields& f, ListPrincipals& v);
struct Principals {
  std::vector<PrincipalView> items;
  std::string next;
};
void describe(Fields& f, Principals& v);
inline constexpr Route<ListPrincipals, Principals> list_principals{
    Method::get, "/api/v1/principals", "listPrincipals",
    "Users, service accounts, roles and groups", "identity"};

struct DisablePrincipal {
  std::string name;
  bool disabled = true;
};
void describe(Fields& f, DisablePrincipal& v);
inline constexpr Route<DisablePrincipal, PrincipalView> disable_principal{
    Method::put, "/api/v1/principals/{name}/disabled", "disablePrincipal",
    "Switch a principal off or on again", "identity"};

// The secret is in this answer and nowhere else.
struct CreateToken {
  std::string name;  // of the principal
  std::string label;
  std::optional<Time> expires;
};
void describe(Fields& f, CreateToken& v);
struct Token {
  std::string id;
  std::string principal;
  std::string label;
  std::string token;
  std::optional<Time> expires;
};
void describe(Fields& f, Token& v);
inline constexpr Route<CreateToken, Token> create_token{
    Method::post, "/api/v1/principals/{name}/tokens", "createToken",
    "A new token; its secret is shown once", "identity"};

struct TokenView {
  std::string id;
  std::string label;
  Time created;
  std::optional<Time> expires;
  bool revoked = false;
};
void describe(Fields& f, TokenView& v);
struct ListTokens {
  std::string name;
  Paging paging;
};
void describe(Fields& f, ListTokens& v);
struct Tokens {
  std::vector<TokenView> items;
  std::string next;
};
void describe(Fields& f, Tokens& v);
inline constexpr Route<ListTokens, Tokens> list_tokens{
    Method::get, "/api/v1/principals/{name}/tokens", "listTokens",
    "A principal's tokens, without their secrets", "identity"};

struct RevokeToken {
  std::string name;
  std::string id;
};
void describe(Fields& f, RevokeToken& v);
inline constexpr Route<RevokeToken, Nothing> revoke_token{
    Method::delete_, "/api/v1/principals/{name}/tokens/{id}", "revokeToken", "End a token now",
    "identity"};

struct SetPassword {
  std::string name;
  std::string password;
  std::string old;  // the one before; an administrator, and who has none yet, needs none
};
void describe(Fields& f, SetPassword& v);
inline constexpr Route<SetPassword, Nothing> set_password{
    Method::put, "/api/v1/principals/{name}/password", "setPassword", "Set a user's password",
    "identity"};

struct SignIn {
  std::string name;
  std::string password;
};
void describe(Fields& f, SignIn& v);
inline constexpr Route<SignIn, Token> sign_in{Method::post, "/api/v1/sign-in", "signIn",
                                              "Exchange a name and password for a token",
                                              "identity"};

}  // namespace hansa::api
