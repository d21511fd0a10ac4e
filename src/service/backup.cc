#include "service/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <deque>
#include <set>
#include <shared_mutex>

#include "base/file_source.h"
#include "service/authority/authenticate.h"
#include "service/authority/authorize.h"
#include "service/step/archive.h"
#include "service/step/references.h"
#include "world/store/body/body.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

constexpr std::string_view kWhat = "a backup";

// The right to go on, asked anew for each piece that leaves.
class Right {
 public:
  Right(const Context& context, Live& live, Clock& clock)
      : context_{.who = context.who,
                 .request = context.request,
                 .now = context.now,
                 .deadline = context.deadline,
                 .stop = context.stop,
                 .trail = trail_},
        live_(live),
        clock_(clock) {}

  Result<void> still() {
    context_.now = clock_.now();
    return live_.read([&](const View& view) -> Result<void> {
      if (auto over = ended(view, context_.who.credential, context_.now))
        return std::unexpected(*std::move(over));
      HANSA_CHECK(authorize(context_, view, Action::administer, on_organisation(), kWhat));
      return {};
    });
  }

 private:
  Trail trail_;
  Context context_;
  Live& live_;
  Clock& clock_;
};

struct Part {
  std::string name;
  std::uint64_t bytes;
  std::unique_ptr<Source> content;
};

// What is known of the tables in the copied store, a row each: a million tables do not fit as
// nouns.
struct TableRow {
  Rev rev;
  std::string body;
};

class BackupSource final : public Source {
 public:
  BackupSource(std::shared_ptr<const void> held, Right right, World& world, Time at, File notes,
               std::deque<Part> parts, std::deque<TableRow> tables)
      : held_(std::move(held)),
        right_(std::move(right)),
        world_(world),
        at_(at),
        archive_(std::move(notes)),
        parts_(std::move(parts)),
        tables_(std::move(tables)) {}

  Result<std::optional<Chunk>> next(Want want) override {
    HANSA_CHECK(right_.still());
    for (;;) {
      while (archive_.idle()) {
        HANSA_TRY(const bool more, begin_next());
        if (!more) return std::nullopt;
      }
      // Behind a file there may be nothing to pad.
      HANSA_TRY(std::string bytes, archive_.next(want));
      if (!bytes.empty()) return Chunk{.bytes = std::move(bytes), .rows = 0};
    }
  }

 private:
  Result<bool> begin_next() {
    if (!parts_.empty()) {
      Part part = std::move(parts_.front());
      parts_.pop_front();
      archive_.begin(std::move(part.name), part.bytes, std::move(part.content));
      return true;
    }
    if (!objects_.empty()) {
      const Location at = std::move(objects_.front());
      objects_.pop_front();
      HANSA_CHECK(begin_object(at));
      return true;
    }
    if (!tables_.empty()) {
      HANSA_CHECK(look_into_table());
      return true;
    }
    if (std::exchange(finished_, true)) return false;
    HANSA_CHECK(archive_.finish());
    return true;
  }

  Result<void> look_into_table() {
    const TableRow row = std::move(tables_.front());
    tables_.pop_front();
    HANSA_TRY(const Noun noun, store::noun_of("table", row.body, row.rev));
    const Table& table = *std::get<std::shared_ptr<const Table>>(noun);
    return each_reference(
        world_.objects, table, at_, Gone::pass_over, [&](const Reference& found) -> Result<void> {
          // A file in place may stand in states of several tables, one after the other.
          if (!table.location.contains(found.location) && !shared_.insert(found.location).second)
            return {};
          objects_.push_back(found.location);
          return {};
        });
  }

  Result<void> begin_object(const Location& at) {
    const std::string name = "objects/" + at.bucket() + "/" + at.key();
    const auto info = world_.objects.info(at);
    if (!info && info.error().code == Code::not_found) return archive_.missing(name);
    HANSA_CHECK(info);
    HANSA_TRY(auto content, world_.objects.read(at, 0, 0));
    archive_.begin(name, info->bytes, std::move(content));
    return {};
  }

  std::shared_ptr<const void> held_;
  Right right_;
  World& world_;
  const Time at_;  // what could be taken back then comes along
  Archive archive_;
  std::deque<Part> parts_;
  std::deque<TableRow> tables_;
  std::deque<Location> objects_;
  std::set<Location> shared_;
  bool finished_ = false;
};

struct Text final : Source {
  explicit Text(std::string text) : rest(std::move(text)) {}
  Result<std::optional<Chunk>> next(Want) override {
    if (rest.empty()) return std::nullopt;
    return Chunk{.bytes = std::exchange(rest, {}), .rows = 0};
  }
  std::string rest;
};

