#include "service/quarantine.h"

#include <fmt/format.h>

#include <shared_mutex>

#include "base/text.h"
#include "service/step/aside.h"
#include "service/step/concerned.h"
#include "service/step/find.h"
#include "service/step/gate.h"
#include "service/step/next_state.h"
#include "service/step/present.h"
#include "service/step/publishing.h"
#include "service/step/told.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

struct Known {
  const Port* port;
  const Table* table;
};

// Nothing is published into a retired version, but it may be restored: its batches wait for that,
// and its team may throw them away.
Action to_look(const View& view, const Port& port) {
  const auto* ends = view.mesh.find<Deprecation>(port.id);
  return ends != nullptr && ends->retired_at ? Action::manage : Action::publish;
}

// For whoever may publish there: nobody else learns whether there is anything.
Result<Known> find_table(const Context& context, const View& view, const std::string& domain,
                         const std::string& port) {
  const std::string text = domain + "/" + port;
  HANSA_TRY(const Port* found, find_port(context, view, text));
  HANSA_CHECK(authorize(context, view, to_look(view, *found), on(*found), text));
  const auto* table = view.mesh.find<Table>(found->id.ulid);
  if (table == nullptr)
    return invalid(fmt::format("{} is not a table: nothing is kept aside for it", text));
  return Known{found, table};
}

Result<const HeldBatch*> find_batch(const Known& known, const std::string& ref,
                                    const std::string& publish, Time now) {
  for (const HeldBatch* each : waiting(*known.table, now))
    if (each->run.publish == publish) return each;
  return not_found(
      fmt::format("no batch {} waits in the quarantine of {}", publish.substr(0, 40), ref),
      "hansa quarantine ls " + ref);
}

api::HeldView view_of(const View& view, const Port& port, const HeldBatch& batch, bool whole) {
  api::CheckReport report = report_of(batch.run);
  api::HeldView out{.publish = batch.run.publish,
                    .port = view.mesh.ref_of(port),
                    .at = batch.run.at,
                    .by = name_of_principal(view, batch.run.by),
                    .until = batch.run.at + Micros(held_for),
                    .mode = batch.replaces ? api::PublishMode::overwrite : api::PublishMode::append,
                    .files = batch.files,
                    .rows = batch.rows,
                    .bytes = batch.bytes,
                    .made_by = {batch.made_by.begin(), batch.made_by.end()},
                    .failed = batch.run.failed,
                    .warned = batch.run.warned,
                    .says = report.says};
  if (whole) out.checks = std::move(report.checks);
  return out;
}

// What its readers are told. Some see a part of it, and checks may be about what is hidden from
// them.
std::vector<store::Message> tell(const Context& context, const View& view,
                                 const std::vector<PortReads>& reads, const std::string& why) {
  return messages_to_readers(
      context, view, reads, "quality.overridden",
      Json::Object{
          {"why", why},
          {"next", fmt::format("whoever reads all of it sees which: hansa get checks {}",
                               view.mesh.ref_of(*view.mesh.find<Port>(reads.front().port)))}});
}

// A batch as the publish that it was; of one that was released before, enough to be told so.
struct Wanted {
  PortId port;
  api::Publish ask;
  Time held_at;
};
Result<Wanted> wanted_of(const Context& context, const Live& live, World& world, Tables& tables,
                         const api::ReleaseHeld& ask) {
  std::optional<TableState> state;
  Result<Wanted> out = live.read([&](const View& view) -> Result<Wanted> {
    HANSA_TRY(const Known known, find_table(context, view, ask.domain, ask.port));
    const std::string ref = view.mesh.ref_of(*known.port);
    if (known.table->current() != nullptr) state = *known.table->current();
    HANSA_TRY(const HeldBatch* batch, find_batch(known, ref, ask.publish, context.now));
    return Wanted{known.port->id,
                  {.publish = ask.publish,
                   .port = ref,
                   .mode = batch->replaces ? api::PublishMode::overwrite : api::PublishMode::append,
                   .files = batch->files,
                   .locations = {},
                   .made_by = {batch->made_by.begin(), batch->made_by.end()}},
                  batch->run.at};
  });
  if (out || out.error().code != Code::not_found || !state) return out;
  HANSA_TRY(const TableBase base, tables.base(world.objects, state->metadata));
  if (snapshot_of(base.metadata, ask.publish) == nullptr) return out;
  return Wanted{{},
                {.publish = ask.publish,
                 .port = fmt::format("{}/{}", ask.domain, ask.port),
                 .files = 1,
                 .locations = {},
                 .made_by = {}},
                {}};
}

}  // namespace

