// As fields.h, of what happens to a mesh: checks, versions that end, who relies on what, what was
// promised and said, and where messages go.
#pragma once

#include "model/channel.h"
#include "model/checks.h"
#include "model/deprecation.h"
#include "model/incident.h"
#include "model/issue.h"
#include "model/replay.h"
#include "model/slo.h"
#include "model/standard.h"
#include "model/subscription.h"
#include "world/store/body/fields.h"

namespace hansa {

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
void describe(F& f, Brownout& v) {
  f.required("from", v.from);
  f.required("until", v.until);
  f.required("by", v.by);
  f.required("announced", v.announced);
}

template <class F>
void describe(F& f, BridgedColumn& v) {
  f.required("name", v.name);
  f.required("from", v.from);
}

template <class F>
void describe(F& f, Bridge& v) {
  f.required("sql", v.sql);
  f.required("columns", v.columns);
  f.required("set_by", v.set_by);
  f.required("set_at", v.set_at);
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
  f.required("reminded_at", v.reminded_at);
  f.required("brownouts", v.brownouts);
  f.required("bridge", v.bridge);
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
  f.required("reminded_at", v.reminded_at);
  f.required("answered_via", v.answered_via);
  f.required("spent", v.spent);
}

template <class F>
void describe(F& f, Rhythm& v) {
  f.required("digest", v.digest);
  f.required("digest_at", v.digest_at);
  f.required("zone", v.zone);
  f.required("quiet_from", v.quiet_from);
  f.required("quiet_until", v.quiet_until);
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
  f.required("rhythm", v.rhythm);
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

template <class F>
void describe(F& f, Requirement& v) {
  f.required("rule", v.rule);
  f.required("severity", v.severity);
  f.required("of", v.of);
  f.required("share", v.share);
  f.required("properties", v.properties);
  f.required("products", v.products);
  f.required("ports", v.ports);
  f.required("columns", v.columns);
  f.required("days", v.days);
}

template <class F>
void describe(F& f, Standard& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.required("title", v.title);
  f.required("description", v.description);
  f.required("domains", v.domains);
  f.required("visibility", v.visibility);
  f.required("tags", v.tags);
  f.required("requirements", v.requirements);
}

}  // namespace hansa
