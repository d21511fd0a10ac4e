#include "api/product.h"

namespace hansa::api {

void describe(Fields& f, ChannelView& v) {
  f.optional("channel", v.channel);
  f.optional("url", v.url);
  f.optional("tool", v.tool);
  f.optional("scope", v.scope);
}

void describe(Fields& f, TeamView& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.optional("title", v.title);
  f.optional("description", v.description);
  f.optional("members", v.members);
  f.optional("channels", v.channels, "how to reach the team");
  f.optional("domains", v.domains, "those it owns");
}

void describe(Fields& f, DomainView& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.optional("title", v.title);
  f.optional("description", v.description);
  f.required("owner", v.owner, "the team");
  f.optional("parent", v.parent);
  f.required("visibility", v.visibility, "of products that say nothing");
  f.optional("stewards", v.stewards);
  f.optional("accounts", v.accounts);
  f.required("products", v.products, "how many the caller may know of");
}

void describe(Fields& f, AccountView& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.required("domain", v.domain);
  f.required("owner", v.owner, "the team");
  f.required("bucket", v.bucket);
  f.required("catalog", v.catalog);
  f.optional("quota_bytes", v.quota_bytes, "0: none");
}

void describe(Fields& f, ColumnView& v) {
  f.required("name", v.name);
  f.required("type", v.type);
  f.required("required", v.required);
  f.optional("description", v.description);
}

void describe(Fields& f, DataView& v) {
  f.required("snapshot", v.snapshot);
  f.required("at", v.at);
  f.required("by", v.by);
  f.required("operation", v.operation);
  f.required("seq", v.seq, "the number of the commit that made it current");
  f.required("rows", v.rows);
  f.required("bytes", v.bytes);
  f.required("files", v.files);
  f.optional("made_by", v.made_by, "repository, commit, job, run, as the publisher said");
}

void describe(Fields& f, PortView& v) {
  f.required("id", v.id);
  f.required("ref", v.ref, "domain/port@major");
  f.required("domain", v.domain);
  f.required("product", v.product);
  f.required("name", v.name);
  f.required("major", v.major);
  f.required("is_default", v.is_default, "meant by domain/port without a version");
  f.optional("version", v.version);
  f.required("kind", v.kind);
  f.optional("description", v.description);
  f.required("visibility", v.visibility);
  f.required("hidden", v.hidden);
  f.required("readable", v.readable, "whether the caller may read its rows now");
  f.required("owner", v.owner, "the team");
  f.required("contract", v.contract);
  f.optional("data", v.data, "absent: nothing was published yet");
  f.optional("columns", v.columns);
  f.optional(
      "made", v.made,
      "ok, new or stopped: by a query of other ports; bridged: of the version that replaces it");
  f.optional("inputs", v.inputs, "the ports it is made of, of those the caller may know");
  f.optional("classification", v.classification,
             "the highest of what its rows were made of by a query");
  f.optional("slo", v.slo, "what it promises as a service: kept, at_risk, late or recovered");
  f.optional("manifest", v.manifest, "its contract as ODCS");
}

void describe(Fields& f, ProductView& v) {
  f.required("id", v.id);
  f.required("ref", v.ref, "domain/product");
  f.required("domain", v.domain);
  f.required("name", v.name);
  f.optional("title", v.title);
  f.optional("description", v.description);
  f.optional("version", v.version);
  f.optional("status", v.status);
  f.required("visibility", v.visibility);
  f.required("hidden", v.hidden);
  f.required("account", v.account);
  f.required("owner", v.owner, "the team");
  f.optional("channels", v.channels, "how to reach the owner");
  f.optional("tags", v.tags);
  f.optional("inputs", v.inputs, "the ports it is made of");
  f.optional("ports", v.ports);
  f.optional("manifest", v.manifest, "the product as ODPS");
}

void describe(Fields& f, MountView& v) {
  f.required("id", v.id);
  f.required("into", v.into);
  f.required("as", v.as);
  f.required("kind", v.kind, "port, domain or catalog");
  f.required("target", v.target);
  f.optional("ended", v.ended, "why it leads nowhere any more; absent: it does");
}

void describe(Fields& f, List& v) {
  f.optional("domain", v.domain, "only of this domain");
  describe_paging(f, v.paging);
}
void describe(Fields& f, ListAll& v) { describe_paging(f, v.paging); }
void describe(Fields& f, GetProduct& v) {
  f.required("domain", v.domain);
  f.required("product", v.product);
}
void describe(Fields& f, GetPort& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, "with @2 for its second major version");
}
void describe(Fields& f, GetNamed& v) { f.required("name", v.name); }
void describe(Fields& f, CreateMount& v) {
  f.required("target", v.target, "domain/port, domain/port@2, a domain, or an account's catalog");
  f.required("into", v.into, "the account");
  f.required("as", v.as, "schema.table for a port, a schema for a domain, a prefix for a catalog");
}
void describe(Fields& f, ListMounts& v) {
  f.optional("into", v.into, "only of this account");
  describe_paging(f, v.paging);
}
void describe(Fields& f, RemoveMount& v) { f.required("id", v.id); }

}  // namespace hansa::api
