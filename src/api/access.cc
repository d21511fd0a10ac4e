#include "api/access.h"

namespace hansa::api {

void describe(Fields& f, StepView& v) {
  f.required("act", v.act);
  f.required("by", v.by);
  f.required("at", v.at);
  f.required("seq", v.seq, "the number of the commit");
}

void describe(Fields& f, AccessView& v) {
  f.required("id", v.id);
  f.required("number", v.number, "r-7: what people say");
  f.required("port", v.port, "domain/port");
  f.optional("majors", v.majors, "absent: all");
  f.required("grantee", v.grantee);
  f.required("grantee_kind", v.grantee_kind);
  f.optional("scope", v.scope, "what of the port; absent: all of it");
  f.required("state", v.state, "requested, active, rejected, revoked, expired or not-yet");
  f.optional("purpose", v.purpose);
  f.required("requested_by", v.requested_by);
  f.required("requested_at", v.requested_at);
  f.optional("decided_by", v.decided_by);
  f.optional("decided_at", v.decided_at);
  f.optional("reason", v.reason);
  f.optional("not_before", v.not_before);
  f.optional("until", v.until, "the moment it ends");
  f.optional("stewards", v.stewards, "who can decide");
  f.optional("usual_answer_seconds", v.usual_answer_seconds,
             "while it waits: the median of how long the domain's last requests did");
  f.optional("steps", v.steps, "the last changes, oldest first");
}

void describe(Fields& f, RequestAccess& v) {
  f.required("port", v.port, "domain/port, or domain/port@2 for one version only");
  f.required("purpose", v.purpose, "what for: the steward judges this");
  f.optional("for", v.on_behalf,
             "user:ada, service:reporting, role:, group:, team:, account:, product:domain/name; "
             "absent: the caller");
  f.optional("scope", v.scope, "what of the port; absent: all of it");
  f.optional("from", v.from, "not before");
  f.optional("until", v.until, "until when");
}

void describe(Fields& f, ListAccess& v) {
  f.optional("state", v.state);
  f.optional("port", v.port);
  f.optional("mine", v.mine, "asked by or for the caller");
  f.optional("to_decide", v.to_decide, "waiting for the caller's decision");
  describe_paging(f, v.paging);
}

void describe(Fields& f, GetAccess& v) { f.required("number", v.number); }
void describe(Fields& f, Approve& v) {
  f.required("number", v.number);
  f.optional("until", v.until, "may be earlier than asked for, never later");
  f.optional("scope", v.scope, "narrows what was asked for");
}
void describe(Fields& f, GiveReason& v) {
  f.required("number", v.number);
  f.required("reason", v.reason, "the one who asked will read it");
}
void describe(Fields& f, Renew& v) {
  f.required("number", v.number);
  f.required("until", v.until);
}
void describe(Fields& f, Explain& v) {
  f.optional("who", v.who, "a principal; absent: the caller");
  f.required("what", v.what, "domain/port");
}
void describe(Fields& f, RuleView& v) {
  f.required("rule", v.rule);
  f.required("holds", v.holds);
  f.required("says", v.says);
}
void describe(Fields& f, Explanation& v) {
  f.required("who", v.who);
  f.required("what", v.what);
  f.required("may_read", v.may_read);
  f.required("rule", v.rule, "the deciding one");
  f.required("says", v.says);
  f.optional("until", v.until);
  f.optional("rules", v.rules, "all that were looked at, in order");
  f.optional("next", v.next, "the shortest legal way in");
  f.required("owner", v.owner);
  f.optional("stewards", v.stewards);
}
void describe(Fields& f, AuditLine& v) {
  f.required("number", v.number);
  f.optional("seq", v.seq);
  f.required("at", v.at);
  f.required("kind", v.kind);
  f.required("who", v.who);
  f.optional("subject", v.subject);
  f.optional("details", v.details);
}
void describe(Fields& f, ListAudit& v) {
  f.optional("who", v.who);
  f.optional("port", v.port);
  f.optional("kind", v.kind);
  describe_paging(f, v.paging);
}

}  // namespace hansa::api
