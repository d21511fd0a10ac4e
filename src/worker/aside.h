// A second thread, for what may happen beside the statement: one piece of work after the other.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace hansa::worker {

class Aside {
 public:
  Aside() = default;
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  ~Aside();

  void add(std::function<void()> work);
  // Done once this much time is over, after what was added, unless it is withdrawn or another takes
  // its place before.
  void add_later(std::chrono::milliseconds delay, std::function<void()> work);
  // What was to be done later is not begun any more; if it was, it is waited for.
  void withdraw();
  // Until all that was added is done, but for what is later: what it wrote is seen from here on.
  void wait();
  // The same, but no longer than this. False: not all is done.
  bool wait_for(std::chrono::milliseconds most);

 private:
  using Clock = std::chrono::steady_clock;
  struct Later {
    Clock::time_point when;
    std::function<void()> work;
  };
  void ring(std::unique_lock<std::mutex> lock);
  void serve();
  std::function<void()> next(std::unique_lock<std::mutex>& lock);
  bool idle() const { return waiting_.empty() && !working_; }

  std::mutex mutex_;
  std::condition_variable bell_;  // there is something to do
  std::condition_variable done_;  // or nothing any more
  std::deque<std::function<void()>> waiting_;
  std::optional<Later> later_;
  Clock::time_point sleeps_until_ = Clock::time_point::max();
  bool working_ = false;
  bool stopped_ = false;
  // Started with the first piece of work: the sandbox is shut by then, and it shares it.
  std::thread thread_;
};

// What is done aside looks at its caller's variables: it ends before they do.
class Waiting {
 public:
  explicit Waiting(Aside& aside) : aside_(aside) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    aside_.withdraw();
    aside_.wait();
  }

 private:
  Aside& aside_;
};

}  // namespace hansa::worker
