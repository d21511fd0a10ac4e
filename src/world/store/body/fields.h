// How each noun lies in the store: its members in order, for whoever reads or writes them (bytes.h
// of this folder). Members are only ever added, at the end and as optional ones; a changed meaning
// is a new level (body.h).
#pragma once

#include <map>
#include <string>

#include "model/channel.h"
#include "model/checks.h"
#include "model/deletion.h"
#include "model/deprecation.h"
#include "model/derivation.h"
#include "model/domain.h"
#include "model/grant.h"
#include "model/incident.h"
#include "model/issue.h"
#include "model/mount.h"
#include "model/people.h"
#include "model/product.h"
#include "model/replay.h"
#include "model/slo.h"
#include "model/spelling.h"
#include "model/subscription.h"

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
void describe(F& f, Table& v) {
  f.required("id", v.id);
  f.required("location", v.location);
  f.required("states", v.states);
  f.required("registered", v.registered);
  f.required("earlier", v.earlier);
  f.required("expiries", v.expiries);
  f.required("data_at", v.data_at);
  f.required("replaced_at", v.replaced_at);
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
void describe(F& f, CheckResult& v) {
  f.required("name", v.name);
  f.required("kind", v.kind);
  f.required("columns", v.columns);
  f.required("status", v.status);
  f.required("warns", v.warns);
  f.required("measured", v.measured);
  f.required("wanted", v.wanted);
  f.required("why", v.why);
}

template <class F>
void describe(F& f, CheckRun& v) {
  f.required("at", v.at);
  f.required("by", v.by);
  f.required("snapshot", v.snapshot);
  f.required("publish", v.publish);
  f.required("rows", v.rows);
  f.required("passed", v.passed);
  f.required("failed", v.failed);
  f.required("warned", v.warned);
  f.required("not_run", v.not_run);
  f.required("results", v.results);
}

template <class F>
void describe(F& f, Checks& v) {
  f.required("id", v.id);
  f.required("runs", v.runs);
}

template <class F>
void describe(F& f, Renamed& v) {
  f.required("from", v.from);
  f.required("to", v.to);
}

template <class F>
void describe(F& f, ReplayedQuery& v) {
  f.required("who", v.who);
  f.required("makes", v.makes);
  f.required("line", v.line);
  f.required("reads", v.reads);
  f.required("last", v.last);
  f.required("verdict", v.verdict);
  f.required("why", v.why);
  f.required("rewrite", v.rewrite);
}

template <class F>
void describe(F& f, Replay& v) {
  f.required("id", v.id);
  f.required("on", v.on);
  f.required("renamed", v.renamed);
  f.required("ran", v.ran);
  f.required("by", v.by);
  f.required("at", v.at);
  f.required("left_out", v.left_out);
  f.required("queries", v.queries);
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

template <class F>
void describe(F& f, Deprecation& v) {
  f.required("id", v.id);
  f.required("use", v.use);
  f.required("by", v.by);
  f.required("why", v.why);
  f.required("renamed", v.renamed);
  f.required("set_by", v.set_by);
  f.required("set_at", v.set_at);
  f.required("retired_at", v.retired_at);
  f.required("retired_by", v.retired_by);
  f.required("retired_why", v.retired_why);
  f.required("joined", v.joined);
}

template <class F>
void describe(F& f, Migration& v) {
  f.required("id", v.id);
  f.required("port", v.port);
  f.required("consumer", v.consumer);
  f.required("because", v.because);
  f.required("told_at", v.told_at);
  f.required("answer", v.answer);
  f.required("text", v.text);
  f.required("answered_by", v.answered_by);
  f.required("answered_at", v.answered_at);
  f.required("wanted", v.wanted);
  f.required("agreed", v.agreed);
}

template <class F>
void describe(F& f, NoticeChannel& v) {
  f.required("id", v.id);
  f.required("owner", v.owner);
  f.required("name", v.name);
  f.required("kind", v.kind);
  f.required("shown", v.shown);
  f.required("sealed_url", v.sealed_url);
  f.required("sealed_secret", v.sealed_secret);
  f.required("sealed_earlier", v.sealed_earlier);
  f.required("earlier_until", v.earlier_until);
  f.required("by", v.by);
  f.required("at", v.at);
}

template <class F>
void describe(F& f, Subscription& v) {
  f.required("id", v.id);
  f.required("port", v.port);
  f.required("pinned", v.pinned);
  f.required("subscriber", v.subscriber);
  f.required("purpose", v.purpose);
  f.required("by", v.by);
  f.required("at", v.at);
}

template <class F>
void describe(F& f, SloLine& v) {
  f.required("property", v.property);
  f.required("element", v.element);
  f.required("state", v.state);
  f.required("since", v.since);
  f.required("cause", v.cause);
}

template <class F>
void describe(F& f, Slo& v) {
  f.required("id", v.id);
  f.required("lines", v.lines);
  f.required("told", v.told);
}

template <class F>
void describe(F& f, Asker& v) {
  f.required("who", v.who);
  f.required("at", v.at);
}

template <class F>
void describe(F& f, Issue& v) {
  f.required("id", v.id);
  f.required("product", v.product);
  f.required("port", v.port);
  f.required("kind", v.kind);
  f.required("text", v.text);
  f.required("askers", v.askers);
  f.required("state", v.state);
  f.required("reply", v.reply);
  f.required("version", v.version);
  f.required("incident", v.incident);
  f.required("answered_by", v.answered_by);
  f.required("answered_at", v.answered_at);
  f.required("ended_at", v.ended_at);
}

template <class F>
void describe(F& f, IncidentUpdate& v) {
  f.required("at", v.at);
  f.required("by", v.by);
  f.required("text", v.text);
  f.required("expected", v.expected);
}

template <class F>
void describe(F& f, Incident& v) {
  f.required("id", v.id);
  f.required("port", v.port);
  f.required("text", v.text);
  f.required("cause", v.cause);
  f.required("issue", v.issue);
  f.required("began", v.began);
  f.required("opened_by", v.opened_by);
  f.required("opened_at", v.opened_at);
  f.required("expected", v.expected);
  f.required("updates", v.updates);
  f.required("resolved_at", v.resolved_at);
  f.required("resolved_by", v.resolved_by);
  f.required("resolution", v.resolution);
}

}  // namespace hansa
