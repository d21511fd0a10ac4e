#include "api/manifest.h"

namespace hansa::api {

void describe(Fields& f, ManifestFile& v) {
  f.required("name", v.name, "for messages");
  f.required("text", v.text, "YAML or JSON; several documents may stand in one file");
}
void describe(Fields& f, PlanManifests& v) { f.required("files", v.files); }
void describe(Fields& f, FindingView& v) {
  f.required("file", v.file);
  f.required("line", v.line);
  f.required("column", v.column);
  f.required("severity", v.severity, "error or warning");
  f.required("message", v.message);
  f.optional("next", v.next);
}
void describe(Fields& f, PlannedDetail& v) {
  f.required("sign", v.sign, "+, ~ or -");
  f.required("what", v.what);
  f.optional("from", v.from);
  f.optional("to", v.to);
  f.optional("verdict", v.verdict,
             "of a contract by which somebody may read already: compatible, warning or breaking");
  f.optional("why", v.why, "what its readers notice");
}
void describe(Fields& f, PlannedChange& v) {
  f.required("sign", v.sign, "+ added, ~ changed");
  f.required("kind", v.kind);
  f.required("name", v.name);
  f.optional("details", v.details);
  f.optional("verdict", v.verdict, "the worst of its details");
  f.optional("readers", v.readers, "who read by it in the last 30 days");
}
void describe(Fields& f, PlannedReader& v) {
  f.required("who", v.who);
  f.required("reads", v.reads);
  f.required("last", v.last);
  f.required("columns", v.columns, "that it read");
  f.optional("hit", v.hit, "changes that break what it reads; absent: it does not notice");
}
void describe(Fields& f, BlockedView& v) {
  f.required("name", v.name);
  f.required("why", v.why);
  f.optional("next", v.next);
}
void describe(Fields& f, PlanView& v) {
  f.required("changes", v.changes);
  f.optional("blocked", v.blocked, "while there is one, apply refuses all of it");
  f.optional("findings", v.findings);
  f.required("adds", v.adds);
  f.required("updates", v.updates);
  f.required("digest", v.digest, "give it to apply, and exactly this is applied or nothing");
}
void describe(Fields& f, ApplyManifests& v) {
  f.required("files", v.files);
  f.optional("digest", v.digest, "of the plan that was reviewed");
}
void describe(Fields& f, Applied& v) {
  f.required("plan", v.plan);
  f.required("seq", v.seq, "of the commit; 0: nothing changed");
}

}  // namespace hansa::api
