#include "service/publish.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/digest.h"
#include "base/limits.h"
#include "base/text.h"
#include "iceberg/append.h"
#include "iceberg/metadata_json.h"
#include "iceberg/types.h"
#include "iceberg/update.h"
#include "service/authority/commit.h"
#include "service/step/find.h"
#include "service/step/present.h"
#include "service/step/staged.h"
#include "world/object/object_store.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

constexpr int kTriesMax = 16;
constexpr Micros kPatience = std::chrono::seconds(10);
// Older states stay in the table's own metadata; the mesh keeps the last few, for pinned reads.
constexpr std::size_t kStatesMax = 32;
constexpr std::size_t kMadeByMax = 16;
// A lost reply is asked for again within minutes; a week covers a job that was paused.
constexpr Micros kRememberFor = std::chrono::hours(24 * 7);

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

std::string remember_key(const Target& target, const api::Publish& ask) {
  return "publish:" + to_text(target.port) + ":" + ask.publish;
}

constexpr std::string_view kPublishNote = "hansa.publish";

// The snapshot this publish made, whoever sent it and however long ago: the table itself remembers.
const iceberg::Snapshot* snapshot_of(const iceberg::TableMetadata& metadata,
                                     std::string_view publish) {
  for (const iceberg::Snapshot& snapshot : metadata.snapshots)
    if (const auto found = snapshot.summary.find(std::string(kPublishNote));
        found != snapshot.summary.end() && found->second == publish)
      return &snapshot;
  return nullptr;
}

Result<void> check_made_by(const api::Publish& ask) {
  if (ask.made_by.size() > kMadeByMax)
    return invalid(fmt::format("made_by has at most {} entries", kMadeByMax));
  for (const auto& [name, value] : ask.made_by) {
    HANSA_CHECK(check_name("made_by entry", name));
    HANSA_CHECK(check_text(name, value));
    if (value.size() > 1024)
      return invalid(fmt::format("made_by {} is longer than 1024 bytes", name));
  }
  return {};
}

// The objects a publish is about, and how many of them the table has already.
struct Wanted {
  std::vector<Location> files;
  std::uint64_t skipped = 0;
};

// A file that some table of the account lists already. Two tables over one file could have two
// policies.
Result<void> refuse_shared(const Live& live, World& world, Tables& tables, const Target& target,
                           const std::set<Location>& wanted) {
  struct Other {
    std::string ref;
    TableState state;
  };
  const auto others = live.read([&](const View& view) {
    std::vector<Other> out;
    for (const auto& [id, entry] : view.mesh.all<Port>()) {
      const auto* product = view.mesh.find<Product>(entry.noun->product);
      const auto* table = view.mesh.find<Table>(id);
      if (entry.noun->id == target.port || product == nullptr || product->account != target.account)
        continue;
      if (table != nullptr && table->current() != nullptr)
        out.push_back({view.mesh.ref_of(*entry.noun), *table->current()});
    }
    return out;
  });
  for (const Other& other : others) {
    HANSA_TRY(const auto files, tables.listed(world.objects, other.state));
    for (const TableFile& file : files->files)
      if (wanted.contains(file.location))
        return conflict(fmt::format("{} belongs to {} already", file.location.text(), other.ref),
                        "one file, one port");
  }
  return {};
}

// Registered in place: each lies in the account's own bucket and outside any table, is new, or is
// exactly what was registered before.
Result<Wanted> in_place(const Live& live, World& world, Tables& tables, const Target& target,
                        const api::Publish& ask) {
  Wanted out;
  std::set<Location> seen;
  for (const std::string& text : ask.locations) {
    HANSA_TRY(Location location, Location::parse(text));
    if (location.bucket() != target.bucket)
      return denied(fmt::format("{} does not lie in the account's bucket", text),
                    fmt::format("only s3://{}/... can be registered", target.bucket));
    if (location.key().starts_with("tables/"))
      return denied(fmt::format("{} belongs to a table", text),
                    "register files outside s3://BUCKET/tables/");
    if (!seen.insert(location).second)
      return invalid(fmt::format("{} stands twice in the list", text));
  }
  HANSA_CHECK(refuse_shared(live, world, tables, target, seen));
  std::shared_ptr<const TableFiles> have;
  if (target.state) {
    // Errors here are the answer too: a file changed since it was registered is named by its table.
    HANSA_TRY(have, tables.files(world.objects, *target.state));
  }
  for (const Location& location : seen) {
    HANSA_CHECK(world.objects.info(location));
    const auto known = have ? std::ranges::find(have->files, location, &TableFile::location)
                            : std::vector<TableFile>::const_iterator{};
    if (!have || known == have->files.end()) {
      out.files.push_back(location);
      continue;
    }
    ++out.skipped;  // Unchanged: tables.files has just looked.
  }
  return out;
}

