// The engine of the house: a pool of warm, sealed workers, shared fairly.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/limits.h"
#include "base/time.h"
#include "world/engine/engine.h"

namespace hansa::engine {

struct PoolOptions {
  std::string worker_path;
  std::string run_folder;       // on the file system of the data, so that files can be linked
  std::size_t workers_min = 2;  // warm and idle, as far as workers_max allows
  std::size_t workers_max = 8;  // at work at once
  // Idle ones past those, each for the principal it served last; the longest idle end first.
  std::size_t workers_kept_max = 0;
  // What all idle ones may hold of memory, but for workers_min. 0: a sixteenth of the machine's,
  // and at most 1 GiB.
  std::uint64_t kept_bytes_max = 0;
  std::uint32_t threads = 2;                            // of each worker
  std::uint64_t memory_bytes = std::uint64_t{2} << 30;  // of each worker, enforced by the kernel
  std::uint64_t spill_bytes = std::uint64_t{8} << 30;   // of each worker
  std::size_t queries_per_principal_max = limits::queries_per_principal_max;
  std::size_t queries_waiting_max = limits::queries_waiting_max;
  std::chrono::seconds idle_max{60};  // a worker past workers_min ends when it was idle for so long
  std::chrono::seconds start_max{10};     // a worker that has not greeted by then is given up
  std::uint32_t landlock_abi_max = 1000;  // for tests: as if the kernel knew no more
};

struct PoolCounts {
  std::size_t starting = 0, idle = 0, leased = 0, waiting = 0;
  std::uint64_t started = 0, died = 0;  // since the beginning
};

class Pool : public Engine {
 public:
  // Sweeps what an earlier run left, then starts workers_min workers in the background. Errors:
  // unavailable.
  static Result<std::unique_ptr<Pool>> open(PoolOptions options, Clock& clock);
  ~Pool() override;  // no lease may be left

  Result<std::unique_ptr<Lease>> lease(PrincipalId who, Time deadline,
                                       std::stop_token stop) override;
  PoolCounts counts() const;
  // Errors: why workers do not start, once that has failed several times in a row.
  Result<void> health() const;

  class State;

 private:
  explicit Pool(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hansa::engine
