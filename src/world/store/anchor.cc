#include "world/store/anchor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"
#include "base/text.h"

namespace hansa::store {
namespace {

// One anchor a minute for a hundred years is 5 GB; a file past this is read by nobody in time.
constexpr std::size_t anchors_bytes_max = std::size_t{1} << 30;
constexpr std::size_t hash_bytes = 32;

std::string path_in(const std::string& folder) { return folder + "/audit.anchors"; }

// Bytes up to and with the last end of a line.
std::size_t whole_lines(std::string_view text) {
  const auto last = text.find_last_of('\n');
  return last == std::string_view::npos ? 0 : last + 1;
}

Result<Anchor> parse_anchor(std::string_view line) {
  const auto parts = split(line, ' ');
  if (parts.size() != 4 || parts[0] != "1") return corrupt("an anchor of the audit cannot be read");
  const auto number = parse_int(parts[1]);
  const auto hash = from_hex(parts[2]);
  const auto at = parse_time(parts[3]);
  if (!number || *number < 0 || !hash || hash->size() != hash_bytes || !at)
    return corrupt("an anchor of the audit cannot be read");
  return Anchor{static_cast<std::uint64_t>(*number), *hash, *at};
}

// The file's last line at most, which is shorter than this.
Result<void> cut_unfinished(File& file) {
  constexpr std::uint64_t line_bytes_max = 256;
  HANSA_TRY(const std::uint64_t size, file.size());
  const std::uint64_t from = size > line_bytes_max ? size - line_bytes_max : 0;
  HANSA_TRY(const std::string end, file.read_at(from, static_cast<std::size_t>(size - from)));
  const std::uint64_t whole = from + whole_lines(end);
  if (whole != size && ::ftruncate(file.descriptor(), static_cast<off_t>(whole)) != 0)
    return system_error("repairing the audit's anchors", errno);
  return {};
}

}  // namespace

Result<void> write_anchor(const std::string& folder, const AuditHead& head, Time now) {
  const auto hash = from_hex(head.hash);
  if (!hash || hash->size() != hash_bytes) return invalid("an anchor needs the hash of a line");
  HANSA_TRY(File file, open_file(path_in(folder), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW));
  HANSA_CHECK(cut_unfinished(file));
  HANSA_CHECK(file.write(fmt::format("1 {} {} {}\n", head.number, head.hash, to_text(now))));
  HANSA_CHECK(file.sync());
  return sync_folder(folder);
}

Result<std::vector<Anchor>> read_anchors(const std::string& folder) {
  auto text = read_file(path_in(folder), anchors_bytes_max);
  if (!text && text.error().code == Code::not_found) return std::vector<Anchor>{};
  if (!text) return std::unexpected(std::move(text).error());
  std::vector<Anchor> anchors;
  const std::string_view whole = std::string_view(*text).substr(0, whole_lines(*text));
  for (std::size_t at = 0; at < whole.size();) {
    const auto end = whole.find('\n', at);
    HANSA_TRY(Anchor anchor, parse_anchor(whole.substr(at, end - at)));
    if (anchor.number > 0) anchors.push_back(std::move(anchor));
    at = end + 1;
  }
  return anchors;
}

}  // namespace hansa::store
