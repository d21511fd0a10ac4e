#include "api/use.h"

namespace hansa::api {

void describe(Fields& f, ConsumerView& v) {
  f.required("who", v.who, "its name; `unknown`: it is gone");
  f.required("kind", v.kind, "user, service_account, team, product or unknown");
  f.optional("teams", v.teams, "it is a member of, or answers to");
  f.required("port", v.port, "domain/port@major");
  f.optional("makes", v.makes, "the port that is made of what it reads");
  f.required("declared", v.declared, "by a subscription, also of its team or product");
  f.required("columns", v.columns, "that it read, as they were called then");
  f.required("reads", v.reads, "0: it is declared only");
  f.optional("first", v.first, "since the time asked for");
  f.optional("last", v.last);
  f.optional("client", v.client, "what it called itself last");
}
void describe(Fields& f, ListConsumers& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, "NAME, which is all its versions, or NAME@MAJOR");
  f.optional("since", v.since, "absent: 90 days ago");
  f.optional("mine", v.mine, "only what the caller reads itself, which anybody may see");
  describe_paging(f, v.paging);
}
void describe(Fields& f, UsageView& v) {
  f.required("at", v.at, "when the day or hour begins");
  f.required("port", v.port, "domain/port@major");
  f.required("reads", v.reads);
  f.required("readers", v.readers, "different ones");
}
void describe(Fields& f, GetUsage& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, "NAME, which is all its versions, or NAME@MAJOR");
  f.optional("since", v.since, "absent: 30 days ago");
  f.optional("hourly", v.hourly,
             "by the hour, not by the day; either is left out where nobody read");
  describe_paging(f, v.paging);
}

}  // namespace hansa::api
