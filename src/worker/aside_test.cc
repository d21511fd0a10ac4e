#include "worker/aside.h"

#include <gtest/gtest.h>

#include <future>
#include <string>

namespace hansa::worker {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(Aside, WhatIsLaterComesAfterWhatWasAdded) {
  std::string done;
  std::promise<void> may;
  std::promise<void> last;
  Aside aside;
  aside.add([&] { may.get_future().wait(); });
  aside.add_later(milliseconds(0), [&] {
    done += "later";
    last.set_value();
  });
  aside.add([&] { done += "added "; });
  may.set_value();
  last.get_future().wait();
  EXPECT_EQ(done, "added later");
}

TEST(Aside, WhatIsWithdrawnIsNotDone) {
  bool done = false;
  {
    Aside aside;
    aside.add_later(hours(1), [&] { done = true; });
    aside.wait();
    aside.withdraw();
  }
  EXPECT_FALSE(done);
}

TEST(Aside, WhatHasBegunIsWaitedForByWhoeverWithdrawsIt) {
  std::promise<void> begun;
  bool done = false;
  Aside aside;
  aside.add_later(milliseconds(0), [&] {
    begun.set_value();
    std::this_thread::sleep_for(milliseconds(5));
    done = true;
  });
  begun.get_future().wait();
  aside.withdraw();
  EXPECT_TRUE(done);
}

TEST(Aside, ASecondTakesThePlaceOfTheFirstAndMayComeEarlier) {
  bool first = false;
  std::promise<void> second;
  Aside aside;
  aside.add_later(hours(1), [&] { first = true; });
  aside.add_later(milliseconds(1), [&] { second.set_value(); });
  second.get_future().wait();
  EXPECT_FALSE(first);
}

TEST(Aside, ItsEndWaitsForNothingThatIsLater) {
  bool done = false;
  {
    Aside aside;
    aside.add_later(hours(1), [&] { done = true; });
  }
  EXPECT_FALSE(done);
}

}  // namespace
}  // namespace hansa::worker
