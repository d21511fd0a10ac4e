// A backup: a tar archive of regular files, in this order (doc/formats.md):
//
//   backup.json      a BackupHead
//   store/, secrets/, audit/, objects/BUCKET/KEY    as they lie in a data directory
//   manifest.txt     a line a file before it, in the order of the archive; then one about all of
//   these
//
// The server writes it, the command line reads it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/route.h"
#include "base/time.h"

namespace hansa::api {

struct BackupHead {
  std::uint32_t level = 1;  // of the archive's form
  std::string version;      // of the server that wrote it
  Time at;
  std::uint64_t seq = 0;  // the last commit in it
  bool objects = true;    // false: the objects have to come from elsewhere
};
void describe(Fields& f, BackupHead& v);

inline constexpr std::uint32_t kBackupLevel = 1;
inline constexpr std::string_view kBackupHead = "backup.json";
inline constexpr std::string_view kBackupManifest = "manifest.txt";
inline constexpr std::string_view kBackupType = "application/x-tar";

// `SHA256 BYTES NAME`, the digest in hex; `missing 0 NAME`: the store names this object, and it was
// not there.
std::string manifest_line(std::string_view digest, std::uint64_t bytes, std::string_view name);
std::string missing_line(std::string_view name);
// The last one: `end SHA256 0`, of all lines before.
std::string end_line(std::string_view digest);

// Whether a file of this name may lie in a data directory that a backup makes. Errors: invalid.
Result<void> check_backup_name(std::string_view name);

// What a restore leaves in the data directory for the server's next start to record.
inline constexpr std::string_view kRestoredNote = "restored.json";
struct Restored {
  Time at;     // of the restore
  Time taken;  // of the backup
  std::uint64_t seq = 0;
};
void describe(Fields& f, Restored& v);

struct MakeBackup {
  bool objects = true;
};
void describe(Fields& f, MakeBackup& v);
inline constexpr Route<MakeBackup, Nothing> make_backup{
    Method::post, "/api/v1/backup", "makeBackup",
    "All of the mesh as one tar archive, as secret as the data directory itself", "server"};

}  // namespace hansa::api
