#include "door/cli/unpack.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/file.h"
#include "base/tar.h"
#include "base/text.h"

namespace hansa::cli {
namespace {

constexpr std::size_t kHeadMax = 64 << 10;
constexpr std::size_t kLineMax = 4096;
constexpr std::size_t kMissingShown = 20;
constexpr std::string_view kOther = "take another backup; this file is not whole any more";

unsigned mode_of(std::string_view name) { return name.starts_with("objects/") ? 0444 : 0600; }

std::uint64_t mark_of(std::string_view line) {
  std::uint64_t mark = 0;
  for (const char byte : sha256(line).substr(0, 8))
    mark = mark << 8 | static_cast<unsigned char>(byte);
  return mark;
}

class Unpacking {
 public:
  Unpacking(Source& archive, const std::string& folder) : reader_(archive), folder_(folder) {}

  Result<Unpacked> all() {
    for (;;) {
      HANSA_TRY(const auto entry, reader_.next());
      if (!entry) break;
      if (manifest_read_)
        return corrupt("the backup goes on after its manifest", std::string(kOther));
      if (out_.files == 0 && entry->name != api::kBackupHead)
        return corrupt("this is no backup of Hansa", "name a file that hansa admin backup wrote");
      if (entry->name == api::kBackupManifest) HANSA_CHECK(manifest());
      else HANSA_CHECK(file(*entry));
    }
    if (!manifest_read_) return corrupt("the backup has no manifest", std::string(kOther));
    if (!store_ || !key_)
      return corrupt("the backup holds no store or no sealing key", "take another backup");
    return std::move(out_);
  }

 private:
  Result<void> file(const TarEntry& entry) {
    HANSA_CHECK(api::check_backup_name(entry.name));
    const bool first = out_.files++ == 0;
    if (first != (entry.name == api::kBackupHead)) return corrupt("the backup has two heads");
    HANSA_TRY(File to, open(entry.name));
    Digest digest;
    std::string head;
    for (;;) {
      HANSA_TRY(const std::string piece, reader_.read());
      if (piece.empty()) break;
      digest.add(piece);
      if (to) HANSA_CHECK(to.write(piece));
      if (first && (head += piece).size() > kHeadMax)
        return corrupt("the backup's head is too long");
    }
    if (first) HANSA_CHECK(read_head(head));
    store_ = store_ || entry.name == "store/mesh.db";
    key_ = key_ || entry.name == "secrets/seal.key";
    out_.bytes += entry.bytes;
    const std::string line = api::manifest_line(digest.finish(), entry.bytes, entry.name);
    found_.add(line);
    marks_.push_back(mark_of(line));
    return {};
  }

  Result<void> read_head(const std::string& text) {
    const auto json = parse_json(text);
    const Json* level = json ? json->find("level") : nullptr;
    const auto number = level ? level->as_unsigned() : Result<std::uint64_t>(0);
    if (number && *number > api::kBackupLevel)
      return invalid("a newer version of Hansa wrote this backup", "restore it with that version");
    auto head =
        json ? from_json<api::BackupHead>(*json) : Result<api::BackupHead>(api::BackupHead{});
    if (!json || !head) return corrupt("the backup's head cannot be read", std::string(kOther));
    out_.head = *std::move(head);
    return {};
  }

  // Not open: nothing is to be written.
  Result<File> open(const std::string& name) {
    if (folder_.empty() || name == api::kBackupHead) return File();
    const std::string path = folder_ + "/" + name;
    HANSA_CHECK(make_folders(path.substr(0, path.rfind('/'))));
    return open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode_of(name));
  }

  Result<void> manifest() {
    manifest_read_ = true;
    std::string rest;
    for (;;) {
      HANSA_TRY(const std::string piece, reader_.read());
      if (piece.empty()) break;
      rest += piece;
      std::size_t from = 0;
      for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', from)) {
        HANSA_CHECK(line(rest.substr(from, end + 1 - from)));
        from = end + 1;
      }
      rest.erase(0, from);
      if (rest.size() > kLineMax) return altered();
    }
    if (!rest.empty() || !ended_ || listed_ != marks_.size() || found_.finish() != wanted_.finish())
      return altered();
    return {};
  }

  Result<void> line(const std::string& line) {
    if (ended_) return altered();
    const auto name_at = line.find(' ', line.find(' ') + 1);
    if (name_at == std::string::npos && !line.starts_with("end ")) return altered();
    if (line.starts_with("end ")) {
      ended_ = true;
      if (line != api::end_line(lines_.finish())) return altered();
      return {};
    }
    lines_.add(line);
    const std::string name = line.substr(name_at + 1, line.size() - name_at - 2);
    if (line == api::missing_line(name)) {
      if (++out_.missing <= kMissingShown) out_.missing_names.push_back(name);
      return {};
    }
    wanted_.add(line);
    if (listed_ < marks_.size() && marks_[listed_++] == mark_of(line)) return {};
    return corrupt(fmt::format("{} is not what was backed up", name), std::string(kOther));
  }

  std::unexpected<Error> altered() const {
    return corrupt("the backup's manifest was altered", std::string(kOther));
  }

  TarReader reader_;
  const std::string& folder_;
  Unpacked out_;
  Digest found_, wanted_;  // of all lines about files that are there
  // The beginning of each line's digest, to say which file differs: names would fill the memory.
  std::vector<std::uint64_t> marks_;
  std::size_t listed_ = 0;
  Digest lines_;
  bool manifest_read_ = false, ended_ = false, store_ = false, key_ = false;
};

}  // namespace

Result<Unpacked> unpack(Source& archive, const std::string& folder) {
  return Unpacking(archive, folder).all();
}

}  // namespace hansa::cli
