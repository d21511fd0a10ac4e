// A second thread, for what may happen beside the statement: one piece of work after the other.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace hansa::worker {

class Aside {
 public:
  Aside() = default;
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  ~Aside();

  void add(std::function<void()> work);
  // Until all that was added is done: what it wrote is seen from here on.
  void wait();

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable bell_;
  std::deque<std::function<void()>> waiting_;
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
  ~Waiting() { aside_.wait(); }

 private:
  Aside& aside_;
};

}  // namespace hansa::worker
