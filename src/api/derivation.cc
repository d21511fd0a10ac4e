#include "api/derivation.h"

#include "base/text.h"

namespace hansa::api {

void describe(Fields& f, SetDerivation& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, "with @2 for its second major version");
  f.required("query", v.query, "one SELECT of ports");
  f.optional("as", v.as,
             "a service account of the owning team; absent: the one it has, or the only one");
  f.optional("catalog", v.catalog, "of names that say none; absent: mesh");
  f.optional("schema", v.schema, "of names that say none");
  f.optional("every_seconds", v.every_seconds,
             "of a table: how often it is made; absent: on demand");
  f.rule(!v.query.empty() && v.query.size() <= limits::sql_bytes_max,
         "a query has 1 to 262144 bytes");
  const std::uint64_t most = Seconds(limits::derivation_every_max).count();
  f.rule(v.every_seconds <= most, "every_seconds is at most 31622400, which is 366 days");
}
void describe(Fields& f, SourceView& v) {
  f.required("port", v.port, "domain/port@major");
  f.required("version", v.version, "of its contract");
  f.optional("snapshot", v.snapshot, "that was read; absent: of a view, or nothing was there");
  f.optional("columns", v.columns, "that were read");
}
void describe(Fields& f, DerivationView& v) {
  f.required("port", v.port, "domain/port@major");
  f.required("kind", v.kind);
  f.required("as", v.as, "the service account it runs as");
  f.required("state", v.state, "ok, new (not made yet) or stopped");
  f.optional("stopped", v.stopped, "why; for its owners");
  f.optional("next", v.next, "what would help; for its owners");
  f.optional("every_seconds", v.every_seconds);
  f.optional("ran_at", v.ran_at, "when it was last made");
  f.optional("snapshot", v.snapshot, "that the last run made");
  f.required("classification", v.classification,
             "the highest of what it reads, and of what its rows were made of");
  f.optional("sources", v.sources, "of those the caller may know");
  f.optional("not_declared", v.not_declared, "read, and no input port of the product; for owners");
  f.optional("not_read", v.not_read,
             "input ports of the product that it does not read; for owners");
  f.optional("query", v.query, "for its owners");
  f.required("set_by", v.set_by);
  f.required("set_at", v.set_at);
}
void describe(Fields& f, DerivationRun& v) {
  f.required("port", v.port);
  f.required("unchanged", v.unchanged, "nothing it reads has changed: nothing was made");
  f.required("snapshot", v.snapshot);
  f.required("seq", v.seq, "the number of the commit; 0: unchanged");
  f.required("rows", v.rows, "of the port now");
  f.required("bytes", v.bytes);
}

}  // namespace hansa::api
