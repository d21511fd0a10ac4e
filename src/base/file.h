// Files: an owned descriptor and the few durable steps the house needs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace hansa {

class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  int descriptor() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }
  explicit operator bool() const { return descriptor_ >= 0; }
  void close();

  // Writes all of it. Errors: exhausted if the disk is full; unavailable.
  Result<void> write(std::string_view bytes);
  // Reads up to `bytes` at `offset`; fewer only at the end of the file.
  Result<std::string> read_at(std::uint64_t offset, std::size_t bytes) const;
  Result<std::uint64_t> size() const;
  // Durable on return. After an error nothing about the file is known: never call it again, never
  // acknowledge what was written (the kernel drops the dirty pages and reports the error once).
  Result<void> sync();

 private:
  int descriptor_ = -1;
};

// Opens with O_CLOEXEC. Errors: not_found; denied; conflict (O_EXCL and it exists); unavailable.
// Messages name only the last part of the path: they may reach a client.
Result<File> open_file(const std::string& path, int flags, unsigned mode = 0600);
// A whole small file. Errors: as open_file; exhausted past `bytes_max`.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);
// Makes a rename or an unlink inside the folder durable.
Result<void> sync_folder(const std::string& path);
// Replaces or makes `path` so that a crash leaves the old content or the new, never a part.
Result<void> write_file_atomically(const std::string& path, std::string_view bytes,
                                   unsigned mode = 0600);
// mkdir -p. Errors: denied; unavailable.
Result<void> make_folders(const std::string& path, unsigned mode = 0700);
// An Error for the current errno: `what` says what was tried, without host paths.
std::unexpected<Error> system_error(std::string_view what, int number);

}  // namespace hansa
