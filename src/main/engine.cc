#include "main/engine.h"

#include <unistd.h>

#include <algorithm>
#include <climits>
#include <thread>

namespace hansa {
namespace {

constexpr std::size_t kQueriesWaitingMax = 24;
constexpr Micros kWorkerPatience = std::chrono::seconds(20);

}  // namespace

std::string worker_path() {
  char buffer[PATH_MAX];
  const ssize_t length = ::readlink("/proc/self/exe", buffer, sizeof buffer);
  const std::string self(buffer, length > 0 ? static_cast<std::size_t>(length) : 0);
  return self.substr(0, self.find_last_of('/') + 1) + "hansa-worker";
}

Result<std::unique_ptr<engine::Pool>> open_engine(const Config& config, Clock& clock) {
  engine::PoolOptions pool{.worker_path = worker_path(), .run_folder = config.data + "/run"};
  pool.queries_waiting_max = kQueriesWaitingMax;
  pool.queries_per_principal_max = config.queries_per_principal_max;
  pool.workers_min = config.workers_warm;
  pool.workers_max = config.workers_max;
  pool.workers_kept_max = config.workers_kept_max;
  pool.kept_bytes_max = config.workers_kept_bytes_max;
  pool.threads = config.worker_threads != 0 ? config.worker_threads
                                            : std::max(1U, std::thread::hardware_concurrency());
  pool.memory_bytes = config.worker_memory_bytes;
  pool.spill_bytes = config.worker_spill_bytes;
  return engine::Pool::open(std::move(pool), clock);
}

Result<void> try_worker(engine::Pool& engine, Clock& clock) {
  const auto lease = engine.lease(PrincipalId{}, clock.now() + kWorkerPatience, {});
  if (lease) return {};
  return fail(lease.error().code,
              "no worker starts, so nothing could be queried: " + lease.error().text,
              lease.error().next.empty() ? "hansa-worker and lib/libduckdb.so lie beside hansa; "
                                           "what a worker misses is in the log above"
                                         : lease.error().next);
}

}  // namespace hansa
