#include "service/step/next_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/limits.h"
#include "base/text.h"
#include "iceberg/append.h"
#include "iceberg/metadata_json.h"
#include "iceberg/types.h"
#include "iceberg/update.h"
#include "model/held.h"
#include "model/lineage.h"
#include "model/states.h"
#include "service/authority/commit.h"
#include "service/step/derived.h"
#include "service/step/find.h"
#include "service/step/plan_bridge.h"
#include "service/step/promises.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

std::string uuid_text() {
  const std::string hex = to_hex(random_bytes(16));
  return fmt::format("{}-{}-4{}-a{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(13, 3),
                     hex.substr(17, 3), hex.substr(20, 12));
}

iceberg::Stamp new_stamp(Time now) {
  return {.snapshot_id = static_cast<std::int64_t>(random_u64() >> 1 | 1),
          .commit_uuid = uuid_text(),
          .now = now};
}

// A contract that gained columns: the table's schema follows, so that readers by Iceberg see them
// too.
Result<void> follow_contract(iceberg::TableMetadata& metadata, const Schema& contract, Time now) {
  if (iceberg::current_schema(metadata).columns == contract.columns) return {};
  const std::vector<iceberg::Update> updates{
      iceberg::AddSchema{contract, {}}, iceberg::SetCurrentSchema{},
      iceberg::SetProperties{
          {{std::string(iceberg::kNameMapping), iceberg::name_mapping(contract)}}}};
  HANSA_TRY(metadata, iceberg::apply(std::move(metadata), updates, now));
  return {};
}

Result<TableBase> base_of(World& world, Tables& tables, const Target& target, Time now,
                          std::optional<TableBase> have) {
  TableBase base;
  if (have) {
    base = *std::move(have);
    HANSA_CHECK(follow_contract(base.metadata, target.schema, now));
  } else if (target.state) {
    HANSA_TRY(base, tables.base(world.objects, target.state->metadata));
    HANSA_CHECK(follow_contract(base.metadata, target.schema, now));
  } else {
    HANSA_TRY(base.metadata, iceberg::create_table({.location = target.location,
                                                    .uuid = uuid_text(),
                                                    .schema = target.schema,
                                                    .identifier_fields = {},
                                                    .spec = {},
                                                    .order = {},
                                                    .properties = {},
                                                    .now = now}));
  }
  return base;
}

void note(iceberg::Staged& staged, const api::Publish& ask) {
  for (const auto& [name, value] : ask.made_by) staged.snapshot.summary["hansa." + name] = value;
  staged.snapshot.summary[std::string(kPublishNote)] = ask.publish;
  for (iceberg::Snapshot& snapshot : staged.metadata.snapshots)
    if (snapshot.id == staged.snapshot.id) snapshot.summary = staged.snapshot.summary;
}

Json details_of(const Target& target, const TableState& state) {
  return Json::Object{{"port", target.ref},
                      {"operation", state.operation},
                      {"snapshot", std::to_string(state.snapshot)},
                      {"rows", state.rows},
                      {"bytes", state.bytes},
                      {"files", state.files}};
}

Table after(const View& view, Table table, const Move& move) {
  TableState state = move.state;
  state.made_of = made_of(view.mesh, move.reads, sources_now(view));
  add_state(table, std::move(state));
  if (!keeps_rows(move.state)) table.registered.clear();
  table.registered.insert(table.registered.end(), move.registers.begin(), move.registers.end());
  std::ranges::sort(table.registered);
  const auto twice = std::ranges::unique(table.registered);
  table.registered.erase(twice.begin(), twice.end());
  return table;
}

}  // namespace

std::uint64_t summary_number(const iceberg::Snapshot& snapshot, const char* name) {
  const auto found = snapshot.summary.find(name);
  const auto number =
      found == snapshot.summary.end() ? Result<std::int64_t>(0) : parse_int(found->second);
  return number && *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
}

