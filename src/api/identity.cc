#include "api/identity.h"

namespace hansa::api {

void describe(Fields& f, WhoAmI& v) {
  f.required("name", v.name);
  f.optional("title", v.title);
  f.required("kind", v.kind);
  f.required("organisation", v.organisation);
  f.required("member", v.member, "false: a guest of the organisation");
  f.required("administrator", v.administrator);
  f.optional("teams", v.teams);
  f.optional("steward_of", v.steward_of,
             "domains whose restricted data this principal judges requests for");
  f.optional("belongs_to", v.belongs_to, "roles and groups");
}

void describe(Fields& f, PrincipalView& v) {
  f.required("id", v.id);
  f.required("kind", v.kind);
  f.required("name", v.name);
  f.optional("title", v.title);
  f.required("member", v.member);
  f.required("administrator", v.administrator);
  f.required("disabled", v.disabled);
  f.optional("belongs_to", v.belongs_to);
  f.optional("team", v.team);
}

void describe(Fields& f, CreatePrincipal& v) {
  f.required("kind", v.kind);
  f.required("name", v.name, "lower-case letters, digits, '_' and '-'");
  f.optional("title", v.title);
  f.optional("guest", v.guest, "not a member of the organisation: open data is not for it");
  f.optional("administrator", v.administrator);
  f.optional("belongs_to", v.belongs_to, "names of roles and groups");
  f.optional("team", v.team, "the team that answers for a service account");
}

void describe(Fields& f, ListPrincipals& v) { describe_paging(f, v.paging); }
void describe(Fields& f, Principals& v) {
  f.required("items", v.items);
  f.optional("next", v.next, "give it as `after` for the next page; absent: this is the last");
}

void describe(Fields& f, DisablePrincipal& v) {
  f.required("name", v.name);
  f.required("disabled", v.disabled);
}

void describe(Fields& f, CreateToken& v) {
  f.required("name", v.name, "of the principal");
  f.optional("label", v.label, "what it is for");
  f.optional("expires", v.expires);
}

void describe(Fields& f, Token& v) {
  f.required("id", v.id);
  f.required("principal", v.principal);
  f.optional("label", v.label);
  f.required("token", v.token, "the secret: shown once");
  f.optional("expires", v.expires);
}

void describe(Fields& f, TokenView& v) {
  f.required("id", v.id);
  f.optional("label", v.label);
  f.required("created", v.created);
  f.optional("expires", v.expires);
  f.required("revoked", v.revoked);
}

void describe(Fields& f, ListTokens& v) {
  f.required("name", v.name);
  describe_paging(f, v.paging);
}
void describe(Fields& f, Tokens& v) {
  f.required("items", v.items);
  f.optional("next", v.next);
}
void describe(Fields& f, RevokeToken& v) {
  f.required("name", v.name);
  f.required("id", v.id);
}
void describe(Fields& f, SetPassword& v) {
  f.required("name", v.name);
  f.required("password", v.password, "12 to 1024 bytes");
  f.optional("old", v.old,
             "the password before; an administrator, and who has none yet, needs none");
}
void describe(Fields& f, SignIn& v) {
  f.required("name", v.name);
  f.required("password", v.password);
}

}  // namespace hansa::api
