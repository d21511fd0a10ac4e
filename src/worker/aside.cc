#include "worker/aside.h"

#include <utility>

namespace hansa::worker {

Aside::~Aside() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  bell_.notify_one();
  thread_.join();
}

void Aside::add(std::function<void()> work) {
  std::unique_lock lock(mutex_);
  waiting_.push_back(std::move(work));
  ring(std::move(lock));
}

void Aside::add_later(std::chrono::milliseconds delay, std::function<void()> work) {
  std::unique_lock lock(mutex_);
  later_ = {Clock::now() + delay, std::move(work)};
  // Who is awake looks for it before sleeping. Nobody is woken for what may be withdrawn.
  if (sleeps_until_ > later_->when) ring(std::move(lock));
}

void Aside::withdraw() {
  std::unique_lock lock(mutex_);
  later_.reset();
  done_.wait(lock, [&] { return !working_; });
}

void Aside::wait() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return idle(); });
}

bool Aside::wait_for(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  return done_.wait_for(lock, most, [&] { return idle(); });
}

void Aside::ring(std::unique_lock<std::mutex> lock) {
  lock.unlock();
  if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
  bell_.notify_one();
}

void Aside::serve() {
  std::unique_lock lock(mutex_);
  while (const std::function<void()> work = next(lock)) {
    working_ = true;
    lock.unlock();
    work();
    lock.lock();
    working_ = false;
    done_.notify_all();
  }
}

// Waits for it; nothing when all ends.
std::function<void()> Aside::next(std::unique_lock<std::mutex>& lock) {
  for (;;) {
    if (stopped_) return {};
    if (!waiting_.empty()) {
      std::function<void()> work = std::move(waiting_.front());
      waiting_.pop_front();
      return work;
    }
    if (later_ && Clock::now() >= later_->when) return std::exchange(later_, std::nullopt)->work;
    sleeps_until_ = later_ ? later_->when : Clock::time_point::max();
    if (later_) bell_.wait_until(lock, sleeps_until_);
    else bell_.wait(lock);
    sleeps_until_ = Clock::time_point::min();
  }
}

}  // namespace hansa::worker
