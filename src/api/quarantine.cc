#include "api/quarantine.h"

namespace hansa::api {
namespace {

void describe_port(Fields& f, std::string& domain, std::string& port) {
  f.required("domain", domain);
  f.required("port", port, "with @2 for its second major version");
}

}  // namespace

void describe(Fields& f, HeldView& v) {
  f.required("publish", v.publish, "the id of the publish, and of the batch");
  f.required("port", v.port);
  f.required("at", v.at);
  f.optional("by", v.by);
  f.required("until", v.until, "it is forgotten then");
  f.required("mode", v.mode);
  f.required("files", v.files);
  f.required("rows", v.rows);
  f.required("bytes", v.bytes);
  f.optional("made_by", v.made_by);
  f.required("failed", v.failed);
  f.required("warned", v.warned);
  f.optional("says", v.says, "the first few checks that did not pass");
  f.optional("checks", v.checks, "of one batch: all that did not pass when they were run last");
}
void describe(Fields& f, ListHeld& v) {
  describe_port(f, v.domain, v.port);
  describe_paging(f, v.paging);
}
void describe(Fields& f, HeldList& v) {
  f.required("items", v.items);
  f.optional("next", v.next, "give it as `after` for the next page; absent: this is the last");
}
void describe(Fields& f, OneHeld& v) {
  describe_port(f, v.domain, v.port);
  f.required("publish", v.publish, "the id of the batch");
}
void describe(Fields& f, ReleaseHeld& v) {
  describe_port(f, v.domain, v.port);
  f.required("publish", v.publish, "the id of the batch");
  f.optional("override", v.override_, "although checks fail; needs `why`");
  f.optional("why", v.why, "everybody who read the port lately reads it");
  f.optional("replace", v.replace, "of an overwrite: also rows that came after it was held");
}
void describe(Fields& f, QueryHeld& v) {
  describe_port(f, v.domain, v.port);
  f.required("publish", v.publish, "the id of the batch");
  f.required("sql", v.sql, "one SELECT that reads the port");
  f.optional("format", v.format, "json, csv or parquet");
  f.optional("rows_max", v.rows_max, "refuse a larger result");
  f.rule(v.format == "json" || v.format == "csv" || v.format == "parquet",
         "format must be json, csv or parquet");
  f.rule(v.rows_max >= 1 && v.rows_max <= limits::query_rows_default,
         "rows_max must be 1 to 10000000");
}

}  // namespace hansa::api
