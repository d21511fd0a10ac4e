#include "model/spelling.h"
#include "world/store/body/fields.h"

namespace hansa {

void describe(Fields& f, Organisation& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.optional("title", v.title);
}

void describe(Fields& f, Channel& v) {
  f.optional("channel", v.channel);
  f.optional("url", v.url);
  f.optional("tool", v.tool);
  f.optional("scope", v.scope);
}

void describe(Fields& f, Team& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.optional("title", v.title);
  f.optional("description", v.description);
  f.optional("members", v.members);
  f.optional("channels", v.channels);
  f.optional("aliases", v.aliases);
}

void describe(Fields& f, Domain& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.optional("title", v.title);
  f.optional("description", v.description);
  f.required("owner", v.owner);
  f.optional("parent", v.parent);
  f.required("visibility", v.visibility);
  f.optional("stewards", v.stewards);
  f.optional("aliases", v.aliases);
}

void describe(Fields& f, Account& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.required("domain", v.domain);
  f.required("bucket", v.bucket);
  f.required("catalog", v.catalog);
  f.optional("quota_bytes", v.quota_bytes);
  f.optional("aliases", v.aliases);
}

void describe(Fields& f, Principal& v) {
  f.required("id", v.id);
  f.required("kind", v.kind);
  f.required("name", v.name);
  f.optional("title", v.title);
  f.required("member", v.member);
  f.required("administrator", v.administrator);
  f.required("disabled", v.disabled);
  f.optional("belongs_to", v.belongs_to);
  f.optional("team", v.team);
  f.optional("aliases", v.aliases);
}

void describe(Fields& f, Credential& v) {
  f.required("id", v.id);
  f.required("kind", v.kind);
  f.required("principal", v.principal);
  f.optional("label", v.label);
  f.optional("lookup", v.lookup);
  f.optional("verifier", v.verifier);
  f.optional("sealed", v.sealed);
  f.required("created", v.created);
  f.optional("expires", v.expires);
  f.required("revoked", v.revoked);
}

}  // namespace hansa
