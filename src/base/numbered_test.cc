#include "base/numbered.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace hansa {
namespace {

// Few homes, so that searches run into each other and round the end.
struct Crowded {
  static std::uint64_t none() { return ~0ULL; }
  static std::uint64_t hash(std::uint64_t key) { return (key % 5) << 61; }
};
using Map = NumberedMap<std::uint64_t, int, Crowded>;

void compare(const Map& map, const std::map<std::uint64_t, int>& plain) {
  ASSERT_EQ(map.size(), plain.size());
  std::map<std::uint64_t, int> walked;
  for (const auto& [key, value] : map) ASSERT_TRUE(walked.emplace(key, value).second);
  ASSERT_EQ(walked, plain);
  std::set<Map::Number> numbers;
  for (const auto& [key, value] : plain) {
    const int* found = map.find(key);
    ASSERT_NE(found, nullptr) << key;
    ASSERT_EQ(*found, value);
    ASSERT_TRUE(numbers.insert(map.number(key)).second);
  }
}

TEST(Numbered, AgreesWithAMapWhileKeysComeAndGo) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 20; ++round) {
    Map map;
    std::map<std::uint64_t, int> plain;
    for (int i = 0; i < 2'000; ++i) {
      const std::uint64_t key = random() % 700;
      if (random() % 3 == 0) {
        map.erase(key), plain.erase(key);
        ASSERT_EQ(map.find(key), nullptr);
        ASSERT_EQ(map.number(key), Map::kNone);
      } else {
        map[key] += i, plain[key] += i;
      }
      if (i % 50 == 0) {
        ASSERT_NO_FATAL_FAILURE(compare(map, plain));
      }
    }
    ASSERT_NO_FATAL_FAILURE(compare(map, plain));
  }
}

TEST(Numbered, ValuesStayWhereTheyAreAndKeepTheirNumbers) {
  Map map;
  map[7] = 70;
  const int* const seven = map.find(7);
  for (std::uint64_t key = 100; key < 2'000; ++key) map[key] = 1;
  map.reserve(10'000);
  EXPECT_EQ(map.find(7), seven);
  EXPECT_EQ(*seven, 70);
  EXPECT_EQ(map.number(7), 0U);
}

TEST(Numbered, GivesANumberToOneAtATime) {
  Map map;
  map[1], map[2], map[1];
  EXPECT_EQ(map.number(1), 0U);
  EXPECT_EQ(map.number(2), 1U);
  map.erase(1), map.erase(1);
  EXPECT_EQ(map.number(1), Map::kNone);
  map[3], map[4];
  EXPECT_EQ(map.number(3), 0U);
  EXPECT_EQ(map.number(4), 2U);
  EXPECT_EQ(map.size(), 3U);
}

TEST(Numbered, KnowsNobodyBeforeTheFirst) {
  Map map;
  EXPECT_EQ(map.find(1), nullptr);
  map.erase(1);
  EXPECT_EQ(map.begin(), map.end());
  map[1] = 2;
  map.erase(1);
  EXPECT_EQ(map.begin(), map.end());
  EXPECT_EQ(map.size(), 0U);
}

}  // namespace
}  // namespace hansa
