// A Parquet file on its way while DuckDB writes it: it only ever appends, so a pipe will do.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "worker/rows.h"

namespace hansa::worker {

// In the seat; the server makes it.
inline constexpr const char* kPipe = "pipe";

// Runs `write` in a thread of its own, which writes a file called kPipe and says how many rows it
// has. What it wrote arrives meanwhile; the end, or its error, once it has returned. Dropped
// earlier, its next write fails. Errors: unavailable.
Result<std::unique_ptr<RowSource>> piped(std::function<Result<std::uint64_t>()> write);

}  // namespace hansa::worker
