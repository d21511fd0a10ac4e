// What a lease does with its worker; pool.cc hands it out and takes the worker back.
#pragma once

#include <functional>
#include <memory>

#include "world/engine/engine.h"
#include "world/engine/process.h"

namespace hansa::engine {

// What becomes of a worker that is given back.
enum class Back {
  keep,  // it may go on serving this principal as it is
  wipe,  // it holds what it must not keep, and can serve again once wiped
  end,   // it was killed
};
using GiveBack = std::move_only_function<void(std::shared_ptr<Process> worker, Back)>;

std::unique_ptr<Lease> make_lease(std::shared_ptr<Process> worker, GiveBack give_back,
                                  std::stop_token stop);

// Empties the worker's seat and asks it to forget everything, without waiting for it. Errors: it is
// gone.
Result<void> begin_wipe(Process& worker);
// Waits until the worker has wiped itself. Errors: it has not; it must not serve.
Result<void> settle(Process& worker);

}  // namespace hansa::engine
