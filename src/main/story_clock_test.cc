#include "main/story_clock.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace hansa {
namespace {

using std::chrono::hours;

TEST(StoryClock, RunsBehindUntilItIsSetAndThenIsTheMachinesOwn) {
  SystemClock machine;
  StoryClock clock({}, hours(48));
  const Time before = machine.now();
  EXPECT_LT(clock.now(), before - hours(47));
  ASSERT_TRUE(clock.set_behind(hours(2)));
  EXPECT_GE(clock.now(), before - hours(2));
  EXPECT_LT(clock.now(), before - hours(1));
  ASSERT_TRUE(clock.set_behind({}));
  EXPECT_GE(clock.now(), before);
}

TEST(StoryClock, IsNeverSetBackNorAhead) {
  StoryClock clock({}, hours(48));
  const auto back = clock.set_behind(hours(49));
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, Code::invalid);
  EXPECT_FALSE(clock.set_behind(-hours(1)));
  EXPECT_TRUE(clock.set_behind(hours(48)));
}

TEST(StoryClock, GoesBackForNoThreadWhileItIsSet) {
  StoryClock clock({}, hours(1000));
  std::vector<std::jthread> readers;
  std::atomic<int> back = 0;
  for (int i = 0; i < 4; ++i)
    readers.emplace_back([&](const std::stop_token& stop) {
      for (Time last; !stop.stop_requested();) {
        const Time now = clock.now();
        if (now < last) ++back;
        last = now;
      }
    });
  for (int i = 999; i >= 0; --i) ASSERT_TRUE(clock.set_behind(hours(i)));
  readers.clear();
  EXPECT_EQ(back, 0);
}

}  // namespace
}  // namespace hansa
