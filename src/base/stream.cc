#include "base/stream.h"

#include <fmt/format.h>

namespace hansa {

Result<std::string> drain(Source& source, std::size_t bytes_max) {
  std::string all;
  for (;;) {
    HANSA_TRY(std::optional<Chunk> chunk, source.next(Want{}));
    if (!chunk) return all;
    if (all.size() + chunk->bytes.size() > bytes_max)
      return exhausted(fmt::format("more than {} bytes", bytes_max));
    all += chunk->bytes;
  }
}

}  // namespace hansa
