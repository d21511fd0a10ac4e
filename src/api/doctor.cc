#include "api/doctor.h"

namespace hansa::api {

void describe(Fields& f, Symptom& v) {
  f.required("check", v.check);
  f.required("severity", v.severity, "an error is lost, open to others, or does not work");
  f.required("where", v.where);
  f.required("says", v.says);
  f.optional("next", v.next, "what to do about it");
}

void describe(Fields& f, Looked& v) {
  f.required("check", v.check);
  f.required("at", v.at, "how many things were looked at");
}

void describe(Fields& f, Diagnosis& v) {
  f.required("at", v.at);
  f.required("healthy", v.healthy, "nothing was found, not even a warning");
  f.required("looked", v.looked);
  f.optional("symptoms", v.symptoms);
  f.required("more", v.more, "symptoms that are not listed");
}

void describe(Fields& f, Examine& v) {
  f.optional("objects", v.objects, "look at every object that a table names; true if absent");
}

}  // namespace hansa::api
