#include "api/deprecation.h"

namespace hansa::api {
namespace {

constexpr std::string_view kVersionSays = "a port with its version: plays@1";
constexpr std::string_view kConsumerSays =
    "a name, or kind:name: team:ads, service:reporting, product:ads/weekly";

}  // namespace

void describe(Fields& f, RenamedView& v) {
  f.required("from", v.from, "a column of the old version");
  f.required("to", v.to, "what it is called in the new one");
}
void describe(Fields& f, Deprecate& v) {
  f.required("port", v.port, "domain/port@1");
  f.optional("use", v.use, "domain/port@2, which replaces it; absent: nothing does");
  f.required("until", v.until, "it is read until then");
  f.required("why", v.why, "everybody who is told reads it");
  f.optional("renamed", v.renamed);
  f.optional("override", v.override_, "although the notice is shorter than the least");
  f.optional("bridge", v.bridge,
             "SQL: a SELECT over `next`, the version in `use`, that gives the rows of the old one; "
             "absent: as it is");
}
void describe(Fields& f, SetBridge& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, kVersionSays);
  f.required("sql", v.sql, "a SELECT over `next` that gives the rows of the old version");
}
void describe(Fields& f, ToldView& v) {
  f.required("who", v.who);
  f.required("kind", v.kind);
  f.required("name", v.name, "as `answer` and `extend` take it");
  f.optional("because", v.because, "why it was told");
  f.required("standing", v.standing);
  f.required("told_at", v.told_at);
  f.required("answer", v.answer);
  f.optional("text", v.text);
  f.optional("answered_by", v.answered_by);
  f.optional("answered_at", v.answered_at);
  f.optional("wanted", v.wanted, "it asked to be served until then");
  f.optional("agreed", v.agreed, "it is served until then");
  f.required("reads", v.reads, "of the old version in the last 90 days");
  f.optional("last_read", v.last_read);
  f.optional("columns", v.columns, "that it reads of the old version");
  f.optional("client", v.client, "with which it read last");
  f.optional("last_read_new", v.last_read_new);
  f.optional("reminded_at", v.reminded_at);
  f.optional("answered_via", v.answered_via, "by a link in a mail, and whose; absent: signed in");
}
void describe(Fields& f, BrownoutView& v) {
  f.required("from", v.from);
  f.required("until", v.until);
  f.required("by", v.by);
}
void describe(Fields& f, Reminded& v) { f.required("reminded", v.reminded, "so many consumers"); }
void describe(Fields& f, BrownOut& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, kVersionSays);
  f.required("from", v.from, "a day ahead at least, and before the version ends");
  f.required("seconds", v.seconds, "60 to 3600");
}
void describe(Fields& f, CancelBrownout& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, kVersionSays);
  f.required("from", v.from, "as it was announced");
}
void describe(Fields& f, DeprecationView& v) {
  f.required("port", v.port);
  f.optional("use", v.use);
  f.required("state", v.state, "announced or retired");
  f.required("until", v.until, "as it was announced");
  f.required("last_day", v.last_day, "the latest date that was agreed, or `until`");
  f.required("why", v.why);
  f.optional("renamed", v.renamed);
  f.required("owner", v.owner);
  f.required("set_by", v.set_by);
  f.required("set_at", v.set_at);
  f.optional("retired_at", v.retired_at);
  f.optional("retired_why", v.retired_why);
  f.required("told", v.told, "so many consumers");
  f.required("moved", v.moved, "so many of them, and did not come back");
  f.required("reading", v.reading, "so many of them read the old version lately");
  f.optional("reminded_at", v.reminded_at, "by hand, all who still read it");
  f.optional("brownouts", v.brownouts, "that lie ahead, or are now: reads are refused");
  f.optional("consumers", v.consumers, "the caller's own; all of them for the owning team");
  f.optional("blockers", v.blockers, "why it cannot be retired now, for the owning team");
  f.optional("warnings", v.warnings, "what standards ask and the announcement does not keep");
  f.optional("bridged", v.bridged, "its rows are made of those of `use`");
  f.optional("bridge", v.bridge, "how: for the owning team");
}
void describe(Fields& f, OneVersion& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, kVersionSays);
}
void describe(Fields& f, AnswerNotice& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, kVersionSays);
  f.required("answer", v.answer);
  f.optional("until", v.until, "of needs_until");
  f.optional("text", v.text, "the owning team reads it");
  f.optional("on_behalf", v.on_behalf, kConsumerSays);
}
void describe(Fields& f, ExtendVersion& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, kVersionSays);
  f.required("consumer", v.consumer, kConsumerSays);
  f.required("until", v.until);
}
void describe(Fields& f, RetireVersion& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, kVersionSays);
  f.optional("override", v.override_, "although somebody needs it; needs `why`");
  f.optional("why", v.why, "everybody who was told reads it");
}
void describe(Fields& f, ReplayedView& v) {
  f.required("who", v.who);
  f.optional("makes", v.makes, "the port that it makes");
  f.required("verdict", v.verdict);
  f.optional("why", v.why);
  f.required("reads", v.reads, "so many recorded reads are like it, but for their literals");
  f.required("last", v.last);
  f.required("rewrite", v.rewrite, "written for the new version it works");
  f.optional("sql", v.sql, "for whoever wrote it, while texts are kept");
  f.optional("rewritten", v.rewritten, "the same for the new version, where that works");
}
void describe(Fields& f, NoticeView& v) {
  f.required("id", v.id);
  f.required("version", v.version);
  f.required("table", v.table, "the old version in SQL");
  f.optional("use_table", v.use_table, "the new one in SQL");
  f.optional("changes", v.changes, "what differs in the new version, of what is read");
  f.optional("queries", v.queries, "the caller's own, as they were tried on the new version last");
  f.required("next", v.next);
}
void describe(Fields& f, MoveDefault& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, "a port with the version that its bare name shall mean: plays@2");
  f.optional("override", v.override_, "although somebody would break untold; needs `why`");
  f.optional("why", v.why);
}

}  // namespace hansa::api
