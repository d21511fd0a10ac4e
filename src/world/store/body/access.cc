#include "model/spelling.h"
#include "world/store/body/fields.h"

namespace hansa {

void describe(Fields& f, Grantee& v) {
  f.required("kind", v.kind);
  Id<struct AnyTag> id{v.id};
  f.required("id", id);
  v.id = id.ulid;
}

void describe(Fields& f, Grant& v) {
  f.required("id", v.id);
  f.required("number", v.number);
  f.required("product", v.product);
  f.required("port", v.port);
  f.optional("majors", v.majors);
  f.required("grantee", v.grantee);
  f.required("state", v.state);
  f.optional("purpose", v.purpose);
  f.required("requested_by", v.requested_by);
  f.required("requested_at", v.requested_at);
  f.optional("decided_by", v.decided_by);
  f.optional("decided_at", v.decided_at);
  f.optional("reason", v.reason);
  f.optional("not_before", v.not_before);
  f.optional("until", v.until);
}

void describe(Fields& f, Mount& v) {
  f.required("id", v.id);
  f.required("into", v.into);
  f.required("kind", v.kind);
  f.required("schema", v.schema);
  f.optional("table", v.table);
  Id<struct AnyTag> target{v.target};
  f.required("target", target);
  v.target = target.ulid;
  f.optional("target_port", v.target_port);
  f.required("target_major", v.target_major);
}

}  // namespace hansa
