#include "api/profile.h"

namespace hansa::api {

void describe(Fields& f, ValueCount& v) {
  f.required("value", v.value);
  f.required("count", v.count);
}
void describe(Fields& f, ColumnProfile& v) {
  f.required("name", v.name);
  f.required("type", v.type);
  f.optional("description", v.description);
  f.required("nulls", v.nulls);
  f.optional("distinct", v.distinct, "absent: nested");
  f.optional("min", v.min, "its first 80 characters");
  f.optional("max", v.max);
  f.optional("top", v.top, "the most frequent values");
}
void describe(Fields& f, Profile& v) {
  f.required("port", v.port);
  f.optional("snapshot", v.snapshot);
  f.required("rows", v.rows);
  f.required("columns", v.columns);
}
void describe(Fields& f, GetProfile& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, "with @2 for its second major version");
  f.optional("columns", v.columns, "one parameter each; absent: all");
}

}  // namespace hansa::api
