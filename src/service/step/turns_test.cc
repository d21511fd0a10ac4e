#include "service/step/turns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace hansa::service {
namespace {

class TurnsTest : public testing::Test {
 protected:
  Context context(std::uint64_t who, Time deadline = Time{1'000'000}) {
    return {.who = {.id = PrincipalId{{1, who}},
                    .credential = {},
                    .door = {},
                    .client = {},
                    .peer = {}},
            .request = {},
            .now = {},
            .deadline = deadline,
            .stop = stop.get_token(),
            .trail = trail};
  }
  Trail trail;
  std::stop_source stop;
  Turns turns;
};

TEST_F(TurnsTest, AreSoManyAtAllAndForEach) {
  std::vector<Turns::Turn> held;
  for (std::uint64_t i = 0; i < Turns::all_max; ++i) {
    const PrincipalId who{{1, i / Turns::each_max}};
    held.push_back(turns.try_take(who, std::to_string(i)));
    ASSERT_TRUE(held.back()) << i;
    if (i + 1 == Turns::each_max) {
      EXPECT_FALSE(turns.try_take(who, "more")) << "beyond its own";
    }
  }
  EXPECT_FALSE(turns.try_take({{1, 9}}, "more")) << "beyond all";
  held.pop_back();
  EXPECT_FALSE(turns.try_take({{1, 9}}, "0")) << "one of a name";
  EXPECT_TRUE(turns.try_take({{1, 9}}, "more"));
}

TEST_F(TurnsTest, APartOfWorkThatHasOneNeedsTheNameOnly) {
  std::vector<Turns::Turn> held;
  for (std::uint64_t i = 0; i < Turns::all_max; ++i)
    held.push_back(*turns.take(context(i), std::to_string(i)));
  const auto part = turns.take(context(0), "part", {.placed = true});
  ASSERT_TRUE(part && *part);
  EXPECT_EQ(turns.take(context(1, Time{0}), "part", {.placed = true}).error().code,
            Code::exhausted);
  held.clear();
  // It took no place, so all of them are there.
  for (std::uint64_t i = 0; i < Turns::all_max; ++i)
    held.push_back(turns.try_take({{1, i}}, std::to_string(i)));
  EXPECT_TRUE(std::ranges::all_of(held, [](const auto& each) { return each != nullptr; }));
}

TEST_F(TurnsTest, AreNotWaitedForWhereAnotherHasDoneIt) {
  auto first = turns.take(context(1), "copy");
  std::atomic<bool> done = false;
  std::jthread waits([&] {
    const auto turn = turns.take(context(2), "copy", {.done = [&] { return done.load(); }});
    EXPECT_TRUE(turn);
    EXPECT_FALSE(*turn);
  });
  done = true;
  first->reset();
  waits.join();
  EXPECT_TRUE(turns.try_take({{1, 2}}, "copy"));
}

TEST_F(TurnsTest, EndWithTheCaller) {
  const auto held = turns.take(context(1), "name");
  stop.request_stop();
  EXPECT_EQ(turns.take(context(2), "name").error().code, Code::unavailable);
}

}  // namespace
}  // namespace hansa::service
