#include "worker/aside.h"

#include <utility>

namespace hansa::worker {

Aside::~Aside() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  bell_.notify_all();
  thread_.join();
}

void Aside::add(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
  }
  if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
  bell_.notify_all();
}

void Aside::wait() {
  std::unique_lock lock(mutex_);
  bell_.wait(lock, [&] { return waiting_.empty() && !working_; });
}

void Aside::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    bell_.wait(lock, [&] { return stopped_ || !waiting_.empty(); });
    if (stopped_) return;
    const std::function<void()> work = std::move(waiting_.front());
    waiting_.pop_front();
    working_ = true;
    lock.unlock();
    work();
    lock.lock();
    working_ = false;
    bell_.notify_all();
  }
}

}  // namespace hansa::worker
