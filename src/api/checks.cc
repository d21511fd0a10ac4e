#include "api/checks.h"

namespace hansa::api {

void describe(Fields& f, CheckView& v) {
  f.required("name", v.name);
  f.required("kind", v.kind, "what of the contract demands it");
  f.optional("columns", v.columns);
  f.required("status", v.status);
  f.required("severity", v.severity, "error or warning: warnings refuse nothing");
  f.optional("measured", v.measured);
  f.optional("wanted", v.wanted, "what the measure must be");
  f.optional("why", v.why, "why it gave no measure");
}
void describe(Fields& f, CheckReport& v) {
  f.required("port", v.port);
  f.optional("snapshot", v.snapshot);
  f.required("at", v.at);
  f.optional("by", v.by);
  f.optional("publish", v.publish);
  f.required("refused", v.refused, "nothing of that data became visible");
  f.required("rows", v.rows, "that were looked at");
  f.required("passed", v.passed);
  f.required("failed", v.failed);
  f.required("warned", v.warned);
  f.required("not_run", v.not_run);
  f.optional("says", v.says, "the first few that did not pass");
  f.required("checks", v.checks);
}
void describe(Fields& f, RunChecks& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, "with @2 for its second major version");
}
void describe(Fields& f, ListChecks& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, "with @2 for its second major version");
  describe_paging(f, v.paging);
}
void describe(Fields& f, CheckRuns& v) {
  f.required("items", v.items);
  f.optional("next", v.next);
}

}  // namespace hansa::api
