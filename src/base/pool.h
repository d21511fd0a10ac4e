// A bounded pool of threads for work that waits. What the queue cannot hold is refused at once: a
// caller that is told to come back later is served better than one that waits for nothing.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace hansa {

struct PoolOptions {
  std::size_t threads = 8;           // for all classes; `control` goes first
  std::size_t control_threads = 0;   // for `control` alone, so that a revocation never queues
  std::size_t bulk_threads_max = 0;  // of `threads`; 0: all but a quarter
  std::size_t waiting_max = 1'024;   // of each class
};

class Pool {
 public:
  // Control goes before interactive, interactive before bulk; bulk is never starved for good.
  enum class Class { control, interactive, bulk };
  using Job = std::move_only_function<void()>;  // must not throw

  explicit Pool(PoolOptions options);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();  // stops

  // False, within microseconds, if `waiting_max` jobs of the class wait already, or after stop().
  [[nodiscard]] bool submit(Class which, Job job);
  // The next step of work that was admitted before: never refused, so its number must be bounded by
  // what is admitted. After stop() the job is dropped unrun.
  void resume(Class which, Job job);
  // Jobs that wait. Zero at `interactive` means that a thread may stay with what it does.
  std::size_t waiting(Class which) const;

  // Drops what waits, unrun, and returns when the running jobs have ended.
  void stop();

 private:
  static constexpr std::size_t kClasses = 3;
  void serve(bool control_only);
  bool next(bool control_only, Job& job, Class& which);  // under the lock
  bool may_run_bulk() const;
  void put(Class which, Job job);
  std::deque<Job>& queue(Class which) { return queues_[static_cast<std::size_t>(which)]; }

  PoolOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable work_;          // for the threads of all classes
  std::condition_variable control_work_;  // for the threads of control
  std::array<std::deque<Job>, kClasses> queues_;
  std::size_t bulk_running_ = 0;
  std::size_t interactive_in_a_row_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hansa