Result<void> write_fingerprints(World& world, const Target& target, const Wanted& wanted,
                                const api::Publish& ask) {
  Json all{Json::Object{}};
  for (const Location& file : wanted.files) {
    HANSA_TRY(const std::string print, fingerprint(world.objects, file));
    all.set(file.text(), print);
  }
  HANSA_TRY(const Location at, fingerprints_at(target.location, ask.publish));
  HANSA_CHECK(object::write_all(world.objects, at, to_text(all), object::Taken::replace));
  return {};
}

Result<Wanted> uploaded(const Target& target, World& world, const api::Publish& ask) {
  Wanted out;
  for (std::uint32_t file = 0; file < ask.files; ++file) {
    HANSA_TRY(Location location, upload_location(target, ask.publish, file));
    if (!world.objects.info(location))
      return not_found(fmt::format("file {} of publish {} was not uploaded", file, ask.publish),
                       "upload it, then publish");
    out.files.push_back(std::move(location));
  }
  return out;
}

// What the new state of the table is made of, staged and not yet visible.
struct Next {
  TableState state;
  std::uint64_t added_rows = 0;
  std::uint64_t added_bytes = 0;
};

std::uint64_t summary_number(const iceberg::Snapshot& snapshot, const char* name) {
  const auto found = snapshot.summary.find(name);
  const auto number =
      found == snapshot.summary.end() ? Result<std::int64_t>(0) : parse_int(found->second);
  return number && *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
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

Result<TableBase> base_of(World& world, const Target& target, Time now, bool with_manifests) {
  if (target.state) {
    HANSA_TRY(TableBase base, read_base(world.objects, target.state->metadata, with_manifests));
    HANSA_CHECK(follow_contract(base.metadata, target.schema, now));
    return base;
  }
  TableBase base;
  HANSA_TRY(base.metadata, iceberg::create_table({.location = target.location,
                                                  .uuid = uuid_text(),
                                                  .schema = target.schema,
                                                  .identifier_fields = {},
                                                  .spec = {},
                                                  .order = {},
                                                  .properties = {},
                                                  .now = now}));
  return base;
}

// Writes a new metadata file and returns the state that points to it.
Result<TableState> write_state(const Context& context, World& world,
                               const iceberg::TableMetadata& metadata,
                               const iceberg::Snapshot& snapshot, std::string_view operation) {
  const auto version = static_cast<std::uint32_t>(metadata.metadata_log.size());
  HANSA_TRY(const Location at, iceberg::metadata_file(metadata, version, uuid_text()));
  HANSA_CHECK(object::write_all(world.objects, at, iceberg::write_metadata(metadata),
                                object::Taken::refuse));
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

void note(iceberg::Staged& staged, const api::Publish& ask) {
  for (const auto& [name, value] : ask.made_by) staged.snapshot.summary["hansa." + name] = value;
  staged.snapshot.summary[std::string(kPublishNote)] = ask.publish;
  for (iceberg::Snapshot& snapshot : staged.metadata.snapshots)
    if (snapshot.id == staged.snapshot.id) snapshot.summary = staged.snapshot.summary;
}

Result<Next> stage(const Context& context, World& world, const Target& target,
                   const std::vector<iceberg::DataFile>& files, const api::Publish& ask) {
  const bool replace = ask.mode == api::PublishMode::overwrite;
  HANSA_TRY(TableBase base, base_of(world, target, context.now, replace));
  if (target.state) {
    base.metadata.metadata_log.push_back({target.state->at.us / 1000, target.state->metadata});
    if (base.metadata.metadata_log.size() > 100)
      base.metadata.metadata_log.erase(base.metadata.metadata_log.begin());
  }
  const iceberg::Stamp stamp = new_stamp(context.now);
  std::vector<iceberg::OldManifest> old;
  for (const TableBase::Manifest& manifest : base.manifests)
    old.push_back({manifest.row, manifest.bytes});
  HANSA_TRY(iceberg::Staged staged, replace && !base.list.empty()
                                        ? iceberg::overwrite(base.metadata, files, old, stamp)
                                        : iceberg::append(base.metadata, files, base.list, stamp));
  note(staged, ask);
  for (const iceberg::Written& each : staged.writes)
    HANSA_CHECK(object::write_all(world.objects, each.at, each.bytes, object::Taken::refuse));
  Next next;
  HANSA_TRY(next.state, write_state(context, world, staged.metadata, staged.snapshot,
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

bool same_pointer(const Table& table, const std::optional<TableState>& state) {
  const TableState* current = table.current();
  return (current == nullptr) == !state &&
         (current == nullptr || current->metadata == state->metadata);
}

Json details_of(const Target& target, const TableState& state) {
  return Json::Object{{"port", target.ref},
                      {"operation", state.operation},
                      {"snapshot", std::to_string(state.snapshot)},
                      {"rows", state.rows},
                      {"bytes", state.bytes},
                      {"files", state.files}};
}

// Moves the pointer, unless somebody else moved it since `target` was read: then nothing is written
// and the answer is no number.
Result<std::optional<Seq>> move_pointer(
    const Context& context, Live& live, World& world, const Target& target, const TableState& state,
    const std::function<std::optional<store::Remembered>()>& answer) {
  bool moved_on = false;
  const auto seq = commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    const auto* found = view.mesh.find<Table>(target.port.ulid);
    const auto* port = view.mesh.find<Port>(target.port);
    if (found == nullptr || port == nullptr) return unknown("port", target.ref);
    HANSA_TRY(Permit permit, authorize(context, view, Action::publish, on(*port), target.ref));
    moved_on = !same_pointer(*found, target.state);
    if (moved_on) return Attempt{};
    const auto* contract = view.mesh.find<Contract>(port->contract);
    if (contract == nullptr || contract->schema != target.schema)
      return conflict(
          fmt::format("the contract of {} changed while this was published", target.ref),
          "publish again, under a new id");
    Table table = *found;
    table.states.push_back(state);
    if (table.states.size() > kStatesMax) table.states.erase(table.states.begin());
    Attempt out = attempt(std::move(permit), change(context, share(std::move(table)),
                                                    "port.published", details_of(target, state)));
    out.relies_on.push_back(*view.mesh.noun("contract", port->contract.ulid));
    out.answer = answer();
    return out;
  });
  if (!seq) return std::unexpected(seq.error());
  return moved_on ? std::optional<Seq>() : std::optional(*seq);
}

api::Published published_before(const Target& target, const iceberg::Snapshot& snapshot) {
  return {.port = target.ref,
          .snapshot = std::to_string(snapshot.id),
          .seq = 0,
          .added_files = summary_number(snapshot, "added-data-files"),
          .added_rows = summary_number(snapshot, "added-records"),
          .added_bytes = summary_number(snapshot, "added-files-size"),
          .rows = target.state->rows,
          .bytes = target.state->bytes,
          .skipped_files = 0,
          .repeated = true};
}

// The first answer, if it was lost, promised that the rows are there for whoever reads next here:
// so does this one.
Result<api::Published> answer_again(const Live& live, World& world, std::string_view remembered) {
  HANSA_TRY(const auto pending, world.store.follow(live.seq(), steady_us()));
  if (!pending.empty()) HANSA_CHECK(live.reach(pending.back().seq, kPatience));
  HANSA_TRY(const Json json, parse_json(remembered));
  HANSA_TRY(api::Published published, from_json<api::Published>(json));
  published.repeated = true;
  return published;
}

}  // namespace

Result<api::Uploaded> upload_file(const Context& context, const Live& live, World& world,
                                  const api::Upload& ask, Source& body) {
  HANSA_TRY(const Target target,
            live.read([&](const View& view) { return find_target(context, view, ask.port); }));
  HANSA_TRY(const Location at, upload_location(target, ask.publish, ask.file));
  auto writing = world.objects.write(at, object::Taken::refuse);
  if (!writing && writing.error().code != Code::conflict) return std::unexpected(writing.error());
  api::Uploaded out{.publish = ask.publish, .file = ask.file, .bytes = 0, .sha256 = {}};
  Digest digest;
  for (;;) {
    HANSA_TRY(const std::optional<Chunk> chunk, body.next(Want{}));
    if (!chunk) break;
    digest.add(chunk->bytes);
    out.bytes += chunk->bytes.size();
    if (writing) HANSA_CHECK((*writing)->write(chunk->bytes));
  }
  out.sha256 = to_hex(digest.finish());
  if (writing) {
    const auto finished = (*writing)->finish();
    if (finished) return out;
    if (finished.error().code != Code::conflict) return std::unexpected(finished.error());
  }
  // It was uploaded before: the same bytes are fine, others would change what may be visible
  // already.
  HANSA_TRY(const auto before, world.objects.read(at, 0, 0));
  Digest old;
  for (;;) {
    HANSA_TRY(const std::optional<Chunk> chunk, before->next(Want{}));
    if (!chunk) break;
    old.add(chunk->bytes);
  }
  if (to_hex(old.finish()) == out.sha256) return out;
  return conflict(fmt::format("file {} of publish {} was uploaded before with other content",
                              ask.file, ask.publish),
                  "use a new publish id");
}

Result<api::Published> publish_files(const Context& context, Live& live, World& world,
                                     Tables& tables, const api::Publish& ask) {
  HANSA_CHECK(check_made_by(ask));
  if (!parse_ulid(ask.publish))
    return invalid("the publish id is not a ULID", "26 characters, chosen by the client");
  HANSA_TRY(Target target,
            live.read([&](const View& view) { return find_target(context, view, ask.port); }));
  HANSA_TRY(const auto before,
            world.store.recall(context.who.id, remember_key(target, ask), context.now));
  if (before) return answer_again(live, world, *before);
  if (target.state) {
    HANSA_TRY(const TableBase base, read_base(world.objects, target.state->metadata, false));
    if (const auto* snapshot = snapshot_of(base.metadata, ask.publish))
      return published_before(target, *snapshot);
  }
  HANSA_TRY(const Wanted wanted, ask.mode == api::PublishMode::in_place
                                     ? in_place(live, world, tables, target, ask)
                                     : uploaded(target, world, ask));
  api::Published out{.port = target.ref,
                     .snapshot = {},
                     .seq = 0,
                     .added_files = wanted.files.size(),
                     .added_rows = 0,
                     .added_bytes = 0,
                     .rows = 0,
                     .bytes = 0,
                     .skipped_files = wanted.skipped,
                     .repeated = false};
  if (wanted.files.empty()) {
    if (target.state)
      out.snapshot = std::to_string(target.state->snapshot), out.rows = target.state->rows,
      out.bytes = target.state->bytes;
    return out;
  }
  HANSA_TRY(const auto files, inspected(context, world, target, wanted.files));
  if (ask.mode == api::PublishMode::in_place)
    HANSA_CHECK(write_fingerprints(world, target, wanted, ask));
  for (int tries = 0; tries < kTriesMax; ++tries) {
    HANSA_TRY(const Next next, stage(context, world, target, files, ask));
    out.snapshot = std::to_string(next.state.snapshot);
    out.added_rows = next.added_rows;
    out.added_bytes = next.added_bytes;
    out.rows = next.state.rows;
    out.bytes = next.state.bytes;
    const auto remembered = [&]() -> std::optional<store::Remembered> {
      return store::Remembered{context.who.id, remember_key(target, ask), to_text(to_json(out)),
                               context.now + kRememberFor};
    };
    HANSA_TRY(const auto seq, move_pointer(context, live, world, target, next.state, remembered));
    if (seq) {
      out.seq = seq->number;
      return out;
    }
    // Another publish came first. The checks of the data stand; only the list of files is made
    // anew.
    HANSA_TRY(const auto again,
              world.store.recall(context.who.id, remember_key(target, ask), context.now));
    if (again) return answer_again(live, world, *again);
    HANSA_TRY(target,
              live.read([&](const View& view) { return find_target(context, view, ask.port); }));
  }
  return conflict(fmt::format("too many others publish into {} at once", target.ref),
                  "repeat the same publish");
}

Result<api::Snapshots> list_snapshots(const Context& context, const Live& live, World& world,
                                      const api::ListSnapshots& ask) {
  struct Known {
    std::optional<TableState> state;
    std::vector<TableState> recent;
  };
  const std::string ref = fmt::format("{}/{}", ask.domain, ask.port);
  HANSA_TRY(const Known known, live.read([&](const View& view) -> Result<Known> {
    HANSA_TRY(const Port* port, find_port(context, view, ref));
    const auto* table = view.mesh.find<Table>(port->id.ulid);
    if (table == nullptr || table->current() == nullptr) return Known{};
    return Known{*table->current(), table->states};
  }));
  api::Snapshots out;
  if (!known.state) return out;
  HANSA_TRY(const TableBase base, read_base(world.objects, known.state->metadata, false));
  auto snapshot = base.metadata.snapshots.rbegin();
  const auto end = base.metadata.snapshots.rend();
  if (!ask.paging.after.empty()) {
    HANSA_TRY(const std::int64_t after, parse_int(ask.paging.after));
    snapshot = std::ranges::find(snapshot, end, after, &iceberg::Snapshot::id);
    if (snapshot == end) return not_found(fmt::format("{} has no snapshot {}", ref, after));
    ++snapshot;
  }
  for (; snapshot != end; ++snapshot) {
    if (out.items.size() == ask.paging.limit) {
      out.next = out.items.back().snapshot;
      break;
    }
    api::SnapshotView view{.snapshot = std::to_string(snapshot->id),
                           .seq = 0,
                           .at = {snapshot->timestamp_ms * 1000},
                           .by = {},
                           .operation = {},
                           .rows = summary_number(*snapshot, "total-records"),
                           .bytes = summary_number(*snapshot, "total-files-size"),
                           .files = summary_number(*snapshot, "total-data-files"),
                           .made_by = {},
                           .current = snapshot->id == known.state->snapshot};
    if (const auto found = snapshot->summary.find("operation"); found != snapshot->summary.end())
      view.operation = found->second;
    for (const auto& [name, value] : snapshot->summary)
      if (name.starts_with("hansa.") && name != "hansa.publish")
        view.made_by.emplace(name.substr(6), value);
    const auto recent = std::ranges::find(known.recent, snapshot->id, &TableState::snapshot);
    if (recent != known.recent.end())
      view.by = live.read([&](const View& v) { return name_of_principal(v, recent->by); });
    out.items.push_back(std::move(view));
  }
  return out;
}

Result<api::Published> rollback_port(const Context& context, Live& live, World& world, Tables&,
                                     const api::Rollback& ask) {
  const std::string ref = fmt::format("{}/{}", ask.domain, ask.port);
  HANSA_TRY(const std::int64_t to, parse_int(ask.to));
  for (int tries = 0; tries < kTriesMax; ++tries) {
    HANSA_TRY(const Target target,
              live.read([&](const View& view) { return find_target(context, view, ref); }));
    if (!target.state) return not_found(fmt::format("{} has no snapshot yet", ref));
    HANSA_TRY(const TableBase base, read_base(world.objects, target.state->metadata, false));
    auto metadata = iceberg::rollback_to(base.metadata, to, context.now);
    if (!metadata)
      return fail(metadata.error().code, fmt::format("{} has no snapshot {}", ref, to),
                  fmt::format("hansa get snapshots {}", ref));
    metadata->metadata_log.push_back({target.state->at.us / 1000, target.state->metadata});
    const auto* snapshot = iceberg::find_snapshot(*metadata, to);
    HANSA_ASSERT(snapshot != nullptr);
    HANSA_TRY(const TableState state,
              write_state(context, world, *metadata, *snapshot, "rollback"));
    HANSA_TRY(const auto seq,
              move_pointer(context, live, world, target, state, [] { return std::nullopt; }));
    if (seq)
      return api::Published{.port = target.ref,
                            .snapshot = ask.to,
                            .seq = seq->number,
                            .added_files = 0,
                            .added_rows = 0,
                            .added_bytes = 0,
                            .rows = state.rows,
                            .bytes = state.bytes,
                            .skipped_files = 0,
                            .repeated = false};
  }
  return conflict(fmt::format("too many others publish into {} at once", ref), "try again");
}

}  // namespace hansa::service
