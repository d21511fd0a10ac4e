#include "model/order.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace hansa {
namespace {

std::string key(std::uint64_t number) { return "k" + std::to_string(number); }

void compare(const Order& order, const std::map<std::string, Ulid>& plain) {
  ASSERT_EQ(order.size(), plain.size());
  auto expected = plain.begin();
  for (const auto& [name, id, slot] : order) {
    ASSERT_EQ(name, expected->first);
    ASSERT_EQ(id, expected->second);
    ++expected;
  }
  ASSERT_EQ(expected, plain.end());
}

// Enough entries that blocks split, and go when they are empty.
TEST(Order, AgreesWithAMapWhileEntriesComeAndGo) {
  std::mt19937_64 random(3);
  Order order;
  std::map<std::string, Ulid> plain;
  for (int round = 0; round < 24; ++round) {
    // It grows, then shrinks to nothing, and so on.
    const bool grows = round % 12 < 6;
    for (int i = 0; i < 1'000; ++i) {
      const std::string name = key(random() % 3'000);
      if (random() % 8 == 0 || grows) {
        const Ulid id{1, random() % 4 + 1};
        order.put(name, id, 0);
        plain.insert_or_assign(name, id);
      } else if (const auto found = plain.find(name); found != plain.end()) {
        order.erase(name, {1, 9});  // another's: it stays
        ASSERT_EQ(order.lower_bound(name)->id, found->second);
        order.erase(name, found->second);
        plain.erase(found);
      }
      const std::string asked = key(random() % 3'000);
      const auto at = order.lower_bound(asked);
      const auto expected = plain.lower_bound(asked);
      ASSERT_EQ(at == order.end(), expected == plain.end());
      if (expected != plain.end()) {
        ASSERT_EQ(at->key, expected->first);
      }
      const auto past = order.upper_bound(asked);
      const auto past_it = plain.upper_bound(asked);
      ASSERT_EQ(past == order.end(), past_it == plain.end());
      if (past_it != plain.end()) {
        ASSERT_EQ(past->key, past_it->first);
      }
    }
    compare(order, plain);
  }
  order.erase_if([](const Order::Entry& entry) { return entry.key.size() % 2 == 0; });
  std::erase_if(plain, [](const auto& entry) { return entry.first.size() % 2 == 0; });
  compare(order, plain);
  order.erase_if([](const Order::Entry&) { return true; });
  EXPECT_EQ(order.begin(), order.end());
}

}  // namespace
}  // namespace hansa