Result<api::HeldList> list_held(const Context& context, const Live& live,
                                const api::ListHeld& ask) {
  return live.read([&](const View& view) -> Result<api::HeldList> {
    HANSA_TRY(const Known known, find_table(context, view, ask.domain, ask.port));
    api::HeldList out;
    bool begun = ask.paging.after.empty();
    for (const HeldBatch* each : waiting(*known.table, context.now)) {
      if (!begun) {
        begun = each->run.publish == ask.paging.after;
        continue;
      }
      if (out.items.size() == ask.paging.limit) {
        out.next = out.items.back().publish;
        break;
      }
      out.items.push_back(view_of(view, *known.port, *each, false));
    }
    return out;
  });
}

Result<api::HeldView> get_held(const Context& context, const Live& live, const api::OneHeld& ask) {
  return live.read([&](const View& view) -> Result<api::HeldView> {
    HANSA_TRY(const Known known, find_table(context, view, ask.domain, ask.port));
    HANSA_TRY(const HeldBatch* batch,
              find_batch(known, view.mesh.ref_of(*known.port), ask.publish, context.now));
    return view_of(view, *known.port, *batch, true);
  });
}

Result<api::Nothing> drop_held(const Context& context, Live& live, World& world,
                               const api::OneHeld& ask) {
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Known known, find_table(context, view, ask.domain, ask.port));
    const std::string ref = view.mesh.ref_of(*known.port);
    HANSA_TRY(const HeldBatch* batch, find_batch(known, ref, ask.publish, context.now));
    HANSA_TRY(Permit permit,
              authorize(context, view, to_look(view, *known.port), on(*known.port), ref));
    Json details = held_details(ref, *batch);
    Table after = *known.table;
    HANSA_ASSERT(hansa::drop_held(after, ask.publish, context.now));
    return attempt(std::move(permit), change(context, share(std::move(after)), "quarantine.dropped",
                                             std::move(details)));
  }));
  return api::Nothing{};
}

Result<api::Published> release_held(const Context& context, Live& live, World& world,
                                    Tables& tables, const api::ReleaseHeld& ask) {
  HANSA_CHECK(check_override(ask.override_, ask.why));
  HANSA_TRY(const Wanted wanted, wanted_of(context, live, world, tables, ask));
  Release release{.despite = {}, .tells = {}, .unmoved_since = {}};
  if (wanted.ask.mode == api::PublishMode::overwrite && !ask.replace)
    release.unmoved_since = wanted.held_at;
  std::vector<PortReads> reads;
  if (ask.override_ && wanted.port) {
    HANSA_TRY(reads, reads_with(world.store, live, wanted.port, true, context.now));
    release.despite = trim(ask.why);
    release.tells = [&](const View& view) { return tell(context, view, reads, release.despite); };
  }
  const std::shared_lock staying(tables.sweeping());
  HANSA_TRY(const Target target, live.read([&](const View& view) {
    return find_open_target(context, view, wanted.ask.port);
  }));
  return published(context, live, world, tables, target, wanted.ask, &release);
}

Result<OpenedQuery> query_held(const Context& context, const Shelves& from, Running& running,
                               const api::QueryHeld& ask) {
  HowToOpen how;
  how.aside.emplace();
  HANSA_CHECK(from.live.read([&](const View& view) -> Result<void> {
    HANSA_TRY(const Known known, find_table(context, view, ask.domain, ask.port));
    const std::string ref = view.mesh.ref_of(*known.port);
    HANSA_TRY(const HeldBatch* batch, find_batch(known, ref, ask.publish, context.now));
    how.aside->port = known.port->id;
    for (std::uint32_t file = 0; file < batch->files; ++file) {
      HANSA_TRY(Location at, upload_at(known.table->location, ask.publish, file));
      how.aside->files.push_back(std::move(at));
    }
    return {};
  }));
  how.kind = "check";
  return open_query(context, from, running,
                    {.sql = ask.sql,
                     .parameters = {},
                     .catalog = {},
                     .schema = {},
                     .format = ask.format,
                     .rows_max = ask.rows_max},
                    how);
}

}  // namespace hansa::service
