// A part of a file as a stream.
#pragma once

#include "base/file.h"
#include "base/stream.h"

namespace hansa {

class FileSource final : public Source {
 public:
  FileSource(File file, std::uint64_t from, std::uint64_t to)
      : file_(std::move(file)), at_(from), end_(to) {}
  // Errors: unavailable: the file became shorter meanwhile; as File::read_at.
  Result<std::optional<Chunk>> next(Want want) override;

 private:
  File file_;
  std::uint64_t at_;
  const std::uint64_t end_;
};

}  // namespace hansa
