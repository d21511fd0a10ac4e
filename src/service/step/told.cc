#include "service/step/told.h"

#include <fmt/format.h>

#include "base/text.h"
#include "service/step/tidings.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

constexpr std::size_t kWordsBytesMax = 500;
// No version is announced to end later than that.
constexpr std::chrono::hours kFarthest{24 * 366 * 5};

}  // namespace

Result<void> check_words(std::string_view name, const std::string& text) {
  HANSA_CHECK(check_text(name, text));
  if (text.size() > kWordsBytesMax)
    return invalid(fmt::format("{} is longer than {} bytes", name, kWordsBytesMax));
  return {};
}

Result<void> check_override(bool override_, const std::string& why) {
  HANSA_CHECK(check_words("why", why));
  if (override_ && trim(why).empty())
    return invalid("say why, since somebody needs it", "--why TEXT: they will read it");
  return {};
}

Result<void> check_date(const Context& context, Time until) {
  if (until <= context.now) return invalid("the date lies in the past", "give a later one");
  if (until > context.now + kFarthest)
    return invalid("the date lies more than five years ahead", "give an earlier one");
  return {};
}

std::size_t add_notices(const Context& context, const View& view, const Port& port,
                        const Deprecation& deprecation, const std::vector<Reader>& audience,
                        const Reading& reading, Differing& differing, std::size_t max,
                        Attempt& out) {
  const ReadsBy reads(view, reading.old_reads);
  std::size_t told = 0;
  for (const Reader& reader : audience) {
    if (told == max) break;
    if (view.mesh.named<Migration>(claim::migration(port.id, reader.consumer)) != nullptr) continue;
    Migration notice{.id = new_id<MigrationId>(context.now),
                     .port = port.id,
                     .consumer = reader.consumer,
                     .because = reader.because,
                     .told_at = context.now};
    out.messages.push_back(tell_deprecated(context, view, port, deprecation, notice,
                                           reads.of(reader.consumer), differing));
    out.changes.push_back(
        change(context, share(std::move(notice)), "notice.given",
               Json::Object{{"port", view.mesh.ref_of(port)}, {"about", "deprecated"}}));
    ++told;
  }
  return told;
}

Result<std::size_t> tell_newcomers(const Context& context, Live& live, World& world, PortId port) {
  Differing differing;
  differing.look(live, port);
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
      now = add_notices(context, view, *found, *deprecation,
                        audience_of(view, *found, reading, context.now), reading, differing,
                        told_at_once, out);
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

Result<Versions> versions_of(const Context& context, const Live& live, const std::string& text) {
  return live.read([&](const View& view) -> Result<Versions> {
    HANSA_TRY(const Port* port, find_version(context, view, text));
    HANSA_TRY(const Deprecation* found, deprecation_of(view, *port));
    return Versions{port->id, found->use};
  });
}

Result<api::DeprecationView> deprecation_now(const Context& context, Live& live, World& world,
                                             const HouseRules& rules, const Versions& ids,
                                             bool whole) {
  HANSA_TRY(const Reading reading, reading_of(world.store, ids.port, ids.use, context.now));
  return live.read([&](const View& view) -> Result<api::DeprecationView> {
    const auto* port = view.mesh.find<Port>(ids.port);
    if (port == nullptr) return unknown("port", to_text(ids.port));
    HANSA_TRY(const Deprecation* found, deprecation_of(view, *port));
    return deprecation_view(context, view, *found, *port, reading, rules, whole);
  });
}

}  // namespace hansa::service
