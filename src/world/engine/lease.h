// What a lease does with its worker; pool.cc hands it out and takes the worker back.
#pragma once

#include <functional>
#include <memory>

#include "world/engine/engine.h"
#include "world/engine/process.h"

namespace hansa::engine {

// Takes the worker back; `clean`: it has been asked to wipe itself and may serve again.
using GiveBack = std::move_only_function<void(std::shared_ptr<Process> worker, bool clean)>;

std::unique_ptr<Lease> make_lease(std::shared_ptr<Process> worker, GiveBack give_back, std::stop_token stop);

// Waits until the worker has wiped itself after its last lease. Errors: it has not; it must not serve.
Result<void> settle(Process& worker);

}  // namespace hansa::engine
