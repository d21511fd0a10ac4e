// The one stream of the house: pulled by whoever sends, pushed by whoever receives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"

namespace hansa {

// What the puller can take at most. Zero means no limit.
struct Want {
  std::uint32_t rows_max = 0;
  std::uint32_t bytes_max = limits::chunk_bytes;
};

struct Chunk {
  std::string bytes;
  std::uint32_t rows = 0;
};

// Dropping a Source cancels what is behind it.
struct Source {
  virtual ~Source() = default;
  // Waits for the next piece; nullopt is the end. After an error or the end it must not be called
  // again.
  virtual Result<std::optional<Chunk>> next(Want want) = 0;
};

struct Sink {
  virtual ~Sink() = default;
  virtual Result<void> write(std::string_view bytes) = 0;
};

// Everything the source still has. Errors: exhausted past `bytes_max`; the source's own.
Result<std::string> drain(Source& source, std::size_t bytes_max);

}  // namespace hansa
