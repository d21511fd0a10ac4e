#include "service/step/publishing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "service/step/aside.h"
#include "service/step/converted.h"
#include "service/step/find.h"
#include "service/step/gate.h"
#include "service/step/made.h"
#include "service/step/next_state.h"
#include "service/step/staged.h"
#include "world/object/object_store.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

constexpr int kTriesMax = 16;
constexpr Micros kPatience = std::chrono::seconds(10);
// A lost reply is asked for again within minutes; a week covers a job that was paused.
constexpr Micros kRememberFor = std::chrono::hours(24 * 7);

std::string remember_key(const Target& target, const api::Publish& ask) {
  return "publish:" + to_text(target.port) + ":" + ask.publish;
}

// The objects a publish is about, and how many of them the table has already.
struct Wanted {
  std::vector<Location> files;
  std::uint64_t skipped = 0;
};

// Registered in place: each lies in the account's own bucket and outside any table, is new, or is
// exactly what was registered before.
Result<Wanted> in_place(const Context& context, const Live& live, World& world, Tables& tables,
                        const Target& target, const api::Publish& ask) {
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
  HANSA_CHECK(live.read([&](const View& view) {
    return refuse_shared(context, view, target, {seen.begin(), seen.end()});
  }));
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

// The snapshot that a publish made may have been expired: its files say that it was there.
Result<void> never_listed(const Target& target, World& world, Tables& tables,
                          const api::Publish& ask) {
  if (!target.forgets || !target.state) return {};
  HANSA_TRY(const Location first, upload_location(target, ask.publish, 0));
  const std::string prefix = first.key().substr(0, first.key().rfind('-') + 1);
  HANSA_TRY(const auto listed, tables.listed(world.objects, *target.state));
  for (const TableFile& file : listed->files)
    if (file.location.key().starts_with(prefix))
      return conflict(fmt::format("publish {} was made before, and its snapshot was expired since",
                                  ask.publish),
                      "its rows are there; publish others under a new id");
  return {};
}

Result<Wanted> uploaded(const Target& target, World& world, Tables& tables,
                        const api::Publish& ask) {
  if (!ask.dry_run) HANSA_CHECK(never_listed(target, world, tables, ask));
  Wanted out;
  for (std::uint32_t file = 0; file < ask.files; ++file) {
    HANSA_TRY(Location location, rows_location(target, ask, file));
    if (!world.objects.info(location))
      return not_found(fmt::format("file {} of publish {} was not uploaded", file, ask.publish),
                       "upload it, then publish");
    out.files.push_back(std::move(location));
  }
  return out;
}

// Which commit made the published snapshot: an answer is remembered before it has a number.
Result<void> number(const Live& live, World& world, PortId port, std::int64_t snapshot,
                    api::Published& out) {
  HANSA_TRY(const auto made, commits_of(live, world.store, port, {snapshot}));
  if (const auto found = made.find(snapshot); found != made.end())
    out.seq = found->second.seq.number;
  return {};
}

Result<api::Published> published_before(const Live& live, World& world, const Target& target,
                                        const iceberg::Snapshot& snapshot) {
  api::Published out{.port = target.ref,
                     .snapshot = std::to_string(snapshot.id),
                     .seq = 0,
                     .added_files = summary_number(snapshot, "added-data-files"),
                     .added_rows = summary_number(snapshot, "added-records"),
                     .added_bytes = summary_number(snapshot, "added-files-size"),
                     .rows = target.state->rows,
                     .bytes = target.state->bytes,
                     .skipped_files = 0,
                     .repeated = true,
                     .rejected = summary_number(snapshot, "hansa.rejected")};
  HANSA_CHECK(number(live, world, target.port, snapshot.id, out));
  return out;
}

// The first answer, if it was lost, promised that the rows are there for whoever reads next here:
// so does this one.
Result<api::Published> answer_again(const Live& live, World& world, const Target& target,
                                    std::string_view remembered) {
  HANSA_TRY(const auto pending, world.store.follow(live.seq(), steady_us()));
  if (!pending.empty()) HANSA_CHECK(live.reach(pending.back().seq, kPatience));
  HANSA_TRY(const Json json, parse_json(remembered));
  HANSA_TRY(api::Published published, from_json<api::Published>(json));
  published.repeated = true;
  HANSA_TRY(const std::int64_t snapshot, parse_int(published.snapshot));
  HANSA_CHECK(number(live, world, target.port, snapshot, published));
  return published;
}

store::Remembered remembered(const Context& context, const Target& target, const api::Publish& ask,
                             const api::Published& answer) {
  return {context.who.id, remember_key(target, ask), to_text(to_json(answer)),
          context.now + kRememberFor};
}

// Text becomes the Parquet files that are published from here on. A snapshot says how many records
// were refused on the way.
Result<ConvertedText> converted(const Context& context, const Live& live, World& world,
                                const Target& target, api::Publish& ask) {
  if (!ask.text) return ConvertedText{};
  auto text = convert_text(context, live, world, target, ask);
  // What is refused once is refused again: whoever corrects it uploads it anew.
  const bool final =
      text ? ask.dry_run : text.error().code == Code::invalid || text.error().code == Code::corrupt;
  if (final) drop_text(world, target, ask);
  if (text && text->rejected > 0) ask.made_by["rejected"] = std::to_string(text->rejected);
  return text;
}

// A dry run: all that a publish does but to write it down.
Result<api::Published> dry(const Context& context, Live& live, World& world, Tables& tables,
                           const Target& target, const std::vector<iceberg::DataFile>& files,
                           const Wanted& wanted, std::uint64_t rejected, const api::Publish& ask) {
  api::Published out{.port = target.ref,
                     .snapshot = target.state ? std::to_string(target.state->snapshot) : "",
                     .seq = 0,
                     .added_files = files.size(),
                     .added_rows = 0,
                     .added_bytes = 0,
                     .rows = target.state ? target.state->rows : 0,
                     .bytes = target.state ? target.state->bytes : 0,
                     .skipped_files = wanted.skipped,
                     .repeated = false,
                     .rejected = rejected};
  for (const iceberg::DataFile& file : files) {
    out.added_rows += static_cast<std::uint64_t>(file.record_count);
    out.added_bytes += static_cast<std::uint64_t>(file.file_size);
  }
  for (const Column& column : target.schema.columns)
    out.columns.push_back({column.name, to_text(column.type), column.required, column.description});
  HANSA_TRY(Gate gate, Gate::open(context, live, target, false));
  HANSA_CHECK(gate.check(context, live, world, tables, target, files, ask));
  CheckRun run = gate.outcome();
  run.at = context.now;
  run.results = gate.results();
  out.checks = report_of(run);
  out.checks->port = target.ref;
  out.checks->refused = gate.refuses();
  return out;
}

// Others may have registered some of the same files meanwhile; listed twice, their rows would count
// twice.
Result<void> still_new(const Context& context, const Live& live, World& world, Tables& tables,
                       const Target& target, const api::Publish& ask, const Wanted& wanted) {
  if (ask.mode != api::PublishMode::in_place) return {};
  HANSA_TRY(const Wanted left, in_place(context, live, world, tables, target, ask));
  if (left.files == wanted.files) return {};
  return conflict(
      fmt::format("others registered some of these files into {} meanwhile", target.ref),
      "repeat the same publish: what is there is skipped");
}

void tell(const Next& next, const Gate& gate, const Target& target, const api::Publish& ask,
          api::Published& out) {
  if (ask.mode == api::PublishMode::overwrite && target.state)
    out.replaced_rows = target.state->rows;
  out.snapshot = std::to_string(next.state.snapshot);
  out.added_rows = next.added_rows;
  out.added_bytes = next.added_bytes;
  out.rows = next.state.rows;
  out.bytes = next.state.bytes;
  out.warnings.clear();
  for (const CheckResult& each : gate.outcome().results) out.warnings.push_back(present(each));
}

Result<Attempt> along(const Context& context, const View& view, const Target& target,
                      const Gate& gate, std::int64_t snapshot, const Release* release) {
  const bool despite = release != nullptr && gate.refuses();
  HANSA_TRY(Attempt out, gate.along(context, view, target, snapshot,
                                    despite ? std::string_view(release->despite) : ""));
  if (despite && release->tells) out.messages = release->tells(view);
  return out;
}

// Somebody decided about the rows that were there when it was held, not about others.
Result<void> may_replace(const Target& target, std::string_view publish, const Release* release) {
  if (release == nullptr || !release->unmoved_since || !target.state ||
      target.state->at <= *release->unmoved_since)
    return {};
  return conflict(
      fmt::format("{} has changed since batch {} was held: it has {} now, of {}, and this replaces "
                  "all of them",
                  target.ref, publish, counted(target.state->rows, "row"),
                  to_words(target.state->at)),
      fmt::format("if that is meant: hansa quarantine release {} {} --replace", target.ref,
                  publish));
}

// What becomes of data that the gate refuses; nothing: it is published all the same.
std::optional<Error> refused(const Context& context, Live& live, World& world, const Target& target,
                             const std::vector<iceberg::DataFile>& files, const api::Publish& ask,
                             const Release* release, const Gate& gate) {
  if (!gate.refuses() || (release != nullptr && !release->despite.empty())) return std::nullopt;
  if (release != nullptr) {
    if (auto noted = note_again(context, live, world, target, gate); !noted) return noted.error();
    return gate.refusal(target, "it stays in quarantine",
                        "correct the contract, or publish corrected data and drop this; or "
                        "--override --why TEXT, which its readers will read");
  }
  if (ask.quarantine) return keep_aside(context, live, world, target, files, ask, gate);
  return gate.refuse(context, live, world, target);
}

// What this publish was told before, whoever asks again; nothing: it is to be done. `base` is then
// what the table has.
Result<std::optional<api::Published>> told_before(const Context& context, const Live& live,
                                                  World& world, Tables& tables,
                                                  const Target& target, const api::Publish& ask,
                                                  std::optional<TableBase>& base) {
  if (ask.dry_run) return std::nullopt;
  HANSA_TRY(const auto before,
            world.store.recall(context.who.id, remember_key(target, ask), context.now));
  if (before) return answer_again(live, world, target, *before);
  if (!target.state) return std::nullopt;
  HANSA_TRY(base, tables.base(world.objects, target.state->metadata));
  if (const auto* snapshot = snapshot_of(base->metadata, ask.publish))
    return published_before(live, world, target, *snapshot);
  return std::nullopt;
}

}  // namespace

