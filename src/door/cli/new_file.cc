#include "door/cli/new_file.h"

#include <fcntl.h>

#include <filesystem>

#include "base/file.h"

namespace hansa::cli {

Outcome<void> write_new(const std::string& path, std::string_view text, bool force) {
  const int flags = O_WRONLY | O_CREAT | (force ? O_TRUNC : O_EXCL);
  auto file = open_file(path, flags, 0666);
  if (!file && file.error().code == Code::conflict)
    return std::unexpected(
        Failure(Error{Code::conflict, path + " is there already, and stays as it is",
                      "add --force to replace it, or --name for another name"}));
  if (!file) return std::unexpected(Failure(std::move(file).error()));
  HANSA_CHECK(file->write(text));
  return {};
}

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(path, error));
}

}  // namespace hansa::cli