const iceberg::Snapshot* snapshot_of(const iceberg::TableMetadata& metadata,
                                     std::string_view publish) {
  for (const iceberg::Snapshot& snapshot : metadata.snapshots)
    if (const auto found = snapshot.summary.find(std::string(kPublishNote));
        found != snapshot.summary.end() && found->second == publish)
      return &snapshot;
  return nullptr;
}

void log_metadata(iceberg::TableMetadata& metadata, const TableState& left) {
  constexpr std::size_t kLogMax = 100;
  metadata.metadata_log.push_back({left.at.us / 1000, left.metadata});
  if (metadata.metadata_log.size() > kLogMax)
    metadata.metadata_log.erase(metadata.metadata_log.begin());
}

Result<TableState> write_state(const Context& context, World& world, Tables& tables,
                               const iceberg::TableMetadata& metadata,
                               const iceberg::Snapshot& snapshot, std::string_view operation) {
  const auto version = static_cast<std::uint32_t>(metadata.metadata_log.size());
  HANSA_TRY(const Location at, iceberg::metadata_file(metadata, version, uuid_text()));
  HANSA_CHECK(tables.write(world.objects, at, iceberg::write_metadata(metadata)));
  return TableState{.metadata = at,
                    .snapshot = snapshot.id,
                    .operation = std::string(operation),
                    .at = context.now,
                    .by = context.who.id,
                    .rows = summary_number(snapshot, "total-records"),
                    .bytes = summary_number(snapshot, "total-files-size"),
                    .files = summary_number(snapshot, "total-data-files"),
                    .made_by = {}};
}

Result<Next> stage(const Context& context, World& world, Tables& tables, const Target& target,
                   std::optional<TableBase> have, const std::vector<iceberg::DataFile>& files,
                   const api::Publish& ask) {
  const bool replace = ask.mode == api::PublishMode::overwrite;
  HANSA_TRY(TableBase base, base_of(world, tables, target, context.now, std::move(have)));
  if (replace) HANSA_CHECK(tables.add_manifests(world.objects, base));
  if (target.state) log_metadata(base.metadata, *target.state);
  const iceberg::Stamp stamp = new_stamp(context.now);
  std::vector<iceberg::OldManifest> old;
  for (const TableBase::Manifest& manifest : base.manifests)
    old.push_back({manifest.row, manifest.bytes});
  HANSA_TRY(iceberg::Staged staged, replace && !base.list.empty()
                                        ? iceberg::overwrite(base.metadata, files, old, stamp)
                                        : iceberg::append(base.metadata, files, base.list, stamp));
  note(staged, ask);
  for (const iceberg::Written& each : staged.writes)
    HANSA_CHECK(tables.write(world.objects, each.at, each.bytes));
  Next next;
  HANSA_TRY(next.state, write_state(context, world, tables, staged.metadata, staged.snapshot,
                                    replace ? "overwrite" : "append"));
  next.state.made_by.assign(ask.made_by.begin(), ask.made_by.end());
  for (const iceberg::DataFile& file : files) {
    next.added_rows += static_cast<std::uint64_t>(file.record_count);
    next.added_bytes += static_cast<std::uint64_t>(file.file_size);
  }
  if (next.state.files > limits::files_per_query_max)
    return exhausted(fmt::format("{} would have {} files; at most {} can be read", target.ref,
                                 next.state.files, limits::files_per_query_max),
                     "publish fewer, larger files, or replace the small ones with --overwrite");
  const std::uint64_t account_bytes = target.other_bytes + next.state.bytes;
  if (target.quota_bytes != 0 && account_bytes > target.quota_bytes)
    return exhausted(fmt::format("the account would hold {}, more than its quota of {}",
                                 human_bytes(account_bytes), human_bytes(target.quota_bytes)),
                     "ask an administrator for a larger quota, or publish less");
  return next;
}

