#include "service/step/told.h"

#include <fmt/format.h>

#include "world/store/store.h"

namespace hansa::service {

std::vector<Change> notices_for(const Context& context, const View& view, const Port& port,
                                const std::vector<Reader>& audience, std::size_t max) {
  std::vector<Change> out;
  for (const Reader& reader : audience) {
    if (out.size() == max) break;
    if (view.mesh.named<Migration>(claim::migration(port.id, reader.consumer)) != nullptr) continue;
    out.push_back(change(context,
                         share(Migration{.id = new_id<MigrationId>(context.now),
                                         .port = port.id,
                                         .consumer = reader.consumer,
                                         .because = reader.because,
                                         .told_at = context.now}),
                         "notice.given",
                         Json::Object{{"port", view.mesh.ref_of(port)}, {"about", "deprecated"}}));
  }
  return out;
}

Result<std::size_t> tell_newcomers(const Context& context, Live& live, World& world, PortId port) {
  std::size_t told = 0;
  for (;;) {
    HANSA_TRY(const Reading reading, reading_of(world.store, port, {}, context.now));
    std::size_t now = 0;
    HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
      Attempt out;
      now = 0;
      const auto* found = view.mesh.find<Port>(port);
      const auto* deprecation = view.mesh.find<Deprecation>(port);
      if (found == nullptr || deprecation == nullptr) return out;
      out.changes = notices_for(context, view, *found,
                                audience_of(view, *found, reading, context.now), told_at_once);
      now = out.changes.size();
      if (now == 0) return out;
      HANSA_TRY(Permit permit,
                authorize(context, view, Action::manage, on(*found), view.mesh.ref_of(*found)));
      out.permits.push_back(std::move(permit));
      out.relies_on.push_back(*view.mesh.noun("deprecation", port.ulid));
      return out;
    }));
    told += now;
    if (now < told_at_once) return told;
  }
}

Result<api::DeprecationView> deprecation_now(const Context& context, Live& live, World& world,
                                             const HouseRules& rules, const Versions& ids) {
  HANSA_TRY(const Reading reading, reading_of(world.store, ids.port, ids.use, context.now));
  return live.read([&](const View& view) -> Result<api::DeprecationView> {
    const auto* port = view.mesh.find<Port>(ids.port);
    if (port == nullptr) return unknown("port", to_text(ids.port));
    HANSA_TRY(const Deprecation* found, deprecation_of(view, *port));
    return deprecation_view(context, view, *found, *port, reading, rules);
  });
}

}  // namespace hansa::service
