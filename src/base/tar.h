// Archives of regular files in the form that tar reads: ustar (POSIX.1-1988), with pax records
// (POSIX.1-2001) before a file whose name or size a header has no room for. Read is only what is
// written here, so that no archive can name a link, a device, an owner or a place outside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/stream.h"

namespace hansa {

struct TarEntry {
  std::string name;
  std::uint64_t bytes = 0;
  friend bool operator==(const TarEntry&, const TarEntry&) = default;
};

// What stands before and behind the bytes of a file, and at the end of all.
std::string tar_head(const TarEntry& entry);
std::string tar_padding(std::uint64_t bytes);
std::string tar_end();

// Pulls an archive, in bounded memory. Errors of all: corrupt: it is cut off, altered, or holds
// anything but regular files; the source's own. After an error it must not be used again. Names are
// the archive's word: the caller decides where they may lead.
class TarReader {
 public:
  explicit TarReader(Source& source) : source_(source) {}

  // The next file, what is left of the one before passed over; nullopt: the end, with nothing
  // behind it.
  Result<std::optional<TarEntry>> next();
  // The next piece of this file; empty: all of it was read.
  Result<std::string> read();

 private:
  Result<bool> fill(std::size_t bytes);
  Result<std::string> take(std::size_t bytes);
  Result<std::optional<std::string>> head();
  Result<void> nothing_behind();
  Result<TarEntry> extended(std::string_view head);

  Source& source_;
  std::string held_;  // pulled and not given yet
  std::size_t at_ = 0;
  std::uint64_t left_ = 0;  // of the file that is being read
  std::uint64_t padding_ = 0;
};

}  // namespace hansa
