#include "service/notices.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "service/authority/commit.h"
#include "service/step/answering.h"
#include "service/step/migration.h"
#include "service/step/replayed.h"
#include "service/step/tidings.h"
#include "service/step/told.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

// Who was told, in whose name the caller may speak: the one that is named, or the only one.
Result<const Migration*> own_notice(const Context& context, const View& view, const Port& port,
                                    const std::string& on_behalf) {
  std::vector<const Migration*> own;
  for (const Migration* each : view.mesh.migrations_of(port.id)) {
    if (!policy::benefits(view.rights, view.mesh, context.who.id, each->consumer)) continue;
    if (on_behalf.empty() || written(view, each->consumer) == on_behalf ||
        written(view, each->consumer) == "user:" + on_behalf)
      own.push_back(each);
  }
  if (own.size() == 1) return own.front();
  const std::string ref = view.mesh.ref_of(port);
  if (own.empty())
    return not_found(fmt::format("you were told nothing about {}", ref),
                     "hansa get notices lists what you were told");
  // As oneself, if that is one of them.
  for (const Migration* each : own)
    if (on_behalf.empty() && each->consumer.id == context.who.id.ulid) return each;
  std::vector<std::string> names;
  for (const Migration* each : own) names.push_back(written(view, each->consumer));
  return invalid(fmt::format("you were told about {} as {}", ref, join(names, ", ")),
                 "say for whom you answer: --for NAME");
}

api::NoticeView notice_view(const Context& context, const View& view, const Migration& migration,
                            const Deprecation& deprecation, const Port& port,
                            const Reading& reading, const HouseRules& rules, Differing& differing) {
  const ReadsBy old_reads(view, reading.old_reads);
  const auto* use = deprecation.use ? view.mesh.find<Port>(*deprecation.use) : nullptr;
  const bool known = use != nullptr && may(context, view, Action::know, on(*use));
  api::NoticeView out{
      .id = to_text(migration.id),
      .version = deprecation_view(context, view, deprecation, port, reading, rules, false),
      .table = table_of(view, port),
      .use_table = known ? table_of(view, *use) : "",
      .changes = {},
      .queries = {},
      .next = {}};
  if (known)
    out.changes = differing.words(view, deprecation, old_reads.of(migration.consumer).columns,
                                  limits::columns_max);
  if (known) out.queries = own_queries(context, view, port.id, deprecation.use);
  out.version.consumers = {
      consumer_view(context, view, migration, old_reads, ReadsBy(view, reading.new_reads))};
  out.next = deprecation.retired_at
                 ? (known ? fmt::format("use {}", out.use_table) : "ask its owner")
                 : fmt::format(
                       "hansa answer {} --moved, --until DATE, --not-mine or --question "
                       "TEXT",
                       out.version.port);
  if (!out.queries.empty())
    out.next += fmt::format("\nyour own queries on it: hansa replay {}", out.version.port);
  return out;
}

}  // namespace

Result<api::ToldView> answer_notice(const Context& context, Live& live, World& world,
                                    const api::AnswerNotice& ask) {
  HANSA_TRY(const Versions ids, versions_of(context, live, ask.domain + "/" + ask.port));
  HANSA_TRY(const Reading reading, reading_of(world.store, ids.port, ids.use, context.now));
  api::ToldView out;
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Port* port, find_version(context, view, ask.domain + "/" + ask.port));
    HANSA_TRY(const Deprecation* found, deprecation_of(view, *port));
    HANSA_TRY(const Migration* own, own_notice(context, view, *port, ask.on_behalf));
    HANSA_TRY(Migration after, answered(context, *own, *found, ask));
    out = consumer_view(context, view, after, ReadsBy(view, reading.old_reads),
                        ReadsBy(view, reading.new_reads));
    Attempt attempt;
    // Whoever was told may know the version; what it says is its own.
    HANSA_TRY(Permit permit,
              authorize(context, view, Action::know, on(*port), view.mesh.ref_of(*port)));
    attempt.permits.push_back(std::move(permit));
    add_answer(context, view, *port, *found, std::move(after), {}, attempt);
    return attempt;
  }));
  return out;
}

Result<api::PageOf<api::NoticeView>> list_notices(const Context& context, Live& live, World& world,
                                                  const HouseRules& rules, const api::List& ask) {
  struct Told {
    MigrationId id;
    PortId port;
    std::optional<PortId> use;
  };
  auto all = live.read([&](const View& view) {
    std::vector<Told> out;
    for (const auto& [id, entry] : view.mesh.all<Migration>()) {
      const Migration& each = *entry.noun;
      const auto* port = view.mesh.find<Port>(each.port);
      const auto* deprecation = view.mesh.find<Deprecation>(each.port);
      if (port == nullptr || deprecation == nullptr ||
          !policy::benefits(view.rights, view.mesh, context.who.id, each.consumer))
        continue;
      if (ask.domain.empty() || view.mesh.ref_of(*port).starts_with(ask.domain + "/"))
        out.push_back({each.id, each.port, deprecation->use});
    }
    return out;
  });
  std::ranges::sort(all, {}, [](const Told& each) { return to_text(each.id); });
  Differing differing;
  api::PageOf<api::NoticeView> page;
  for (const Told& told : all) {
    if (to_text(told.id) <= ask.paging.after) continue;
    if (page.items.size() == ask.paging.limit) {
      page.next = page.items.back().id;
      break;
    }
    HANSA_TRY(const Reading reading, reading_of(world.store, told.port, told.use, context.now));
    differing.look(live, told.port, told.use);
    live.read([&](const View& view) {
      const auto* migration = view.mesh.find<Migration>(told.id);
      const auto* deprecation = view.mesh.find<Deprecation>(told.port);
      const auto* port = view.mesh.find<Port>(told.port);
      if (migration != nullptr && deprecation != nullptr && port != nullptr)
        page.items.push_back(
            notice_view(context, view, *migration, *deprecation, *port, reading, rules, differing));
      return 0;
    });
  }
  return page;
}

}  // namespace hansa::service
