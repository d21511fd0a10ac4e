#include "api/slo.h"

namespace hansa::api {
namespace {

constexpr std::string_view kStates = "kept, at_risk, late, recovered, or not_measured";

}  // namespace

void describe(Fields& f, ObjectiveView& v) {
  f.required("property", v.property, "as the contract calls it: latency, frequency, ...");
  f.optional("element", v.element);
  f.required("value", v.value, "in words: 24 h");
  f.required("state", v.state, kStates);
  f.optional("since", v.since, "of the state, as far as it is known");
  f.optional("due", v.due, "data is due by then, or was");
  f.optional("says", v.says, "why it is not measured, or what it waits for");
}
void describe(Fields& f, SloView& v) {
  f.required("port", v.port);
  f.required("state", v.state, "the worst of its promises");
  f.optional("due", v.due, "the next data is due by then, or was");
  f.optional("data_at", v.data_at, "data came last");
  f.optional("cause", v.cause, "the late port that explains it");
  f.required("owner", v.owner, "whom to ask");
  f.required("objectives", v.objectives);
}
void describe(Fields& f, ListSlo& v) {
  f.optional("domain", v.domain, "only ports of this one");
  f.optional("state", v.state, kStates);
  describe_paging(f, v.paging);
}

}  // namespace hansa::api
