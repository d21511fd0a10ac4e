#include "service/step/lru.h"

#include <gtest/gtest.h>

namespace hansa::service {
namespace {

TEST(Lru, KeepsWhatWasUsedLastUpToItsCost) {
  Lru<int> lru(10);
  const auto put = [&](const char* key, std::size_t cost) {
    lru.put(key, std::make_shared<const int>(1), cost);
  };
  put("a", 4), put("b", 4);
  EXPECT_TRUE(lru.find("a"));
  put("c", 2);
  EXPECT_EQ(lru.cost(), 10U);  // at its edge
  put("d", 1);
  EXPECT_FALSE(lru.find("b"));
  EXPECT_TRUE(lru.find("a") && lru.find("c") && lru.find("d"));
  put("whole", 11);
  EXPECT_FALSE(lru.find("whole"));
  EXPECT_EQ(lru.cost(), 7U);
  put("all", 10);
  EXPECT_TRUE(lru.find("all"));
  EXPECT_FALSE(lru.find("a"));
  put("all", 3);  // another value of the same key
  EXPECT_EQ(lru.cost(), 3U);
}

}  // namespace
}  // namespace hansa::service
