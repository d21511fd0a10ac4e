#include "api/incident.h"

#include <fmt/format.h>

#include "model/spelling.h"

namespace hansa::api {
namespace {

void describe_text(Fields& f, const std::string& text) {
  f.rule(text.size() <= incident_text_max,
         fmt::format("text: at most {} bytes", incident_text_max));
}

}  // namespace

void describe(Fields& f, IncidentUpdateView& v) {
  f.required("at", v.at);
  f.required("by", v.by);
  f.optional("text", v.text);
  f.optional("expected", v.expected);
}
void describe(Fields& f, IncidentView& v) {
  f.required("id", v.id);
  f.required("port", v.port);
  f.required("owner", v.owner, "whom to ask");
  f.required("text", v.text);
  f.required("state", v.state, "open or resolved");
  f.required("cause", v.cause);
  f.optional("issue", v.issue, "the report that it came from");
  f.required("began", v.began, "what led to it");
  f.required("opened_by", v.opened_by);
  f.required("opened_at", v.opened_at);
  f.optional("expected", v.expected, "it should be over by then");
  f.optional("updates", v.updates);
  f.optional("resolved_at", v.resolved_at);
  f.optional("resolved_by", v.resolved_by);
  f.optional("resolution", v.resolution);
  f.required("opened_after_seconds", v.opened_after_seconds, "since it began");
  f.optional("resolved_after_seconds", v.resolved_after_seconds, "since it began");
}
void describe(Fields& f, OpenIncident& v) {
  f.required("port", v.port, "DOMAIN/PORT, or DOMAIN/PORT@MAJOR");
  f.required("text", v.text, "at most 1000 bytes; everybody who reads the port sees it");
  f.optional("cause", v.cause, "late and failed: since when is known");
  f.optional("issue", v.issue, "of a problem that was reported");
  f.optional("expected", v.expected, "it should be over by then");
  describe_text(f, v.text);
}
void describe(Fields& f, ListIncidents& v) {
  f.optional("port", v.port, "only of this one");
  f.optional("state", v.state, "open or resolved");
  describe_paging(f, v.paging);
}
void describe(Fields& f, OneIncident& v) { f.required("id", v.id); }
void describe(Fields& f, UpdateIncident& v) {
  f.required("id", v.id);
  f.optional("text", v.text, "at most 1000 bytes");
  f.optional("expected", v.expected, "it should be over by then");
  describe_text(f, v.text);
}
void describe(Fields& f, ResolveIncident& v) {
  f.required("id", v.id);
  f.required("text", v.text, "at most 1000 bytes");
  describe_text(f, v.text);
}

}  // namespace hansa::api
