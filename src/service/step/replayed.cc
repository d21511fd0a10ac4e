#include "service/step/replayed.h"

#include "service/step/migration.h"
#include "service/step/subscribers.h"

namespace hansa::service {

bool is_callers(const Context& context, const View& view, PrincipalId who) {
  return speaks_for(context, view, {GranteeKind::service_account, who.ulid});
}

api::ReplayedView query_view(const Context& context, const View& view, const ReplayedQuery& each) {
  api::ReplayedView out{.who = named(context, view, consumer_of(view, each.who, each.makes)),
                        .makes = {},
                        .verdict = each.verdict,
                        .why = each.why,
                        .reads = each.reads,
                        .last = each.last,
                        .rewrite = each.rewrite,
                        .sql = {},
                        .rewritten = {}};
  const auto* made = view.mesh.find<Port>(each.makes);
  if (made != nullptr && may(context, view, Action::know, on(*made)))
    out.makes = view.mesh.ref_of(*made);
  return out;
}

std::vector<api::ReplayedView> own_queries(const Context& context, const View& view, PortId port,
                                           std::optional<PortId> use) {
  std::vector<api::ReplayedView> out;
  const auto* replay = view.mesh.find<Replay>(port);
  if (replay == nullptr || use != replay->on) return out;
  for (const ReplayedQuery& each : replay->queries)
    if (is_callers(context, view, each.who)) out.push_back(query_view(context, view, each));
  return out;
}

}  // namespace hansa::service
