#include "world/object/local/local.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>

#include "base/digest.h"
#include "base/file_source.h"
#include "base/text.h"
#include "world/object/key.h"
#include "world/object/local/folder.h"
#include "world/object/local/listing.h"

namespace hansa::object {
namespace {

using local::look;
using local::open_folder;
using local::open_regular;

constexpr mode_t object_mode = 0444;
constexpr mode_t writable = S_IWUSR | S_IWGRP | S_IWOTH;
constexpr std::int64_t ns_per_s = 1'000'000'000;
// What is written is sent to the disk in steps of this, so that `finish` waits for the last alone.
constexpr std::uint64_t ahead_bytes = std::uint64_t{4} << 20;
// A folder that was just walked can vanish under a removal; more often than this it is not chance.
constexpr int walks_max = 16;

struct Place {
  File folder;
  std::string name;
};

std::int64_t modified_ns(const struct stat& info) {
  return info.st_mtim.tv_sec * ns_per_s + info.st_mtim.tv_nsec;
}

ObjectInfo info_of(const Location& at, const struct stat& info) {
  return {.location = at,
          .bytes = static_cast<std::uint64_t>(info.st_size),
          .modified = Time{modified_ns(info) / 1'000},
          .tag = fmt::format("{:x}-{:x}-{:x}", info.st_ino, modified_ns(info), info.st_size)};
}

class LocalStore final : public ObjectStore {
 public:
  LocalStore(std::string path, File root, File staging)
      : path_(std::move(path)), root_(std::move(root)), staging_(std::move(staging)) {}

  Result<void> make_bucket(std::string_view bucket) override {
    HANSA_CHECK(check_bucket(bucket));
    HANSA_TRY(const auto folder, local::make_folder(root_, std::string(bucket)));
    if (!folder) return unavailable("the bucket vanished while it was made");
    return {};
  }
  Result<ObjectInfo> info(const Location& at) override;
  Result<std::unique_ptr<Source>> read(const Location& at, std::uint64_t offset,
                                       std::uint64_t bytes) override;
  Result<std::unique_ptr<Writing>> write(const Location& at, Taken taken) override;
  Result<Listing> list(std::string_view bucket, std::string_view prefix, std::string_view after,
                       std::size_t max) override;
  Result<std::string> local(const Location& at) override;
  Result<void> remove(const Location& at) override;

  // Puts the staged file where it belongs. Errors: conflict.
  Result<void> place(const std::string& staged, const Location& at, Taken taken);
  // A time no other object of this run has, so that a tag is new even if the file system gives an
  // inode number and a tick of its clock twice.
  Result<void> stamp(const File& file);
  const File& staging() const { return staging_; }

 private:
  Result<File> bucket(std::string_view name) const;
  // The folder of the key; nullopt if it is not there.
  Result<std::optional<Place>> walk(const Location& at) const;
  // Nullopt: a removal was quicker.
  Result<std::optional<Place>> walk_making(const Location& at) const;
  Result<File> open_object(const Location& at) const;
  Result<bool> place_once(const std::string& staged, const Location& at, Taken taken);
  void remove_hollow_parents(const Location& at) const;

  const std::string path_;
  const File root_;
  const File staging_;
  std::atomic<std::int64_t> stamped_ns_ = 0;
};

// --- writing
// -------------------------------------------------------------------------------------------

class LocalWriting final : public Writing {
 public:
  LocalWriting(LocalStore& store, Location at, Taken taken, std::string name, File file)
      : store_(store),
        at_(std::move(at)),
        taken_(taken),
        name_(std::move(name)),
        file_(std::move(file)) {}
  LocalWriting(const LocalWriting&) = delete;
  LocalWriting& operator=(const LocalWriting&) = delete;
  ~LocalWriting() override {
    if (!name_.empty()) ::unlinkat(store_.staging().descriptor(), name_.c_str(), 0);
  }

  Result<void> write(std::string_view bytes) override {
    HANSA_ASSERT(file_);
    auto done = file_.write(bytes);
    failed_ = failed_ || !done;
    written_ += bytes.size();
    if (written_ - on_its_way_ >= ahead_bytes) send_ahead();
    return done;
  }

  Result<ObjectInfo> finish() override {
    HANSA_ASSERT(file_);
    if (failed_) return unavailable("the object was not written whole");
    File file = std::move(file_);
    HANSA_CHECK(store_.stamp(file));
    if (::fchmod(file.descriptor(), object_mode) != 0)
      return system_error("protecting an object", errno);
    // All of it: fdatasync may leave time and mode behind, and the tag is made of the time.
    if (::fsync(file.descriptor()) != 0) return system_error("making an object durable", errno);
    struct stat info{};
    if (::fstat(file.descriptor(), &info) != 0) return system_error("looking at an object", errno);
    HANSA_CHECK(store_.place(name_, at_, taken_));
    name_.clear();
    return info_of(at_, info);
  }

 private:
  // Starts what `finish` ends. An error of the disk is kept by the kernel, and fsync reports it.
  void send_ahead() {
    ::sync_file_range(file_.descriptor(), static_cast<off64_t>(on_its_way_),
                      static_cast<off64_t>(written_ - on_its_way_), SYNC_FILE_RANGE_WRITE);
    on_its_way_ = written_;
  }

  LocalStore& store_;
  const Location at_;
  const Taken taken_;
  std::string name_;  // in staging; empty once it is placed
  File file_;
  bool failed_ = false;
  std::uint64_t written_ = 0;
  std::uint64_t on_its_way_ = 0;
};

Result<void> LocalStore::stamp(const File& file) {
  struct stat info{};
  if (::fstat(file.descriptor(), &info) != 0) return system_error("looking at an object", errno);
  const std::int64_t own = modified_ns(info);
  std::int64_t last = stamped_ns_.load();
  while (!stamped_ns_.compare_exchange_weak(last, std::max(own, last + 1))) {
  }
  const std::int64_t ns = std::max(own, last + 1);
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                             {.tv_sec = ns / ns_per_s, .tv_nsec = ns % ns_per_s}};
  if (::futimens(file.descriptor(), times) != 0) return system_error("dating an object", errno);
  return {};
}

Result<std::unique_ptr<Writing>> LocalStore::write(const Location& at, Taken taken) {
  HANSA_CHECK(check_parts(at));
  HANSA_CHECK(bucket(at.bucket()));
  if (taken == Taken::refuse && info(at)) return object_taken(at);
  std::string name = to_hex(random_bytes(16));
  const int descriptor = ::openat(staging_.descriptor(), name.c_str(),
                                  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_error("staging an object", errno);
  return std::make_unique<LocalWriting>(*this, at, taken, std::move(name), File(descriptor));
}

Result<void> LocalStore::place(const std::string& staged, const Location& at, Taken taken) {
  for (int walk = 0; walk < walks_max; ++walk) {
    HANSA_TRY(const bool placed, place_once(staged, at, taken));
    if (placed) return {};
  }
  return unavailable("the folder of an object vanishes again and again");
}

// False: a removal took the folder away, or made room; try again.
Result<bool> LocalStore::place_once(const std::string& staged, const Location& at, Taken taken) {
  HANSA_TRY(const auto walked, walk_making(at));
  if (!walked) return false;
  const Place& place = *walked;
  const int from = staging_.descriptor();
  const int to = place.folder.descriptor();
  const unsigned flags = taken == Taken::refuse ? RENAME_NOREPLACE : 0;
  int done = ::renameat2(from, staged.c_str(), to, place.name.c_str(), flags);
  if (done != 0 && errno == EINVAL && taken == Taken::refuse) {
    // A file system without that flag: a second name is refused as well if it is taken.
    done = ::linkat(from, staged.c_str(), to, place.name.c_str(), 0);
    if (done == 0) ::unlinkat(from, staged.c_str(), 0);
  }
  const int number = errno;
  if (done == 0) {
    HANSA_CHECK(local::sync(place.folder));
    return true;
  }
  if (number == ENOENT) return false;
  if (number != EEXIST && number != EISDIR && number != ENOTEMPTY)
    return system_error("placing an object", number);
  HANSA_TRY(const auto there, look(place.folder, place.name));
  if (!there) return false;
  if (!S_ISDIR(there->st_mode)) return object_taken(at);
  if (local::remove_hollow(place.folder, place.name)) return false;
  return in_the_way(at, at.key() + "/...");
}

// --- finding
// -------------------------------------------------------------------------------------------

// The name comes from a request as it stands: `..` and `.staging` are folders too.
Result<File> LocalStore::bucket(std::string_view name) const {
  HANSA_CHECK(check_bucket(name));
  HANSA_TRY(std::optional<File> folder, open_folder(root_, std::string(name)));
  if (!folder) return no_bucket(name);
  return *std::move(folder);
}

Result<std::optional<Place>> LocalStore::walk(const Location& at) const {
  auto folder = open_folder(root_, at.bucket());
  const auto parts = split(at.key(), '/');
  for (std::size_t i = 0; i + 1 < parts.size() && folder && *folder; ++i) {
    auto below = open_folder(**folder, std::string(parts[i]));
    folder = std::move(below);
  }
  if (!folder) return std::unexpected(std::move(folder).error());
  if (!*folder) return std::nullopt;
  return Place{*std::move(*folder), std::string(parts.back())};
}

Result<std::optional<Place>> LocalStore::walk_making(const Location& at) const {
  HANSA_TRY(File folder, bucket(at.bucket()));
  const auto parts = split(at.key(), '/');
  std::string key;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    key += (i == 0 ? "" : "/") + std::string(parts[i]);
    auto below = local::make_folder(folder, std::string(parts[i]));
    if (!below && below.error().code == Code::conflict) return in_the_way(at, key);
    if (!below) return std::unexpected(std::move(below).error());
    if (!*below) return std::nullopt;
    folder = *std::move(*below);
  }
  return Place{std::move(folder), std::string(parts.back())};
}

Result<File> LocalStore::open_object(const Location& at) const {
  HANSA_TRY(const auto place, walk(at));
  if (!place) return no_object(at);
  HANSA_TRY(std::optional<File> file, open_regular(place->folder, place->name));
  if (!file) return no_object(at);
  return *std::move(file);
}

Result<ObjectInfo> LocalStore::info(const Location& at) {
  HANSA_TRY(const auto place, walk(at));
  if (!place) return no_object(at);
  HANSA_TRY(const auto found, look(place->folder, place->name));
  if (!found || !S_ISREG(found->st_mode)) return no_object(at);
  return info_of(at, *found);
}

Result<std::unique_ptr<Source>> LocalStore::read(const Location& at, std::uint64_t offset,
                                                 std::uint64_t bytes) {
  HANSA_TRY(File file, open_object(at));
  HANSA_TRY(const std::uint64_t size, file.size());
  const std::uint64_t from = std::min(offset, size);
  const std::uint64_t to = bytes == 0 ? size : from + std::min(bytes, size - from);
  return std::make_unique<FileSource>(std::move(file), from, to);
}

Result<Listing> LocalStore::list(std::string_view bucket_name, std::string_view prefix,
                                 std::string_view after, std::size_t max) {
  HANSA_TRY(const File folder, bucket(bucket_name));
  HANSA_TRY(local::Keys keys, local::keys_below(folder, prefix, after, max));
  Listing listing{.objects = {}, .more = keys.more};
  for (const std::string& key : keys.keys) {
    HANSA_TRY(const Location at, Location::make(bucket_name, key));
    auto found = info(at);
    if (found) listing.objects.push_back(*std::move(found));
    else if (found.error().code != Code::not_found)
      return std::unexpected(std::move(found).error());
  }
  return listing;
}

Result<std::string> LocalStore::local(const Location& at) {
  HANSA_TRY(const File file, open_object(at));
  struct stat info{};
  if (::fstat(file.descriptor(), &info) != 0) return system_error("looking at an object", errno);
  // What a team's own tools put here is often writable. A worker gets it under another name, and
  // its sandbox cannot forbid what the file itself allows.
  if ((info.st_mode & writable) != 0 &&
      ::fchmod(file.descriptor(), info.st_mode & 0777 & ~writable) != 0)
    return denied(fmt::format("{} can be changed by others", at.text()),
                  "make the file read-only (chmod a-w)");
  return path_ + "/" + at.bucket() + "/" + at.key();
}

// --- removing
// ------------------------------------------------------------------------------------------

Result<void> LocalStore::remove(const Location& at) {
  HANSA_TRY(const auto place, walk(at));
  if (!place) return {};
  HANSA_TRY(const auto found, look(place->folder, place->name));
  if (!found || !S_ISREG(found->st_mode)) return {};
  if (::unlinkat(place->folder.descriptor(), place->name.c_str(), 0) != 0 && errno != ENOENT)
    return system_error("removing an object", errno);
  HANSA_CHECK(local::sync(place->folder));
  remove_hollow_parents(at);
  return {};
}

// So that `a` can be an object once `a/b` is gone. Not durable: write deals with what is left.
void LocalStore::remove_hollow_parents(const Location& at) const {
  std::string_view key = at.key();
  for (auto slash = key.rfind('/'); slash != std::string_view::npos; slash = key.rfind('/')) {
    key = key.substr(0, slash);
    const auto parent = Location::make(at.bucket(), key);
    if (!parent) return;
    const auto place = walk(*parent);
    if (!place || !*place) return;
    if (::unlinkat((*place)->folder.descriptor(), (*place)->name.c_str(), AT_REMOVEDIR) != 0)
      return;
  }
}

Result<File> open_staging(const File& root) {
  // A bucket's name begins with a letter or digit, so none can be called this.
  auto staging = local::make_folder(root, ".staging");
  if (!staging) return in_context("the objects' staging folder", std::move(staging).error());
  if (!*staging) return unavailable("the objects' staging folder vanished");
  File folder = *std::move(*staging);
  if (::flock(folder.descriptor(), LOCK_EX | LOCK_NB) != 0)
    return conflict("another server uses these objects", "stop it first, or choose another folder");
  HANSA_TRY(const auto left, local::entries(folder));
  for (const local::Entry& entry : left)
    if (!entry.is_folder) ::unlinkat(folder.descriptor(), entry.name.c_str(), 0);
  return folder;
}

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_local(const std::string& root) {
  HANSA_CHECK(make_folders(root));
  HANSA_TRY(File folder, open_file(root, O_RDONLY | O_DIRECTORY));
  HANSA_TRY(File staging, open_staging(folder));
  return std::make_unique<LocalStore>(root, std::move(folder), std::move(staging));
}

}  // namespace hansa::object
