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

void remove_all(const std::string& path) {
  std::error_code ignored;  // What stays is swept at the next start.
  fs::remove_all(path, ignored);
}

void empty(const std::string& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) remove_all(entry.path());
}

Result<void> copy(const std::string& from, const std::string& to) {
  HANSA_TRY(const File source, open_file(from, O_RDONLY));
  HANSA_TRY(const File target, open_file(to, O_WRONLY | O_CREAT | O_EXCL, 0444));
  for (;;) {
    const ssize_t copied = copy_file_range(source.descriptor(), nullptr, target.descriptor(), nullptr, 1U << 30, 0);
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
  return seat;
}

Seat::~Seat() {
  if (!path_.empty()) remove_all(path_);
}

Result<void> Seat::place(query::PlanFile& file) {
  file.number = next_++;
  const std::string target = fmt::format("{}/in/{}.parquet", path_, file.number);
  if (link(file.path.c_str(), target.c_str()) == 0) return {};
  const int error = errno;
  if (error == ENOENT) return corrupt(fmt::format("{}: the file is missing", file.label));
  if (error != EXDEV && error != EPERM && error != EMLINK && error != EOPNOTSUPP)
    return in_context(file.label, system_error("linking", error).error());
  if (auto copied = copy(file.path, target); !copied) return in_context(file.label, std::move(copied).error());
  return {};
}

void Seat::clear() {
  empty(path_ + "/in");
  empty(path_ + "/spill");
}

std::uint64_t Seat::spilled_bytes() const {
  std::uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(path_ + "/spill", ignored)) {
    struct stat status{};
    // Blocks, since a sparse file takes less than its size.
    if (lstat(entry.path().c_str(), &status) == 0) bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
  }
  return bytes;
}

Result<void> sweep_seats(const std::string& run_folder) {
  HANSA_CHECK(make_folders(run_folder));
  empty(run_folder);
  return {};
}

}  // namespace hansa::engine
