#include "api/events.h"

namespace hansa::api {

void describe(Fields& f, EventView& v) {
  f.required("specversion", v.specversion);
  f.required("id", v.id, "the commit's number, and which of its changes");
  f.required("source", v.source);
  f.required("type", v.type);
  f.required("time", v.time);
  f.required("subject", v.subject);
  f.required("datacontenttype", v.datacontenttype);
  f.required("seq", v.seq, "the number of the commit");
  f.optional("actor", v.actor);
  f.required("data", v.data);
}

void describe(Fields& f, Events& v) {
  f.required("items", v.items);
  f.required("next", v.next, "give it as `after` to go on");
  f.required("more", v.more, "there are later commits already");
}

void describe(Fields& f, ListEvents& v) {
  f.optional("after", v.after, "only commits behind this number; absent: from the first on");
  f.optional("last", v.last, "only the last so many commits");
  f.optional("type", v.type, "only of these types, with or without \"hansa.\"");
  f.optional("limit", v.limit, "1 to 1000; a commit is never cut");
  f.rule(v.limit >= 1 && v.limit <= limits::page_items_max, "limit must be 1 to 1000");
  f.rule(!v.after || !v.last, "give after or last, not both");
}

}  // namespace hansa::api
