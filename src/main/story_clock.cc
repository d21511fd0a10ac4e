#include "main/story_clock.h"

namespace hansa {

// A thread that was overtaken while the clock was set must not give an earlier time than others.
Time StoryClock::now() {
  const std::int64_t us = (system_.now() - behind_.load()).us;
  std::int64_t last = last_us_.load();
  while (us > last)
    if (last_us_.compare_exchange_weak(last, us)) return {us};
  return {last};
}

Result<void> StoryClock::set_behind(Micros behind) {
  if (behind < Micros{}) return invalid("the clock cannot run ahead of the machine's");
  if (behind > behind_.load())
    return invalid("the clock goes forward only", "tell the story in the order it happened");
  behind_ = behind;
  return {};
}

}  // namespace hansa
