// An archive in the making: what is added comes out as tar, each file noted in the manifest that
// ends it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/digest.h"
#include "base/file.h"
#include "base/stream.h"

namespace hansa::service {

class Archive {
 public:
  // `notes` is an empty file, open for reading and writing: the manifest may be larger than memory.
  explicit Archive(File notes) : notes_(std::move(notes)) {}

  // The next file, once the one before has been read to its end.
  void begin(std::string name, std::uint64_t bytes, std::unique_ptr<Source> content);
  // A file that ought to be there and is not.
  Result<void> missing(const std::string& name);
  // No more files: the manifest itself and the end.
  Result<void> finish();

  bool idle() const { return !content_ && head_.empty(); }
  // The next piece of the file at hand; never called when idle. Errors: unavailable: the file is
  // not as long as it was said to be; the content's own.
  Result<std::string> next(Want want);

 private:
  Result<void> end_of_file();
  Result<void> note(const std::string& line);

  File notes_;
  Digest noted_;
  std::string name_, head_, tail_;
  std::uint64_t bytes_ = 0, left_ = 0;
  std::unique_ptr<Source> content_;
  std::optional<Digest> digest_;
};

}  // namespace hansa::service
