#include "model/held.h"

#include <gtest/gtest.h>

#include "base/time.h"

namespace hansa {
namespace {

constexpr Time kNow{1'000'000'000'000};

HeldBatch batch(const std::string& publish, Time at = kNow) {
  HeldBatch out;
  out.run.publish = publish;
  out.run.at = at;
  out.run.failed = 1;
  out.run.results = {{.name = "n", .columns = {}}};
  out.files = 1;
  return out;
}

TEST(Held, KeepsAsManyAsMayWait) {
  Table table;
  for (std::size_t i = 0; i < held_batches_max; ++i)
    ASSERT_TRUE(hold(table, batch(std::to_string(i)), kNow)) << i;
  EXPECT_EQ(hold(table, batch("one more"), kNow).error().code, Code::exhausted);
  EXPECT_EQ(waiting(table, kNow).size(), held_batches_max);
  ASSERT_TRUE(drop_held(table, "3", kNow));
  EXPECT_TRUE(hold(table, batch("one more"), kNow));
  EXPECT_EQ(waiting(table, kNow).size(), held_batches_max);
}

TEST(Held, HoldsAPublishOnce) {
  Table table;
  ASSERT_TRUE(hold(table, batch("a"), kNow));
  EXPECT_EQ(hold(table, batch("a"), kNow).error().code, Code::conflict);
  ASSERT_TRUE(drop_held(table, "a", kNow));
  // Its files are about to go: what is published under its name would go with them.
  EXPECT_EQ(hold(table, batch("a"), kNow).error().code, Code::conflict);
  EXPECT_EQ(state_of(*find_held(table, "a"), kNow), HeldState::dropped);
}

TEST(Held, IsLetGoOrDroppedOnce) {
  Table table;
  ASSERT_TRUE(hold(table, batch("a"), kNow));
  ASSERT_TRUE(hold(table, batch("b"), kNow));
  EXPECT_TRUE(let_go(table, "a", kNow));
  EXPECT_FALSE(let_go(table, "a", kNow));
  EXPECT_FALSE(drop_held(table, "a", kNow));
  EXPECT_EQ(find_held(table, "a"), nullptr);
  EXPECT_TRUE(drop_held(table, "b", kNow));
  EXPECT_FALSE(drop_held(table, "b", kNow));
  EXPECT_FALSE(let_go(table, "b", kNow));
  HeldBatch left = *find_held(table, "b");
  EXPECT_EQ(left.dropped, kNow);
  left.dropped.reset();
  HeldBatch bare;
  bare.run.publish = "b";
  bare.run.at = kNow;
  EXPECT_EQ(left, bare);
}

TEST(Held, IsOverAtItsEdge) {
  Table table;
  ASSERT_TRUE(hold(table, batch("a"), kNow));
  const Time last = kNow + Micros(held_for) - Micros(1);
  EXPECT_EQ(waiting(table, last).size(), 1U);
  const Time over = kNow + Micros(held_for);
  EXPECT_TRUE(waiting(table, over).empty());
  EXPECT_EQ(state_of(*find_held(table, "a"), over), HeldState::over);
  EXPECT_FALSE(let_go(table, "a", over));
  EXPECT_FALSE(drop_held(table, "a", over));
  ASSERT_TRUE(hold(table, batch("b", over), over));
  EXPECT_EQ(find_held(table, "a"), nullptr);
}

TEST(Held, RemembersSoManyDropped) {
  Table table;
  for (std::size_t i = 0; i < dropped_batches_max + 7; ++i) {
    const std::string name = std::to_string(i);
    ASSERT_TRUE(hold(table, batch(name), kNow));
    ASSERT_TRUE(drop_held(table, name, kNow));
  }
  EXPECT_EQ(table.held.size(), dropped_batches_max);
  EXPECT_EQ(find_held(table, "6"), nullptr);
  EXPECT_NE(find_held(table, "7"), nullptr);
}

}  // namespace
}  // namespace hansa
