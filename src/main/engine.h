// The engine as the configuration wants it.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "main/config.h"
#include "world/engine/pool.h"

namespace hansa {

// hansa-worker beside this program.
std::string worker_path();

// Errors: as Pool::open.
Result<std::unique_ptr<engine::Pool>> open_engine(const Config& config, Clock& clock);

// A server whose workers cannot prove their sandbox, or do not start at all, must not look ready.
Result<void> try_worker(engine::Pool& engine, Clock& clock);

}  // namespace hansa
