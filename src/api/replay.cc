#include "api/replay.h"

namespace hansa::api {

void describe(Fields& f, ReplayVersion& v) {
  f.required("port", v.port, "the version whose readers' queries are tried: domain/port@1");
  f.required("on", v.on, "the version they are tried on: domain/port@2");
  f.optional("run", v.run, "run them on both and compare the rows; absent: they are bound only");
  f.optional("renamed", v.renamed, "columns that rewrites rename; absent: as was announced");
}
void describe(Fields& f, ReplayView& v) {
  f.required("port", v.port);
  f.required("on", v.on);
  f.required("ran", v.ran, "the queries were run, and not bound only");
  f.required("by", v.by);
  f.required("at", v.at);
  f.optional("renamed", v.renamed);
  f.required("same", v.same);
  f.required("binds", v.binds);
  f.required("differs", v.differs);
  f.required("breaks", v.breaks);
  f.required("not_run", v.not_run);
  f.required("left_out", v.left_out, "queries beyond the most that one replay takes");
  f.optional("queries", v.queries, "the caller's own; all of them for the owning team");
}

}  // namespace hansa::api
