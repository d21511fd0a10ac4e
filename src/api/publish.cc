#include "api/publish.h"

namespace hansa::api {

void describe(Fields& f, Upload& v) {
  f.required("publish", v.publish, "a ULID the client chooses for the whole publish");
  f.required("file", v.file, "the file's number, from 0");
  f.required("port", v.port, "domain/port or domain/port@2");
  f.rule(v.file < limits::files_per_publish_max, "a publish has at most 10000 files");
}
void describe(Fields& f, Uploaded& v) {
  f.required("publish", v.publish);
  f.required("file", v.file);
  f.required("bytes", v.bytes);
  f.required("sha256", v.sha256, "hex");
}
void describe(Fields& f, Publish& v) {
  f.required("publish", v.publish,
             "the id its files were uploaded under; for in_place any new ULID");
  f.required("port", v.port, "domain/port or domain/port@2");
  f.optional("mode", v.mode);
  f.optional("files", v.files, "how many were uploaded");
  f.optional("locations", v.locations, "in_place: s3://BUCKET/KEY in the account's own bucket");
  f.optional("made_by", v.made_by, "repository, commit, job, run");
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
  f.required("skipped_files", v.skipped_files, "in_place: registered before");
  f.required("repeated", v.repeated, "this publish had been acknowledged already");
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
