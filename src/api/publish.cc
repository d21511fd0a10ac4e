#include "api/publish.h"

namespace hansa::api {

void describe(Fields& f, Upload& v) {
  f.required("publish", v.publish, "a ULID the client chooses for the whole publish");
  f.required("file", v.file, "the file's number, from 0");
  f.required("port", v.port, "domain/port or domain/port@2");
  f.optional("kind", v.kind, "text: converted when it is published; trial: Parquet for a dry run");
  f.rule(v.file < limits::files_per_publish_max, "a publish has at most 10000 files");
}
void describe(Fields& f, Uploaded& v) {
  f.required("publish", v.publish);
  f.required("file", v.file);
  f.required("bytes", v.bytes);
  f.required("sha256", v.sha256, "hex");
}
void describe(Fields& f, FromText& v) {
  Dialect& dialect = v.dialect;
  f.required("format", dialect.format);
  f.optional("encoding", dialect.encoding, "detect follows the byte order mark, else UTF-8");
  f.optional("delimiter", dialect.delimiter,
             "one character; absent: the one of , ; tab | that line 1 has most of");
  f.optional("quote", dialect.quote);
  f.optional("escape", dialect.escape, "of a quote inside quotes; absent: the quote itself");
  f.optional("header", dialect.header, "false: line 1 is data, columns in the contract's order");
  f.optional("null", dialect.null_text, "what stands, unquoted, for null; absent: nothing");
  f.optional("decimal_comma", dialect.decimal_comma);
  f.optional("date_format", dialect.date_format, "dd.MM.yyyy; a contract's own goes first");
  f.optional("timestamp_format", dialect.timestamp_format);
  f.optional("max_rejects", v.max_rejects,
             "how many records may be refused: 10, or 0.5%; beyond it nothing is published");
  f.optional("names", v.names, "of the files, for messages");
  f.rule(v.names.size() <= limits::files_per_publish_max, "a publish has at most 10000 files");
}
void describe(Fields& f, Publish& v) {
  f.required("publish", v.publish,
             "the id its files were uploaded under; for in_place any new ULID");
  f.required("port", v.port, "domain/port or domain/port@2");
  f.optional("mode", v.mode);
  f.optional("files", v.files, "how many were uploaded");
  f.optional("locations", v.locations, "in_place: s3://BUCKET/KEY in the account's own bucket");
  f.optional("made_by", v.made_by, "repository, commit, job, run");
  f.optional("text", v.text, "the uploads are CSV or NDJSON: how they are spelt");
  f.optional("dry_run", v.dry_run,
             "convert and check it, and publish nothing; Parquet is uploaded with kind=trial");
  f.optional("quarantine", v.quarantine,
             "data that fails its checks is kept aside, for those who may publish there");
  f.rule(!v.text || v.mode != PublishMode::in_place, "only uploads are converted");
  f.rule(!v.quarantine || v.mode != PublishMode::in_place,
         "files in place lie where you put them: there is nothing to keep");
  f.rule(v.files <= limits::files_per_publish_max &&
             v.locations.size() <= limits::files_per_publish_max,
         "a publish has at most 10000 files");
  f.rule((v.mode == PublishMode::in_place) == (v.files == 0),
         "give `files` for uploads, `locations` for in_place");
  f.rule((v.mode == PublishMode::in_place) != v.locations.empty(),
         "give `files` for uploads, `locations` for in_place");
}
void describe(Fields& f, Published& v) {
  f.required("port", v.port);
  f.required("snapshot", v.snapshot);
  f.required("seq", v.seq, "the number of the commit; 0: there was nothing new to register");
  f.required("added_files", v.added_files);
  f.required("added_rows", v.added_rows);
  f.required("added_bytes", v.added_bytes);
  f.required("rows", v.rows, "of the port now");
  f.required("bytes", v.bytes);
  f.optional("replaced_rows", v.replaced_rows, "overwrite: that were there before");
  f.required("skipped_files", v.skipped_files, "in_place: registered before");
  f.required("repeated", v.repeated, "this publish had been acknowledged already");
  f.optional("rejected", v.rejected, "records of text files that were refused");
  f.optional("warnings", v.warnings, "checks of the contract that refuse nothing, or were not run");
  f.optional("columns", v.columns, "of a dry run: what the text is read as");
  f.optional("checks", v.checks, "of a dry run: what became of each check");
}
void describe(Fields& f, RejectView& v) {
  f.required("file", v.file, "its number in the publish");
  f.required("line", v.line, "of the file, from 1, where the record begins");
  f.required("last_line", v.last_line);
  f.optional("column", v.column, "absent: it is about the whole record");
  f.required("reason", v.reason);
  f.required("text", v.text, "of the record, its beginning");
}
void describe(Fields& f, ListRejects& v) {
  f.required("publish", v.publish);
  f.required("port", v.port, "domain/port or domain/port@2");
  describe_paging(f, v.paging);
}
void describe(Fields& f, RejectList& v) {
  f.required("items", v.items);
  f.optional("next", v.next, "give it as `after` for the next page; absent: this is the last");
}
void describe(Fields& f, SnapshotView& v) {
  f.required("snapshot", v.snapshot);
  f.required("seq", v.seq, "the number of the commit that made it");
  f.required("at", v.at);
  f.required("by", v.by);
  f.required("operation", v.operation);
  f.required("rows", v.rows);
  f.required("bytes", v.bytes);
  f.required("files", v.files);
  f.optional("made_by", v.made_by);
  f.required("current", v.current);
}
void describe(Fields& f, ListSnapshots& v) {
  f.required("domain", v.domain);
  f.required("port", v.port);
  describe_paging(f, v.paging);
}
void describe(Fields& f, Snapshots& v) {
  f.required("items", v.items);
  f.optional("next", v.next, "give it as `after` for the next page; absent: this is the last");
}
void describe(Fields& f, Rollback& v) {
  f.required("domain", v.domain);
  f.required("port", v.port);
  f.required("to", v.to, "the snapshot");
}

}  // namespace hansa::api
