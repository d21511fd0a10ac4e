#include "base/file_source.h"

#include <algorithm>

namespace hansa {

Result<std::optional<Chunk>> FileSource::next(Want want) {
  if (at_ >= end_) return std::nullopt;
  const std::uint64_t most = want.bytes_max == 0 ? limits::chunk_bytes : want.bytes_max;
  HANSA_TRY(std::string bytes,
            file_.read_at(at_, static_cast<std::size_t>(std::min(most, end_ - at_))));
  if (bytes.empty()) return unavailable("a file became shorter while it was read");
  at_ += bytes.size();
  return Chunk{std::move(bytes), 0};
}

}  // namespace hansa
