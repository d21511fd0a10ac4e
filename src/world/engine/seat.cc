#include "world/engine/seat.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "base/file.h"

namespace hansa::engine {
namespace {

namespace fs = std::filesystem;

// What a seat remembers of files that were in once; past this it starts anew.
constexpr std::size_t kRememberedMax = 4 * limits::files_per_query_max;

void remove_all(const std::string& path) {
  std::error_code ignored;  // What stays is swept at the next start.
  fs::remove_all(path, ignored);
}

// Neither of these throws: a mount point, or a folder that goes while it is walked, is no reason to
// end.
void empty(const std::string& folder) {
  std::error_code stop;
  for (fs::directory_iterator entry(folder, stop), end; !stop && entry != end;
       entry.increment(stop))
    remove_all(entry->path().string());  // ours: of a path, the library's, which throws
}

Result<void> copy(const std::string& from, const std::string& to) {
  HANSA_TRY(const File source, open_file(from, O_RDONLY));
  HANSA_TRY(const File target, open_file(to, O_WRONLY | O_CREAT | O_EXCL, 0444));
  for (;;) {
    const ssize_t copied =
        copy_file_range(source.descriptor(), nullptr, target.descriptor(), nullptr, 1U << 30, 0);
    if (copied < 0 && errno == EINTR) continue;
    if (copied < 0) return system_error("copying a file for a worker", errno);
    if (copied == 0) return {};
  }
}

}  // namespace

Result<Seat> Seat::make(const std::string& run_folder, const std::string& name) {
  Seat seat(run_folder + "/" + name);
  for (const std::string& folder : {seat.path_, seat.path_ + "/in", seat.path_ + "/spill"})
    if (mkdir(folder.c_str(), 0700) != 0) return system_error("making a worker's folder", errno);
  // For the worker alone: a file that it writes at one end and reads at the other.
  if (mkfifo((seat.path_ + "/pipe").c_str(), 0600) != 0)
    return system_error("making a worker's pipe", errno);
  return seat;
}

Seat::~Seat() {
  if (!path_.empty()) remove_all(path_);
}

std::string Seat::name_of(std::uint32_t number) const {
  return fmt::format("{}/in/{}.parquet", path_, number);
}

void Seat::take_out(Placed& placed) {
  if (placed.is_in) ::unlink(name_of(placed.number).c_str());
  placed.is_in = false;
}

Result<void> Seat::put(query::PlanFile& file) {
  struct stat status{};
  if (::stat(file.path.c_str(), &status) != 0) {
    if (errno == ENOENT) return corrupt(fmt::format("{}: the file is missing", file.label));
    return in_context(file.label, system_error("looking at", errno).error());
  }
  const auto [at, is_new] = placed_.try_emplace(file.path);
  Placed& placed = at->second;
  if (is_new || placed.device != status.st_dev || placed.node != status.st_ino) {
    take_out(placed);
    placed = {.number = next_++, .device = status.st_dev, .node = status.st_ino};
  }
  file.number = placed.number;
  placed.is_wanted = true;
  if (placed.is_in) return {};
  const std::string target = name_of(placed.number);
  if (link(file.path.c_str(), target.c_str()) != 0) {
    const int error = errno;
    if (error == ENOENT) return corrupt(fmt::format("{}: the file is missing", file.label));
    if (error != EXDEV && error != EPERM && error != EMLINK && error != EOPNOTSUPP)
      return in_context(file.label, system_error("linking", error).error());
    has_copies_ = true;
    if (auto copied = copy(file.path, target); !copied) {
      ::unlink(target.c_str());
      return in_context(file.label, std::move(copied).error());
    }
  }
  placed.is_in = true;
  return {};
}

Result<void> Seat::place(std::span<query::PlanFile* const> files) {
  if (placed_.size() > kRememberedMax) clear();
  for (auto& [path, placed] : placed_) placed.is_wanted = false;
  for (query::PlanFile* const file : files) HANSA_CHECK(put(*file));
  for (auto& [path, placed] : placed_)
    if (!placed.is_wanted) take_out(placed);
  return {};
}

void Seat::clear() {
  empty(path_ + "/in");
  empty(path_ + "/spill");
  placed_.clear();
  has_copies_ = false;
}

std::uint64_t Seat::spilled_bytes() const {
  std::uint64_t bytes = 0;
  std::error_code stop;
  for (fs::recursive_directory_iterator entry(path_ + "/spill", stop), end; !stop && entry != end;
       entry.increment(stop)) {
    struct stat status{};
    // Blocks, since a sparse file takes less than its size.
    if (lstat(entry->path().c_str(), &status) == 0)
      bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
  }
  return bytes;
}

Result<void> sweep_seats(const std::string& run_folder) {
  HANSA_CHECK(make_folders(run_folder));
  empty(run_folder);
  return {};
}

}  // namespace hansa::engine
