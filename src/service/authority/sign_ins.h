// What guards passwords against being tried out: attempts are counted by name and by address, and
// only a few are checked at once, since each check takes a core and 19 MiB for a while.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "base/time.h"

namespace hansa::service {

// Counts by key, each within a window that begins with its first attempt. Bounded: the oldest
// window is forgotten first.
class Attempts {
 public:
  explicit Attempts(std::size_t max) : max_(max) {}
  // Takes one. Gives how long to wait if there is none left, else zero.
  Micros take(const std::string& key, Time now);
  void give_back(const std::string& key);
  std::size_t size() const { return counts_.size(); }

 private:
  struct Count {
    std::size_t taken = 0;
    Time until;
  };
  const std::size_t max_;
  std::unordered_map<std::string, Count> counts_;
  std::deque<std::string> oldest_first_;
};

class SignIns {
 public:
  SignIns();

  // Counts an attempt before it is checked, so that many at once are not more than one by one; one
  // that was right is given back. Errors: exhausted, with the seconds to wait: the same for a name
  // that exists and one that does not.
  Result<void> attempt(std::string_view name, std::string_view address, Time now);
  void was_right(std::string_view name, std::string_view address);

  // Held while a password is hashed or checked. Errors: exhausted if too many wait already, or for
  // too long.
  class Turn {
   public:
    explicit Turn(SignIns* of) : of_(of) {}
    Turn(Turn&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (of_ != nullptr) of_->end_turn();
    }

   private:
    SignIns* of_;
  };
  Result<Turn> turn();
  std::size_t waiting();

 private:
  void end_turn();

  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;
  std::size_t waiting_ = 0;
  Attempts names_;
  Attempts addresses_;
};

}  // namespace hansa::service
