#include "api/subscription.h"

namespace hansa::api {
namespace {

constexpr std::size_t kPurposeMax = 2'000;

}  // namespace

void describe(Fields& f, SubscriptionView& v) {
  f.required("id", v.id);
  f.required("port", v.port, "domain/port@major: the version it relies on");
  f.required("pinned", v.pinned, "that version was named; else it was the default one then");
  f.required("subscriber", v.subscriber);
  f.optional("purpose", v.purpose);
  f.required("by", v.by, "who made it");
  f.required("at", v.at);
}
void describe(Fields& f, Subscribe& v) {
  f.required("port", v.port, "DOMAIN/PORT, or DOMAIN/PORT@MAJOR");
  f.optional(
      "as", v.as,
      "who relies on it: service:NAME, team:NAME or product:DOMAIN/NAME; absent: the caller");
  f.optional("purpose", v.purpose);
  f.rule(v.purpose.size() <= kPurposeMax, "purpose: at most 2000 bytes");
}
void describe(Fields& f, ListSubscriptions& v) {
  f.optional("port", v.port, "only those of this one, all its versions unless it names one");
  describe_paging(f, v.paging);
}
void describe(Fields& f, Unsubscribe& v) { f.required("id", v.id); }

}  // namespace hansa::api
