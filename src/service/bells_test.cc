#include "service/authority/bells.h"

#include <gtest/gtest.h>

namespace hansa::service {
namespace {

const PrincipalId ann{{0, 1}}, bob{{0, 2}};

TEST(Bells, RingOnceForEachTimeTheyWereAskedFor) {
  Bells bells;
  const auto bell = *bells.add(ann);
  int rung = 0;
  bells.ring();
  bell->when([&] { ++rung; });
  bells.ring();
  bells.ring();
  EXPECT_EQ(rung, 1);
}

TEST(Bells, MayTakeTheirOwnersAlong) {
  Bells bells;
  auto bell = *bells.add(ann);
  bell->when([&] { bell.reset(); });
  bells.ring();
  EXPECT_EQ(bell, nullptr);
  EXPECT_EQ(bells.count(), 0U);
}

TEST(Bells, AreSixteenForOneAndAThousandForAll) {
  Bells bells;
  std::vector<std::unique_ptr<Bells::Bell>> held;
  for (std::size_t i = 0; i < Bells::kBellsEachMax; ++i) held.push_back(*bells.add(ann));
  EXPECT_EQ(bells.add(ann).error().code, Code::exhausted);
  held.push_back(*bells.add(bob));
  held.erase(held.begin());
  EXPECT_TRUE(bells.add(ann));
  for (std::uint64_t i = 3; bells.count() < Bells::kBellsMax; ++i)
    held.push_back(*bells.add(PrincipalId{{0, i}}));
  EXPECT_EQ(bells.add(PrincipalId{{9, 9}}).error().code, Code::exhausted);
}

TEST(Bells, RingForTheLastTimeWhenTheyClose) {
  Bells bells;
  const auto bell = *bells.add(ann);
  bool closed = false;
  bell->when([&] { closed = bells.closed(); });
  bells.close();
  EXPECT_TRUE(closed);
}

}  // namespace
}  // namespace hansa::service