Result<TableState> stage_replacement(const Context& context, World& world, Tables& tables,
                                     const Target& target,
                                     const std::vector<iceberg::DataFile>& files,
                                     const std::set<Location>& gone, const std::string& publish) {
  HANSA_TRY(TableBase base, base_of(world, tables, target, context.now, {}));
  HANSA_CHECK(tables.add_manifests(world.objects, base));
  log_metadata(base.metadata, *target.state);
  std::vector<iceberg::OldManifest> old;
  for (const TableBase::Manifest& manifest : base.manifests)
    old.push_back({manifest.row, manifest.bytes});
  HANSA_TRY(iceberg::Staged staged,
            iceberg::replace(base.metadata, files, gone, old, new_stamp(context.now)));
  note(staged, api::Publish{.publish = publish, .port = {}, .locations = {}, .made_by = {}});
  for (const iceberg::Written& each : staged.writes)
    HANSA_CHECK(tables.write(world.objects, each.at, each.bytes));
  return write_state(context, world, tables, staged.metadata, staged.snapshot, "replace");
}

Result<void> refuse_shared(const Context& context, const View& view, const Target& target,
                           const std::vector<Location>& files) {
  for (const Location& file : files) {
    const auto* table = view.mesh.named<Table>(claim::file(file));
    if (table == nullptr || table->id == target.port) continue;
    const auto* port = view.mesh.find<Port>(table->id);
    const bool known = port != nullptr && may(context, view, Action::know, on(*port));
    return conflict(fmt::format("{} belongs to {} already", file.text(),
                                known ? view.mesh.ref_of(*port) : "another port"),
                    "one file, one port");
  }
  return {};
}

std::unexpected<Error> too_busy(std::string_view ref, std::string next) {
  return conflict(fmt::format("too many others publish into {} at once", ref), std::move(next));
}

bool same_pointer(const Table& table, const std::optional<TableState>& state) {
  const TableState* current = table.current();
  return (current == nullptr) == !state &&
         (current == nullptr || current->metadata == state->metadata);
}

Result<std::optional<Seq>> move_pointer(const Context& context, Live& live, World& world,
                                        const Target& target, const Move& move) {
  bool moved_on = false;
  const auto seq = commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    const auto* found = view.mesh.find<Table>(target.port.ulid);
    const auto* port = view.mesh.find<Port>(target.port);
    if (found == nullptr || port == nullptr) return unknown("port", target.ref);
    HANSA_TRY(Permit permit, authorize(context, view, Action::publish, on(*port), target.ref));
    HANSA_CHECK(check_not_bridged(view, target.port));
    moved_on = !same_pointer(*found, target.state);
    if (moved_on) return Attempt{};
    const auto* contract = view.mesh.find<Contract>(port->contract);
    if (contract == nullptr || contract->schema != target.schema)
      return conflict(
          fmt::format("the contract of {} changed while this was published", target.ref),
          "publish again, under a new id");
    HANSA_CHECK(refuse_shared(context, view, target, move.registers));
    Table moved = after(view, *found, move);
    if (!let_go(moved, move.publish, context.now) && move.releases)
      return conflict(fmt::format("batch {} was released or dropped meanwhile", move.publish),
                      "hansa quarantine ls " + target.ref);
    auto slo = slo_change(context, view, *port, measured(view, *port, &moved, context.now));
    Attempt out = attempt(
        std::move(permit),
        change(context, share(std::move(moved)), "port.published", details_of(target, move.state)));
    if (slo) out.changes.push_back(*std::move(slo));
    out.relies_on.push_back(*view.mesh.noun("contract", port->contract.ulid));
    out.relies_on.push_back(deprecation_or_none(view, target.port));
    if (move.answer) out.answer = move.answer();
    if (!move.along) return out;
    HANSA_TRY(Attempt along, move.along(view));
    std::ranges::move(along.changes, std::back_inserter(out.changes));
    std::ranges::move(along.permits, std::back_inserter(out.permits));
    std::ranges::move(along.relies_on, std::back_inserter(out.relies_on));
    std::ranges::move(along.messages, std::back_inserter(out.messages));
    return out;
  });
  if (!seq) return std::unexpected(seq.error());
  return moved_on ? std::optional<Seq>() : std::optional(*seq);
}

}  // namespace hansa::service
