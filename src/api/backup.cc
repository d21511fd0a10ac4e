#include "api/backup.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/location.h"

namespace hansa::api {

void describe(Fields& f, BackupHead& v) {
  f.required("level", v.level);
  f.required("version", v.version);
  f.required("at", v.at);
  f.required("seq", v.seq);
  f.required("objects", v.objects);
}

void describe(Fields& f, Restored& v) {
  f.required("at", v.at);
  f.required("taken", v.taken);
  f.required("seq", v.seq);
}

void describe(Fields& f, MakeBackup& v) {
  f.optional("objects", v.objects, "false: without the objects, which are kept elsewhere");
}

std::string manifest_line(std::string_view digest, std::uint64_t bytes, std::string_view name) {
  return fmt::format("{} {} {}\n", to_hex(digest), bytes, name);
}

std::string missing_line(std::string_view name) { return fmt::format("missing 0 {}\n", name); }

std::string end_line(std::string_view digest) { return fmt::format("end {} 0\n", to_hex(digest)); }

Result<void> check_backup_name(std::string_view name) {
  static constexpr std::string_view kFiles[] = {kBackupHead, "store/mesh.db", "secrets/seal.key",
                                                "secrets/admin.token", "audit/audit.anchors"};
  if (std::ranges::find(kFiles, name) != std::end(kFiles)) return {};
  constexpr std::string_view kObjects = "objects/";
  if (name.starts_with(kObjects)) {
    const std::string_view rest = name.substr(kObjects.size());
    const auto slash = rest.find('/');
    if (slash != std::string_view::npos &&
        Location::make(rest.substr(0, slash), rest.substr(slash + 1)))
      return {};
  }
  std::string shown;
  append_json_string(shown, name);
  return invalid(fmt::format("no data directory holds a file {}", shown));
}

}  // namespace hansa::api