Part text_part(std::string_view name, std::string text) {
  const std::uint64_t bytes = text.size();
  return {std::string(name), bytes, std::make_unique<Text>(std::move(text))};
}

// As long as it is now: what is appended later belongs to what happens later.
Result<Part> file_part(const std::string& name, const std::string& path) {
  HANSA_TRY(File file, open_file(path, O_RDONLY | O_NOFOLLOW));
  HANSA_TRY(const std::uint64_t bytes, file.size());
  return Part{name, bytes, std::make_unique<FileSource>(std::move(file), 0, bytes)};
}

// Files that live as long as their descriptors: whatever ends this, nothing of them stays.
struct Scratch {
  static Result<Scratch> make(const std::string& below, RequestId request) {
    Scratch scratch{below + "/backup-" + to_text(request)};
    HANSA_CHECK(make_folders(scratch.folder));
    return scratch;
  }
  Result<File> take(const std::string& name, int flags) const {
    const std::string path = folder + "/" + name;
    HANSA_TRY(File file, open_file(path, flags | O_NOFOLLOW));
    ::unlink(path.c_str());
    return file;
  }
  explicit Scratch(std::string path) : folder(std::move(path)) {}
  Scratch(Scratch&& other) noexcept : folder(std::exchange(other.folder, {})) {}
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    if (folder.empty()) return;
    ::unlink((folder + "/mesh.db").c_str());
    ::rmdir(folder.c_str());
  }
  std::string folder;
};

// Who took everything is in the audit, of the backup itself too.
Result<void> record(const Context& context, World& world, const api::MakeBackup& ask) {
  const Json body{Json::Object{{"objects", ask.objects},
                               {"door", context.who.door},
                               {"client", context.who.client},
                               {"peer", context.who.peer},
                               {"request", to_text(context.request)}}};
  HANSA_TRY(const auto ticket, world.store.record({.kind = "backup",
                                                   .who = context.who.id,
                                                   .at = context.now,
                                                   .subject = {},
                                                   .body = to_text(body)}));
  return ticket->durable();
}

}  // namespace

Result<std::unique_ptr<Source>> Backups::open(const Context& context, Live& live, World& world,
                                              Tables& tables, Clock& clock,
                                              const api::MakeBackup& ask) {
  HANSA_CHECK(live.read([&](const View& view) {
    return authorize(context, view, Action::administer, on_organisation(), kWhat);
  }));
  // Whoever removes files either ends first, or sees that this runs.
  const std::shared_lock staying(tables.sweeping());
  if (running_->exchange(true))
    return conflict("a backup is being made already", "wait until it has ended, then try again");
  std::shared_ptr<const void> held(nullptr,
                                   [running = running_](const void*) { *running = false; });
  const Time at = clock.now();
  HANSA_CHECK(record(context, world, ask));
  std::deque<Part> parts;
  // The audit's anchors before the store: one that is newer than the copied audit would say that
  // lines of it are gone.
  for (const std::string& name : options_.files_if_there) {
    auto part = file_part(name, options_.data + "/" + name);
    if (!part && part.error().code == Code::not_found) continue;
    if (!part) return std::unexpected(std::move(part).error());
    parts.push_back(*std::move(part));
  }
  for (const std::string& name : options_.files) {
    HANSA_TRY(Part part, file_part(name, options_.data + "/" + name));
    parts.push_back(std::move(part));
  }
  HANSA_TRY(const Scratch scratch, Scratch::make(options_.scratch, context.request));
  std::deque<TableRow> rows;
  HANSA_TRY(const Seq seq, world.store.copy(
                               scratch.folder + "/mesh.db",
                               [&](store::Row row) {
                                 if (ask.objects && row.kind == "table")
                                   rows.push_back({row.rev, *std::move(row.body)});
                               },
                               context.stop));
  HANSA_TRY(File copy, scratch.take("mesh.db", O_RDONLY));
  HANSA_TRY(const std::uint64_t bytes, copy.size());
  parts.push_back(
      {"store/mesh.db", bytes, std::make_unique<FileSource>(std::move(copy), 0, bytes)});
  const api::BackupHead head{.level = api::kBackupLevel,
                             .version = options_.version,
                             .at = context.now,
                             .seq = seq.number,
                             .objects = ask.objects};
  parts.push_front(text_part(api::kBackupHead, to_pretty_text(to_json(head)) + "\n"));
  HANSA_TRY(File notes, scratch.take("notes", O_RDWR | O_CREAT | O_EXCL | O_APPEND));
  return std::make_unique<BackupSource>(std::move(held), Right(context, live, clock), world, at,
                                        std::move(notes), std::move(parts), std::move(rows));
}

}  // namespace hansa::service
