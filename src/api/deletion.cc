#include "api/deletion.h"

namespace hansa::api {
namespace {

constexpr std::string_view kNameSays =
    "domain/port (domain/port@2 where there are several versions), domain/product, or an account";

}  // namespace

void describe(Fields& f, PlanDeletion& v) {
  f.required("kind", v.kind);
  f.required("name", v.name, kNameSays);
}

void describe(Fields& f, GoneView& v) {
  f.required("kind", v.kind);
  f.required("name", v.name);
  f.required("snapshots", v.snapshots, "states of a table that are known");
  f.required("rows", v.rows, "as it is now");
  f.required("bytes", v.bytes, "as it is now");
}

void describe(Fields& f, HitView& v) {
  f.required("kind", v.kind, "access, request, mount, derived or subscription");
  f.required("what", v.what);
  f.required("who", v.who, "who holds it, asked for it, or owns it");
  f.required("says", v.says, "what becomes of it");
  f.required("others", v.others, "of another team than the one that owns what is deleted");
}

void describe(Fields& f, ReaderView& v) {
  f.required("who", v.who);
  f.required("reads", v.reads);
  f.required("last", v.last);
  f.required("others", v.others, "of another team than the one that owns what is deleted");
}

void describe(Fields& f, DeletionPlan& v) {
  f.required("kind", v.kind);
  f.required("name", v.name);
  f.required("id", v.id);
  f.required("goes", v.goes, "everything that goes with it");
  f.optional("hit", v.hit, "what ends with it");
  f.optional("readers", v.readers, "who read it in the last 30 days");
  f.required("more_readers", v.more_readers, "there are more records than were looked at");
  f.optional("notes", v.notes);
  f.required("snapshots", v.snapshots);
  f.required("rows", v.rows);
  f.required("bytes", v.bytes);
  f.required("others", v.others, "how many of `hit` and `readers` are others");
  f.required("digest", v.digest, "delete with it: what was looked at, or a conflict");
}

void describe(Fields& f, Delete& v) {
  f.required("kind", v.kind);
  f.required("name", v.name, kNameSays);
  f.required("digest", v.digest, "of the plan that was looked at");
  f.optional("override", v.override_, "although others are hit; needs `why`");
  f.optional("why", v.why, "those who are hit read it");
}

void describe(Fields& f, DeletionView& v) {
  f.required("kind", v.kind);
  f.required("name", v.name);
  f.required("id", v.id, "of what was deleted; never given again");
  f.required("at", v.at);
  f.required("by", v.by);
  f.optional("why", v.why);
  f.required("seq", v.seq, "the number of the commit");
}

}  // namespace hansa::api
