#include "world/object/local/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace hansa::object::local {
namespace {

// A FIFO that somebody planted would block an open without O_NONBLOCK.
constexpr int read_flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
// Servers own what they make; whoever else reads it does so through Hansa.
constexpr mode_t folder_mode = 0700;

// The name is not there, or is not what was asked for: a link, a file on the way.
bool means_absent(int number) {
  return number == ENOENT || number == ENOTDIR || number == ELOOP || number == ENXIO ||
         number == ENAMETOOLONG;
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// The kernel's word on the kind, or a look where the file system does not say.
std::optional<bool> is_folder(const File& folder, const dirent& entry) {
  if (entry.d_type == DT_DIR) return true;
  if (entry.d_type == DT_REG) return false;
  if (entry.d_type != DT_UNKNOWN) return std::nullopt;
  const auto info = look(folder, entry.d_name);
  if (!info || !*info) return std::nullopt;
  if (S_ISDIR((*info)->st_mode)) return true;
  if (S_ISREG((*info)->st_mode)) return false;
  return std::nullopt;
}

}  // namespace

Result<std::optional<File>> open_folder(const File& parent, const std::string& name) {
  const int descriptor = ::openat(parent.descriptor(), name.c_str(), read_flags | O_DIRECTORY);
  if (descriptor >= 0) return File(descriptor);
  if (means_absent(errno)) return std::nullopt;
  return system_error("opening a folder", errno);
}

Result<std::optional<File>> make_folder(const File& parent, const std::string& name) {
  const bool made = ::mkdirat(parent.descriptor(), name.c_str(), folder_mode) == 0;
  if (!made && errno == ENOENT) return std::nullopt;
  if (!made && errno != EEXIST) return system_error("making a folder", errno);
  if (made) HANSA_CHECK(sync(parent));
  HANSA_TRY(std::optional<File> folder, open_folder(parent, name));
  if (folder) return folder;
  HANSA_TRY(const auto there, look(parent, name));
  if (there) return conflict("a file has the name of a folder");
  return std::nullopt;
}

Result<std::optional<File>> open_regular(const File& parent, const std::string& name) {
  const int descriptor = ::openat(parent.descriptor(), name.c_str(), read_flags);
  if (descriptor < 0) {
    if (means_absent(errno)) return std::nullopt;
    return system_error("opening an object", errno);
  }
  File file(descriptor);
  struct stat info{};
  if (::fstat(descriptor, &info) != 0) return system_error("looking at an object", errno);
  if (!S_ISREG(info.st_mode)) return std::nullopt;
  return file;
}

Result<std::optional<struct stat>> look(const File& parent, const std::string& name) {
  struct stat info{};
  if (::fstatat(parent.descriptor(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) return info;
  if (means_absent(errno)) return std::nullopt;
  return system_error("looking at an object", errno);
}

Result<std::vector<Entry>> entries(const File& folder) {
  // A descriptor of its own: reading a folder moves the position that copies share.
  const int descriptor = ::openat(folder.descriptor(), ".", read_flags | O_DIRECTORY);
  if (descriptor < 0) return system_error("reading a folder", errno);
  const std::unique_ptr<DIR, CloseFolder> stream(::fdopendir(descriptor));
  if (!stream) {
    const int number = errno;
    ::close(descriptor);
    return system_error("reading a folder", number);
  }
  std::vector<Entry> found;
  for (errno = 0; const dirent* entry = ::readdir(stream.get()); errno = 0) {
    std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (const auto folder_here = is_folder(folder, *entry))
      found.push_back({std::move(name), *folder_here});
  }
  if (errno != 0) return system_error("reading a folder", errno);
  return found;
}

Result<void> sync(const File& folder) {
  if (::fsync(folder.descriptor()) != 0) return system_error("making a folder durable", errno);
  return {};
}

namespace {

// A key of 1,024 bytes has no more parts than this.
constexpr int depth_max = 512;

bool remove_hollow_to(const File& parent, const std::string& name, int depth) {
  if (depth == 0) return false;
  if (::unlinkat(parent.descriptor(), name.c_str(), AT_REMOVEDIR) == 0) return true;
  const auto folder = open_folder(parent, name);
  if (!folder || !*folder) return false;
  const auto inside = entries(**folder);
  if (!inside) return false;
  for (const Entry& entry : *inside)
    if (!entry.is_folder || !remove_hollow_to(**folder, entry.name, depth - 1)) return false;
  return ::unlinkat(parent.descriptor(), name.c_str(), AT_REMOVEDIR) == 0;
}

}  // namespace

bool remove_hollow(const File& parent, const std::string& name) {
  return remove_hollow_to(parent, name, depth_max);
}

}  // namespace hansa::object::local
