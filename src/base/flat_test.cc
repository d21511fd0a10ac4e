#include "base/flat.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace hansa {
namespace {

// Few homes, so that searches run into each other and round the end.
struct Crowded {
  static std::uint64_t none() { return ~0ULL; }
  static std::uint64_t hash(std::uint64_t key) { return (key % 5) << 61; }
};

TEST(Flat, AgreesWithAMapWhileKeysComeAndGo) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 50; ++round) {
    FlatMap<std::uint64_t, int, Crowded> flat;
    std::map<std::uint64_t, int> plain;
    for (int i = 0; i < 400; ++i) {
      const std::uint64_t key = random() % 60;
      if (random() % 3 == 0) {
        flat.erase(key), plain.erase(key);
      } else {
        flat[key] += i, plain[key] += i;
      }
      ASSERT_EQ(flat.size(), plain.size());
      for (std::uint64_t each = 0; each < 60; ++each) {
        const int* found = flat.find(each);
        ASSERT_EQ(found != nullptr, plain.contains(each)) << each;
        if (found != nullptr) {
          ASSERT_EQ(*found, plain.at(each));
        }
      }
    }
  }
}

TEST(Flat, KnowsNobodyBeforeTheFirstAndNeverTheKeyThatNobodyHas) {
  FlatMap<std::uint64_t, int, Crowded> flat;
  EXPECT_EQ(flat.find(1), nullptr);
  flat.erase(1);
  flat[1] = 7;
  EXPECT_EQ(flat.find(Crowded::none()), nullptr);
  flat.erase(Crowded::none());
  EXPECT_EQ(flat.size(), 1U);
}

}  // namespace
}  // namespace hansa
