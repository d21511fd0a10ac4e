#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/digest.h"

namespace hansa {
namespace {

std::string_view last_part(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

std::string folder_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Code code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR: return Code::not_found;
    case EACCES:
    case EPERM:
    case EROFS: return Code::denied;
    case EEXIST: return Code::conflict;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case EFBIG: return Code::exhausted;
    default: return Code::unavailable;
  }
}

std::string_view next_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR: return "check the path";
    case EISDIR: return "name a file, not a folder";
    case EACCES:
    case EPERM: return "check whose it is, and who may use it";
    case EROFS: return "choose a place that can be written";
    case ENOSPC:
    case EDQUOT: return "make room on the disk, then try again";
    case EMFILE:
    case ENFILE: return "allow more open files (ulimit -n), then try again";
    default: return {};
  }
}

}  // namespace

std::unexpected<Error> system_error(std::string_view what, int number) {
  return fail(code_of(number), fmt::format("{}: {}", what, std::strerror(number)),
              std::string(next_of(number)));
}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

File::~File() { close(); }

void File::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Result<void> File::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor_, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return system_error("writing a file", errno);
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

Result<std::string> File::read_at(std::uint64_t offset, std::size_t bytes) const {
  std::string out(bytes, '\0');
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t got =
        ::pread(descriptor_, out.data() + have, bytes - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("reading a file", errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

Result<std::uint64_t> File::size() const {
  struct stat info{};
  if (::fstat(descriptor_, &info) != 0) return system_error("reading a file's size", errno);
  return static_cast<std::uint64_t>(info.st_size);
}

Result<void> File::sync() {
  if (::fdatasync(descriptor_) != 0) return system_error("making a file durable", errno);
  return {};
}

Result<File> open_file(const std::string& path, int flags, unsigned mode) {
  for (;;) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    if (descriptor >= 0) return File{descriptor};
    if (errno != EINTR) return system_error(fmt::format("opening {}", last_part(path)), errno);
  }
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  HANSA_TRY(const File file, open_file(path, O_RDONLY));
  HANSA_TRY(const std::uint64_t size, file.size());
  if (size > bytes_max)
    return exhausted(fmt::format("{} is larger than {} bytes", last_part(path), bytes_max));
  return file.read_at(0, size);
}

Result<void> sync_folder(const std::string& path) {
  HANSA_TRY(const File folder, open_file(path, O_RDONLY | O_DIRECTORY));
  if (::fsync(folder.descriptor()) != 0) return system_error("making a folder durable", errno);
  return {};
}

Result<void> write_file_atomically(const std::string& path, std::string_view bytes, unsigned mode) {
  // A name of its own for each call: two threads that replace one file must not write into one
  // another's.
  const std::string staged = fmt::format("{}.{:016x}.tmp", path, random_u64());
  auto written = [&]() -> Result<void> {
    HANSA_TRY(File file, open_file(staged, O_WRONLY | O_CREAT | O_EXCL, mode));
    HANSA_CHECK(file.write(bytes));
    HANSA_CHECK(file.sync());
    if (::rename(staged.c_str(), path.c_str()) == 0) return {};
    return system_error(fmt::format("replacing {}", last_part(path)), errno);
  }();
  if (!written) {
    ::unlink(staged.c_str());
    return written;
  }
  return sync_folder(folder_of(path));
}

Result<void> make_folders(const std::string& path, unsigned mode) {
  for (std::size_t at = 1; at != std::string::npos;) {
    at = path.find('/', at);
    const std::string part = path.substr(0, at);
    if (at != std::string::npos) ++at;
    if (part.empty() || part == ".") continue;
    if (::mkdir(part.c_str(), mode) != 0 && errno != EEXIST)
      return system_error(fmt::format("making the folder {}", last_part(part)), errno);
  }
  return {};
}

}  // namespace hansa
