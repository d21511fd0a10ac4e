// How each noun lies in the store: its members in order, for whoever reads or writes them (bytes.h
// of this folder). Members are only ever added, at the end and as optional ones; a changed meaning
// is a new level (body.h).
#pragma once

#include <map>
#include <string>

#include "model/deletion.h"
#include "model/derivation.h"
#include "model/domain.h"
#include "model/grant.h"
#include "model/mount.h"
#include "model/people.h"
#include "model/product.h"
#include "model/slo.h"
#include "model/spelling.h"
#include "world/store/body/fields_checks.h"

namespace hansa {

template <class F>
void describe(F& f, Organisation& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.required("title", v.title);
}

template <class F>
void describe(F& f, Channel& v) {
  f.required("channel", v.channel);
  f.required("url", v.url);
  f.required("tool", v.tool);
  f.required("scope", v.scope);
}

template <class F>
void describe(F& f, Team& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.required("title", v.title);
  f.required("description", v.description);
  f.required("members", v.members);
  f.required("channels", v.channels);
  f.required("aliases", v.aliases);
}

template <class F>
void describe(F& f, Domain& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.required("title", v.title);
  f.required("description", v.description);
  f.required("owner", v.owner);
  f.required("parent", v.parent);
  f.required("visibility", v.visibility);
  f.required("stewards", v.stewards);
  f.required("aliases", v.aliases);
}

template <class F>
void describe(F& f, Account& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.required("domain", v.domain);
  f.required("bucket", v.bucket);
  f.required("catalog", v.catalog);
  f.required("quota_bytes", v.quota_bytes);
  f.required("aliases", v.aliases);
}

template <class F>
void describe(F& f, Principal& v) {
  f.required("id", v.id);
  f.required("kind", v.kind);
  f.required("name", v.name);
  f.required("title", v.title);
  f.required("organisation", v.organisation);
  f.required("administrator", v.administrator);
  f.required("disabled", v.disabled);
  f.required("belongs_to", v.belongs_to);
  f.required("team", v.team);
  f.required("aliases", v.aliases);
}

template <class F>
void describe(F& f, Credential& v) {
  f.required("id", v.id);
  f.required("kind", v.kind);
  f.required("principal", v.principal);
  f.required("label", v.label);
  f.required("lookup", v.lookup);
  f.required("verifier", v.verifier);
  f.required("sealed", v.sealed);
  f.required("created", v.created);
  f.required("expires", v.expires);
  f.required("revoked", v.revoked);
}

template <class F>
void describe(F& f, InputPort& v) {
  f.required("name", v.name);
  f.required("version", v.version);
  f.required("contract", v.contract);
}

template <class F>
void describe(F& f, Product& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.required("domain", v.domain);
  f.required("account", v.account);
  f.required("title", v.title);
  f.required("description", v.description);
  f.required("version", v.version);
  f.required("status", v.status);
  f.required("visibility", v.visibility);
  f.required("hidden", v.hidden);
  f.required("tags", v.tags);
  f.required("inputs", v.inputs);
  f.required("repository", v.repository);
  f.required("manifest", v.manifest);
  f.required("aliases", v.aliases);
  f.required("deprecated", v.deprecated);
  f.required("synonyms", v.synonyms);
  f.required("reachable", v.reachable);
}

template <class F>
void describe(F& f, Port& v) {
  f.required("id", v.id);
  f.required("product", v.product);
  f.required("domain", v.domain);
  f.required("name", v.name);
  f.required("major", v.major);
  f.required("is_default", v.is_default);
  f.required("version", v.version);
  f.required("kind", v.kind);
  f.required("description", v.description);
  f.required("contract", v.contract);
  f.required("aliases", v.aliases);
  f.required("deprecated", v.deprecated);
  f.required("tags", v.tags);
  f.required("synonyms", v.synonyms);
}

// A type is its text where it has one, else its parts.
template <class F>
void describe(F& f, Type& v) {
  std::string text = F::reads                        ? ""
                     : v.kind == TypeKind::structure ? "struct"
                     : v.kind == TypeKind::list      ? "list"
                     : v.kind == TypeKind::map       ? "map"
                                                     : to_text(v);
  f.required("type", text);
  f.required("fields", v.fields);
  if constexpr (F::reads) {
    if (text == "struct" || text == "list" || text == "map") {
      v.kind = text == "struct" ? TypeKind::structure
               : text == "list" ? TypeKind::list
                                : TypeKind::map;
      return;
    }
    auto read = parse_primitive(text);
    f.rule(read && v.fields.empty() && to_text(*read) == text, "not a type");
    if (read) v = std::move(*read);
  }
}

template <class F>
void describe(F& f, Column& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.required("of", v.type);
  f.required("required", v.required);
  f.required("description", v.description);
}

template <class F>
void describe(F& f, Schema& v) {
  f.required("id", v.id);
  f.required("columns", v.columns);
}

template <class F>
void describe(F& f, Synonym& v) {
  f.required("column", v.column);
  f.required("word", v.word);
}

template <class F>
void describe(F& f, Objective& v) {
  f.required("property", v.property);
  f.required("element", v.element);
  f.required("value", v.value);
  f.required("kind", v.kind);
  f.required("seconds", v.seconds);
  f.required("schedule", v.schedule);
  f.required("not_measured", v.not_measured);
}

template <class F>
void describe(F& f, Contract& v) {
  f.required("id", v.id);
  f.required("port", v.port);
  f.required("key", v.key);
  f.required("version", v.version);
  f.required("status", v.status);
  f.required("schema", v.schema);
  f.required("manifest", v.manifest);
  f.required("classified", v.classified);
  f.required("synonyms", v.synonyms);
  f.required("objectives", v.objectives);
  f.required("tests", v.tests);
}

template <class F>
void describe(F& f, MadeOf& v) {
  f.required("port", v.port);
  f.required("state", v.state);
  f.required("level", v.demands.level);
  f.required("closed", v.demands.closed);
}

template <class F>
void describe(F& f, TableState& v) {
  f.required("metadata", v.metadata);
  f.required("snapshot", v.snapshot);
  f.required("operation", v.operation);
  f.required("at", v.at);
  f.required("by", v.by);
  f.required("rows", v.rows);
  f.required("bytes", v.bytes);
  f.required("files", v.files);
  f.required("made_by", v.made_by);
  f.required("seq", v.seq);
  f.required("made_of", v.made_of);
}

template <class F>
void describe(F& f, Expiry& v) {
  f.required("metadata", v.metadata);
  f.required("at", v.at);
  f.required("by", v.by);
  f.required("until", v.until);
  f.required("snapshots", v.snapshots);
  f.required("files", v.files);
  f.required("bytes", v.bytes);
}

template <class F>
void describe(F& f, HeldBatch& v) {
  f.required("run", v.run);
  f.required("replaces", v.replaces);
  f.required("files", v.files);
  f.required("rows", v.rows);
  f.required("bytes", v.bytes);
  f.required("made_by", v.made_by);
  f.required("dropped", v.dropped);
}

template <class F>
void describe(F& f, Table& v) {
  f.required("id", v.id);
  f.required("location", v.location);
  f.required("states", v.states);
  f.required("registered", v.registered);
  f.required("earlier", v.earlier);
  f.required("expiries", v.expiries);
  f.required("data_at", v.data_at);
  f.required("replaced_at", v.replaced_at);
  f.required("held", v.held);
}

template <class F>
void describe(F& f, Grantee& v) {
  f.required("kind", v.kind);
  f.required("id", v.id);
}

template <class F>
void describe(F& f, GrantStep& v) {
  f.required("act", v.act);
  f.required("by", v.by);
  f.required("at", v.at);
  f.required("seq", v.seq);
}

// As the JSON that people know it by; nothing for all of a port.
template <class F>
void describe_scope(F& f, Scope& scope) {
  std::string text = scope.empty() ? std::string() : to_text(to_json(scope));
  f.required("scope", text);
  if (!F::reads || text.empty()) return;
  const auto json = parse_json(text);
  auto read = json ? from_json<Scope>(*json) : std::unexpected(json.error());
  const bool canonical = read && to_text(to_json(*read)) == text;
  f.rule(canonical, "a scope that cannot be read");
  if (canonical) scope = *std::move(read);
}

template <class F>
void describe(F& f, Grant& v) {
  f.required("id", v.id);
  f.required("number", v.number);
  f.required("product", v.product);
  f.required("port", v.port);
  f.required("majors", v.majors);
  f.required("grantee", v.grantee);
  describe_scope(f, v.scope);
  f.required("state", v.state);
  f.required("purpose", v.purpose);
  f.required("requested_by", v.requested_by);
  f.required("requested_at", v.requested_at);
  f.required("decided_by", v.decided_by);
  f.required("decided_at", v.decided_at);
  f.required("reason", v.reason);
  f.required("not_before", v.not_before);
  f.required("until", v.until);
  f.required("steps", v.steps);
  f.required("carried", v.carried);
  f.required("prompted_at", v.prompted_at);
}

template <class F>
void describe(F& f, Mount& v) {
  f.required("id", v.id);
  f.required("into", v.into);
  f.required("kind", v.kind);
  f.required("schema", v.schema);
  f.required("table", v.table);
  f.required("target", v.target);
  f.required("target_port", v.target_port);
  f.required("target_major", v.target_major);
  f.required("ended", v.ended);
}

template <class F>
void describe(F& f, NamedTable& v) {
  f.required("catalog", v.catalog);
  f.required("schema", v.schema);
  f.required("name", v.name);
}

template <class F>
void describe(F& f, SourceRead& v) {
  f.required("port", v.port);
  f.required("version", v.version);
  f.required("state", v.state);
  f.required("part", v.part);
  f.required("columns", v.columns);
}

template <class F>
void describe(F& f, Derivation& v) {
  f.required("id", v.id);
  f.required("sql", v.sql);
  f.required("catalog", v.catalog);
  f.required("schema", v.schema);
  f.required("runs_as", v.runs_as);
  f.required("every_seconds", v.every_seconds);
  f.required("set_by", v.set_by);
  f.required("set_at", v.set_at);
  f.required("tables", v.tables);
  f.required("sources", v.sources);
  f.required("moves", v.moves);
  f.required("snapshot", v.snapshot);
  f.required("ran_at", v.ran_at);
  f.required("stopped", v.stopped);
  f.required("next", v.next);
  f.required("stopped_at", v.stopped_at);
}

template <class F>
void describe(F& f, Deletion& v) {
  f.required("id", v.id);
  f.required("kind", v.kind);
  f.required("name", v.name);
  f.required("domain", v.domain);
  f.required("hidden", v.hidden);
  f.required("bucket", v.bucket);
  f.required("by", v.by);
  f.required("at", v.at);
  f.required("why", v.why);
  f.required("plan", v.plan);
}

}  // namespace hansa
