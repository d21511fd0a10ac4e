// admin backup, restore: the whole mesh in one file, and back.
#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "api/backup.h"
#include "base/digest.h"
#include "base/file_source.h"
#include "base/text.h"
#include "door/cli/session.h"
#include "door/cli/unpack.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

namespace fs = std::filesystem;

// A file or folder that goes away unless it was put in its place.
class Aside {
 public:
  explicit Aside(const std::string& place)
      : place_(place), path_(fmt::format("{}.{}.part", place, to_hex(random_bytes(6)))) {}
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  ~Aside() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

  // Takes the place of nothing, or of an empty folder.
  Result<void> put() {
    struct stat info{};
    const bool folder = ::lstat(path_.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
    int done =
        folder ? ::rename(path_.c_str(), place_.c_str())
               : ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, place_.c_str(), RENAME_NOREPLACE);
    if (done != 0 && errno == EINVAL && !folder) done = ::rename(path_.c_str(), place_.c_str());
    if (done != 0) return system_error("putting it in its place", errno);
    path_.clear();
    const auto slash = place_.rfind('/');
    return sync_folder(slash == std::string::npos ? "." : place_.substr(0, slash + 1));
  }

 private:
  const std::string place_;
  std::string path_;
};

Result<Unpacked> unpack_file(const std::string& path, const std::string& folder) {
  HANSA_TRY(File file, open_file(path, O_RDONLY));
  HANSA_TRY(const std::uint64_t bytes, file.size());
  FileSource source(std::move(file), 0, bytes);
  return unpack(source, folder);
}

void warn_of_missing(Session& session, const Unpacked& found) {
  if (found.missing == 0) return;
  session.warn(fmt::format("{} of the mesh were not there when it was backed up:",
                           counted(static_cast<std::size_t>(found.missing), "object")));
  for (const std::string& name : found.missing_names) session.warn("  " + name);
  if (found.missing > found.missing_names.size()) session.warn("  ...");
}

Json json_of(const Unpacked& found) {
  Json::Array missing;
  for (const std::string& name : found.missing_names) missing.emplace_back(name);
  Json json = to_json(found.head);
  json.set("files", found.files);
  json.set("bytes", found.bytes);
  json.set("missing", found.missing);
  json.set("missing_names", std::move(missing));
  return json;
}

// A folder gets a file named after the time.
std::string target_of(std::string file, Time now) {
  std::error_code ignored;
  if (!fs::is_directory(file, ignored)) return file;
  std::string stamp = to_text(now).substr(0, 19);
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  return file + "/hansa-" + stamp + "Z.tar";
}

Done backup(Session& session, const Words& words) {
  const std::string target = target_of(words.text("FILE"), session.now());
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(target, ignored)))
    return std::unexpected(Failure(
        Error{Code::conflict, target + " is there already", "choose another name, or a folder"}));
  HANSA_TRY(Client* const client, session.client());
  Aside aside(target);
  HANSA_TRY(File file, open_file(aside.path(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW));
  Call call{.method = api::make_backup.method, .timeout = Seconds(0)};
  call.headers.emplace_back("accept", std::string(api::kBackupType));
  call.body = to_text(to_json(api::MakeBackup{.objects = !words.has("without-objects")}));
  call.receive = [&](std::string_view bytes) { return file.write(bytes); };
  HANSA_CHECK(client->send(std::move(call), api::make_backup.path));
  HANSA_CHECK(file.sync());
  // As a restore would: a backup that cannot be restored is found now.
  auto found = unpack_file(aside.path(), {});
  if (!found) return std::unexpected(Failure(std::move(found).error()));
  HANSA_CHECK(aside.put());
  warn_of_missing(session, *found);
  Json json = json_of(*found);
  json.set("file", target);
  HANSA_TRY(const api::Exit exit,
            session.acted(json,
                          fmt::format("Wrote {}: {}, {}, up to commit {}.", target,
                                      counted(static_cast<std::size_t>(found->files), "file"),
                                      human_bytes(found->bytes), found->head.seq),
                          "back again: hansa admin restore " + target + " --data NEW-FOLDER"));
  session.say("it holds the sealing key and all data: keep it as you keep the data directory");
  return exit;
}

Result<void> check_empty(const std::string& folder) {
  std::error_code code;
  const auto status = fs::symlink_status(folder, code);
  if (!fs::exists(status)) return {};
  if (fs::is_directory(status) && fs::is_empty(folder, code) && !code) return {};
  return conflict(folder + " is not an empty folder",
                  "a restore makes a data directory anew: name one that does not exist yet");
}

// All of the file system, since a sync for each of a million files takes hours.
Result<void> sync_all(const std::string& folder) {
  HANSA_TRY(const File opened, open_file(folder, O_RDONLY | O_DIRECTORY));
  if (::syncfs(opened.descriptor()) != 0) return system_error("making the files durable", errno);
  return {};
}

Done restore(Session& session, const Words& words) {
  std::string folder = words.text("data");
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  if (folder.empty())
    return usage("hansa admin restore needs --data: the folder to make",
                 "hansa admin restore mesh.tar --data ./hansa-data");
  HANSA_CHECK(check_empty(folder));
  Aside aside(folder);
  HANSA_CHECK(make_folders(aside.path()));
  HANSA_TRY(const Unpacked found, unpack_file(words.text("FILE"), aside.path()));
  const api::Restored note{.at = session.now(), .taken = found.head.at, .seq = found.head.seq};
  HANSA_CHECK(write_file_atomically(aside.path() + "/" + std::string(api::kRestoredNote),
                                    to_text(to_json(note)) + "\n"));
  HANSA_CHECK(sync_all(aside.path()));
  HANSA_CHECK(aside.put());
  warn_of_missing(session, found);
  if (!found.head.objects)
    session.warn("this backup holds no objects: put them into " + folder +
                 "/objects before the server starts");
  Json json = json_of(found);
  json.set("data", folder);
  return session.acted(
      json,
      fmt::format("Restored {}, {}, up to commit {} of {}.",
                  counted(static_cast<std::size_t>(found.files), "file"), human_bytes(found.bytes),
                  found.head.seq, to_text(found.head.at)),
      "hansa serve --data " + folder);
}

}  // namespace

void add_keeping(Verbs& verbs) {
  verbs.push_back(
      {.path = "admin backup",
       .says = "Copy all of a running mesh into one file",
       .examples = {{"Into a file", "hansa admin backup mesh.tar"},
                    {"Into a folder, named after the time", "hansa admin backup /backups"}},
       .operands = {{"FILE", "what to write, or a folder to write into"}},
       .options = {{"--without-objects", "", "the store alone: the objects are kept elsewhere"}},
       .outputs = "table json yaml",
       .run = backup});
  verbs.push_back(
      {.path = "admin restore",
       .says = "Make a data directory of a backup",
       .examples = {{"Then serve it", "hansa admin restore mesh.tar --data ./hansa-data"}},
       .operands = {{"FILE", "what hansa admin backup wrote"}},
       .options = {{"--data", "DIR", "the folder to make; must not exist, or be empty"}},
       .outputs = "table json yaml",
       .run = restore});
}

}  // namespace hansa::cli
