#include "base/pool.h"

#include <algorithm>
#include <utility>

#include "base/result.h"

namespace hansa {

namespace {

// One bulk job after so many interactive ones: late, but not never.
constexpr std::size_t kInteractiveInARowMax = 8;

}  // namespace

Pool::Pool(PoolOptions options) : options_(options) {
  HANSA_ASSERT(options_.threads > 0);
  const std::size_t most = options_.threads - options_.threads / 4;
  if (options_.bulk_threads_max == 0) options_.bulk_threads_max = most;
  // With one thread there is nothing to set aside.
  if (options_.threads > 1) {
    options_.bulk_threads_max = std::min(options_.bulk_threads_max, options_.threads - 1);
  }
  for (std::size_t i = 0; i < options_.threads; ++i)
    threads_.emplace_back([this] { serve(false); });
  for (std::size_t i = 0; i < options_.control_threads; ++i) {
    threads_.emplace_back([this] { serve(true); });
  }
}

Pool::~Pool() { stop(); }

bool Pool::submit(Class which, Job job) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_ || queue(which).size() >= options_.waiting_max) return false;
    put(which, std::move(job));
  }
  return true;
}

void Pool::resume(Class which, Job job) {
  std::lock_guard lock(mutex_);
  // `job` is an argument: if dropped, it dies at the caller, after the lock.
  if (!stopped_) put(which, std::move(job));
}

void Pool::put(Class which, Job job) {
  queue(which).push_back(std::move(job));
  if (which == Class::control) control_work_.notify_one();
  work_.notify_one();
}

std::size_t Pool::waiting(Class which) const {
  std::lock_guard lock(mutex_);
  return queues_[static_cast<std::size_t>(which)].size();
}

bool Pool::may_run_bulk() const {
  return !queues_[static_cast<std::size_t>(Class::bulk)].empty() &&
         bulk_running_ < options_.bulk_threads_max;
}

bool Pool::next(bool control_only, Job& job, Class& which) {
  const auto take = [&](Class from) {
    which = from;
    job = std::move(queue(from).front());
    queue(from).pop_front();
    interactive_in_a_row_ = from == Class::interactive ? interactive_in_a_row_ + 1 : 0;
    if (from == Class::bulk) ++bulk_running_;
    return true;
  };
  if (!queue(Class::control).empty()) return take(Class::control);
  if (control_only) return false;
  if (may_run_bulk() && interactive_in_a_row_ >= kInteractiveInARowMax) return take(Class::bulk);
  if (!queue(Class::interactive).empty()) return take(Class::interactive);
  return may_run_bulk() && take(Class::bulk);
}

void Pool::serve(bool control_only) {
  std::unique_lock lock(mutex_);
  std::condition_variable& work = control_only ? control_work_ : work_;
  while (!stopped_) {
    Job job;
    Class which = Class::control;
    if (!next(control_only, job, which)) {
      work.wait(lock);
      continue;
    }
    lock.unlock();
    job();
    job = nullptr;  // What the job owns dies outside the lock.
    lock.lock();
    if (which == Class::bulk) --bulk_running_;
  }
}

void Pool::stop() {
  std::array<std::deque<Job>, kClasses> dropped;  // dies after the lock
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(queues_);
    threads.swap(threads_);
  }
  work_.notify_all();
  control_work_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace hansa
