#include "api/query.h"

namespace hansa::api {

void describe_format_and_kind(Fields& f, std::string& format, std::string& kind) {
  f.optional("format", format, "json, csv or parquet");
  f.optional(
      "kind", kind,
      "consumer, check, replay or preview: noted with the read; all reads count as consumption but "
      "the owning team's, and previews of the data API of 20 rows without filter and order");
  f.rule(format == "json" || format == "csv" || format == "parquet",
         "format must be json, csv or parquet");
  f.rule(kind.empty() || kind == "consumer" || kind == "check" || kind == "replay" ||
             kind == "preview",
         "kind must be consumer, check, replay or preview");
}

void describe(Fields& f, RunQuery& v) {
  f.required("sql", v.sql, "one SELECT, DESCRIBE, SUMMARIZE or SHOW");
  f.optional("parameters", v.parameters, "values for $1, $2, ...");
  f.optional("catalog", v.catalog, "the default catalog; absent: mesh");
  f.optional("schema", v.schema, "the default schema");
  describe_format_and_kind(f, v.format, v.kind);
  f.optional("rows_max", v.rows_max, "refuse a larger result");
  f.optional("seconds_max", v.seconds_max);
  f.rule(v.rows_max >= 1 && v.rows_max <= limits::query_rows_default,
         "rows_max must be 1 to 10000000");
  f.rule(v.seconds_max >= 1 && v.seconds_max <= 3600, "seconds_max must be 1 to 3600");
}

void describe(Fields& f, QueryView& v) {
  f.required("id", v.id);
  f.required("state", v.state);
  f.required("started", v.started);
  f.required("progress", v.progress, "0 to 1");
  f.required("rows", v.rows);
  f.required("bytes_scanned", v.bytes_scanned);
  f.optional("ports", v.ports);
}
void describe(Fields& f, GetQuery& v) { f.required("id", v.id); }
void describe(Fields& f, ListQueries& v) { describe_paging(f, v.paging); }
void describe(Fields& f, Queries& v) {
  f.required("items", v.items);
  f.optional("next", v.next, "give it as `after` for the next page; absent: this is the last");
}

}  // namespace hansa::api
