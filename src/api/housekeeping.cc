#include "api/housekeeping.h"

namespace hansa::api {

void describe(Fields& f, OldSnapshot& v) {
  f.required("snapshot", v.snapshot);
  f.required("at", v.at);
  f.required("rows", v.rows);
}
void describe(Fields& f, ExpiryView& v) {
  f.required("at", v.at);
  f.required("by", v.by);
  f.required("until", v.until, "it can be taken back before; then its files go");
  f.required("snapshots", v.snapshots);
  f.required("files", v.files, "that nothing else needs");
  f.required("bytes", v.bytes);
}
void describe(Fields& f, LeftoverView& v) {
  f.required("location", v.location);
  f.required("bytes", v.bytes);
  f.required("at", v.at);
}
void describe(Fields& f, HousekeepingPlan& v) {
  f.required("port", v.port);
  f.required("before", v.before, "what ceased to be current before: give it to expireSnapshots");
  f.required("snapshots", v.snapshots, "that may be expired");
  f.required("files", v.files, "that they alone need");
  f.required("bytes", v.bytes);
  f.optional("sample", v.sample, "the oldest ten of them");
  f.optional("kept", v.kept,
             "how many snapshots stay, by reason: current, window, named, registered, derived");
  f.optional("expiries", v.expiries, "what was expired and can be taken back");
  f.required("leftovers", v.leftovers,
             "files of the table that nothing refers to: uploads not published, what a crash left, "
             "what was expired");
  f.required("leftover_bytes", v.leftover_bytes);
  f.required("leftovers_due", v.leftovers_due, "that the next round removes");
  f.optional("leftover_sample", v.leftover_sample, "ten of them");
  f.required("small_files", v.small_files, "below 16 MiB, that compactFiles would put together");
  f.required("small_bytes", v.small_bytes);
  f.required("joined_files", v.joined_files, "how many files it would make of them");
}
void describe(Fields& f, ExpireSnapshots& v) {
  f.required("domain", v.domain);
  f.required("port", v.port);
  f.required("before", v.before, "as the plan says");
}
void describe(Fields& f, Expired& v) {
  f.required("port", v.port);
  f.required("snapshots", v.snapshots, "that were dropped; 0: there was nothing to do");
  f.required("files", v.files);
  f.required("bytes", v.bytes);
  f.optional("until", v.until, "it can be taken back before");
  f.required("seq", v.seq, "the number of the commit; 0: none was needed");
}
void describe(Fields& f, BroughtBack& v) {
  f.required("port", v.port);
  f.required("snapshots", v.snapshots);
  f.required("seq", v.seq, "the number of the commit");
}

void describe(Fields& f, Compacted& v) {
  f.required("port", v.port);
  f.required("snapshot", v.snapshot, "that it made; empty: there was nothing to do");
  f.required("seq", v.seq, "the number of the commit; 0: none was needed");
  f.required("removed_files", v.removed_files, "they stay with the snapshots before");
  f.required("added_files", v.added_files);
  f.required("rows", v.rows, "of the port, as before");
  f.required("bytes", v.bytes);
}

}  // namespace hansa::api