Result<api::Published> published(const Context& context, Live& live, World& world, Tables& tables,
                                 Target target, api::Publish ask, const Release* release) {
  std::optional<TableBase> base;
  HANSA_TRY(const auto before, told_before(context, live, world, tables, target, ask, base));
  if (before) return *before;
  if (release == nullptr && !ask.dry_run) HANSA_CHECK(not_aside(target, ask.publish, context.now));
  HANSA_TRY(const ConvertedText text, converted(context, live, world, target, ask));
  HANSA_TRY(const Wanted wanted, ask.mode == api::PublishMode::in_place
                                     ? in_place(context, live, world, tables, target, ask)
                                     : uploaded(target, world, tables, ask));
  api::Published out{.port = target.ref,
                     .snapshot = {},
                     .seq = 0,
                     .added_files = wanted.files.size(),
                     .added_rows = 0,
                     .added_bytes = 0,
                     .rows = 0,
                     .bytes = 0,
                     .skipped_files = wanted.skipped,
                     .repeated = false,
                     .rejected = text.rejected};
  if (wanted.files.empty()) {
    if (target.state)
      out.snapshot = std::to_string(target.state->snapshot), out.rows = target.state->rows,
      out.bytes = target.state->bytes;
    return out;
  }
  HANSA_TRY(const auto files, inspected(context, world, target, wanted.files));
  if (ask.dry_run)
    return dry(context, live, world, tables, target, files, wanted, text.rejected, ask);
  HANSA_TRY(Gate gate, Gate::open(context, live, target, true));
  if (ask.mode == api::PublishMode::in_place)
    HANSA_CHECK(write_fingerprints(world, target, wanted, ask));
  for (int tries = 0; tries < kTriesMax; ++tries) {
    HANSA_CHECK(may_replace(target, ask.publish, release));
    HANSA_CHECK(gate.check(context, live, world, tables, target, files, ask));
    if (auto why = refused(context, live, world, target, files, ask, release, gate))
      return std::unexpected(*std::move(why));
    HANSA_TRY(const Next next,
              stage(context, world, tables, target, std::exchange(base, {}), files, ask));
    tell(next, gate, target, ask, out);
    const bool registers = ask.mode == api::PublishMode::in_place;
    const Move move{.state = next.state,
                    .registers = registers ? wanted.files : std::vector<Location>{},
                    .answer = [&] { return remembered(context, target, ask, out); },
                    .reads = {},
                    .along =
                        [&](const View& view) {
                          return along(context, view, target, gate, next.state.snapshot, release);
                        },
                    .publish = ask.publish,
                    .releases = release != nullptr};
    HANSA_TRY(const auto seq, move_pointer(context, live, world, target, move));
    if (seq) {
      out.seq = seq->number;
      return out;
    }
    // Another publish came first. What was inspected stands; what is about all rows is checked
    // again, and the list of files is made anew.
    HANSA_TRY(const auto again,
              world.store.recall(context.who.id, remember_key(target, ask), context.now));
    if (again) return answer_again(live, world, target, *again);
    HANSA_TRY(target, live.read([&](const View& view) {
      return find_open_target(context, view, ask.port);
    }));
    HANSA_CHECK(still_new(context, live, world, tables, target, ask, wanted));
  }
  return too_busy(target.ref, "repeat the same publish");
}

}  // namespace hansa::service
