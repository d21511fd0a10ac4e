#include "service/step/archive.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "api/backup.h"
#include "base/file_source.h"
#include "base/tar.h"

namespace hansa::service {

void Archive::begin(std::string name, std::uint64_t bytes, std::unique_ptr<Source> content) {
  HANSA_ASSERT(idle());
  name_ = std::move(name);
  bytes_ = left_ = bytes;
  content_ = std::move(content);
  head_ = tar_head({name_, bytes});
  digest_.emplace();
}

Result<void> Archive::missing(const std::string& name) { return note(api::missing_line(name)); }

Result<void> Archive::note(const std::string& line) {
  noted_.add(line);
  return notes_.write(line);
}

Result<void> Archive::finish() {
  HANSA_CHECK(notes_.write(api::end_line(noted_.finish())));
  HANSA_TRY(const std::uint64_t bytes, notes_.size());
  const int descriptor = ::dup(notes_.descriptor());
  if (descriptor < 0) return system_error("reading the manifest", errno);
  begin(std::string(api::kBackupManifest), bytes,
        std::make_unique<FileSource>(File(descriptor), 0, bytes));
  tail_ = tar_end();
  return {};
}

Result<void> Archive::end_of_file() {
  if (left_ != 0)
    return unavailable(fmt::format("{} became shorter while it was read", name_), "try again");
  content_.reset();
  if (name_ == api::kBackupManifest) return {};
  return note(api::manifest_line(digest_->finish(), bytes_, name_));
}

Result<std::string> Archive::next(Want want) {
  if (!head_.empty()) return std::exchange(head_, {});
  HANSA_TRY(auto chunk, content_->next(want));
  if (!chunk) {
    HANSA_CHECK(end_of_file());
    return tar_padding(bytes_) + std::exchange(tail_, {});
  }
  if (chunk->bytes.size() > left_)
    return unavailable(fmt::format("{} became longer while it was read", name_), "try again");
  left_ -= chunk->bytes.size();
  digest_->add(chunk->bytes);
  return std::move(chunk->bytes);
}

}  // namespace hansa::service
