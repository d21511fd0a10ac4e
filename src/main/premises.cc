#include "main/premises.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "main/config.h"
#include "main/engine.h"
#include "main/upkeep.h"
#include "world/object/local/local.h"
#include "world/store/sqlite/adapter.h"
#include "world/world.h"

namespace hansa {
namespace {

using api::Severity;
using service::Findings;

constexpr std::uint64_t kRoomMin = std::uint64_t{1} << 30;
constexpr std::uint64_t kShareMin = 20;  // a twentieth
constexpr Micros kBehindMax = std::chrono::minutes(1);
constexpr std::size_t kKeyBytes = 32;

// Nobody but the owner may read it, and the owner is who runs this.
void look_at_mode(const std::string& data, const std::string& name, mode_t wanted, bool needed,
                  Findings& out) {
  struct stat info{};
  const std::string path = data + "/" + name;
  if (::lstat(path.c_str(), &info) != 0) {
    if (needed)
      out.add({"secrets", Severity::error, name, "it is not there",
               "restore it from a backup: without it nothing that was sealed can be opened"});
    return;
  }
  const bool folder = (wanted & S_IXUSR) != 0;
  if (folder ? !S_ISDIR(info.st_mode) : !S_ISREG(info.st_mode))
    return out.add({"secrets", Severity::error, name,
                    folder ? "it is no folder" : "it is no plain file", "look who put it there"});
  if ((info.st_mode & 0077) != 0)
    out.add({"secrets", Severity::error, name,
             fmt::format("its mode is {:04o}: others can get at it", info.st_mode & 07777),
             fmt::format("chmod {:04o} {}, and renew what is in it if somebody may have read it",
                         wanted, name)});
  if (info.st_uid != ::geteuid() && ::geteuid() != 0)
    out.add({"secrets", Severity::error, name, "it belongs to another user",
             "chown it to the user who runs the server"});
}

// Everything that is asked of an opened mesh.
Result<void> examine_opened(const std::string& data, Clock& clock, Findings& out) {
  auto store = store::open_sqlite(data + "/store", {.anchor_folder = data + "/audit"});
  // A server has it open: that one is asked.
  if (!store && store.error().code == Code::conflict) return std::unexpected(store.error());
  if (!store) {
    out.looked("store", 1);
    out.add("store", "store/mesh.db", store.error(),
            "keep a copy of the folder, and restore a backup");
    return {};
  }
  if (const auto seen = clock_floor(**store)) look_at_clock(SystemClock().now(), *seen, out);
  service::Live live;
  if (const auto loaded = live.load(**store); !loaded) {
    out.looked("store", 1);
    out.add("store", "store/mesh.db", loaded.error(),
            "keep a copy of the folder, and restore a backup");
    return {};
  }
  HANSA_TRY(const auto objects, object::open_local(data + "/objects"));
  Config config;
  config.data = data;
  config.workers_warm = 0;
  HANSA_TRY(const auto pool, open_engine(config, clock));
  World world{**store, *objects, *pool};
  return service::examine(live, world, clock, {}, {}, out);
}

}  // namespace

void look_at_secrets(const std::string& data, Findings& out) {
  out.looked("secrets", 5);
  struct stat info{};
  if (::stat(data.c_str(), &info) == 0 && (info.st_mode & 0077) != 0)
    out.add({"secrets", Severity::error, "the data directory",
             fmt::format("its mode is {:04o}: others can get at it", info.st_mode & 07777),
             "chmod 0700 it"});
  // The folder of secrets lies in one that is closed; only what is in it must be closed itself.
  look_at_mode(data, "secrets/seal.key", 0600, true, out);
  look_at_mode(data, "secrets/admin.token", 0600, false, out);
  look_at_mode(data, "store/mesh.db", 0600, true, out);
  const auto key = read_file(data + "/secrets/seal.key", 4096);
  if (key && key->size() != kKeyBytes)
    out.add({"secrets", Severity::error, "secrets/seal.key",
             fmt::format("it has {} bytes, and a key has {}", key->size(), kKeyBytes),
             "restore it from a backup: without it nothing that was sealed can be opened"});
}

void look_at_disk(std::uint64_t free_bytes, std::uint64_t all_bytes, bool read_only,
                  Findings& out) {
  out.looked("disk", 1);
  if (read_only)
    out.add({"disk", Severity::error, "the data directory", "its file system is read-only",
             "nothing can be written: look at the machine's log, then mount it anew"});
  if (free_bytes < kRoomMin || free_bytes < all_bytes / kShareMin)
    out.add({"disk", Severity::warning, "the data directory",
             fmt::format("{} of {} are free", human_bytes(free_bytes), human_bytes(all_bytes)),
             "make room: without any the server refuses to publish, and then to answer"});
}

void look_at_kernel(long landlock_abi, Findings& out) {
  out.looked("kernel", 1);
  if (landlock_abi < 1)
    out.add({"kernel", Severity::warning, "the kernel",
             "it offers no Landlock: one of the layers around workers is missing",
             "Linux from 5.13 on has it; it must be listed in /sys/kernel/security/lsm"});
}

void look_at_clock(Time machine, Time installation, Findings& out) {
  out.looked("clock", 1);
  if (machine + kBehindMax < installation)
    out.add(
        {"clock", Severity::error, "the machine's clock",
         fmt::format("it says {}, and this mesh has seen {}", to_text(machine),
                     to_text(installation)),
         "set it right (NTP): until then the mesh's own time stands still, and nothing expires"});
}

void look_around(const std::string& data, Findings& out) {
  look_at_secrets(data, out);
  struct statvfs disk{};
  if (::statvfs(data.c_str(), &disk) == 0)
    look_at_disk(std::uint64_t{disk.f_bavail} * disk.f_frsize,
                 std::uint64_t{disk.f_blocks} * disk.f_frsize, (disk.f_flag & ST_RDONLY) != 0, out);
  constexpr long kLandlockCreateRuleset = 444;
  constexpr unsigned kAskVersion = 1;
  look_at_kernel(::syscall(kLandlockCreateRuleset, nullptr, 0, kAskVersion), out);
}

service::LookAround looking_around(const std::string& data, Clock& clock) {
  return [data, &clock](Findings& out) {
    look_around(data, out);
    look_at_clock(SystemClock().now(), clock.now(), out);
  };
}

Result<api::Diagnosis> examine_folder(const std::string& data) {
  struct stat info{};
  if (::stat((data + "/store/mesh.db").c_str(), &info) != 0)
    return not_found(data + " holds no mesh", "name the folder that hansa serve --data was given");
  SystemClock clock;
  Findings out;
  look_around(data, out);
  HANSA_CHECK(examine_opened(data, clock, out));
  return std::move(out).finish(clock.now());
}

}  // namespace hansa
