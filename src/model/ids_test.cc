#include "model/ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>
#include <unordered_set>
#include <vector>

namespace hansa {
namespace {

TEST(Ulid, RefusesEveryOtherSpelling) {
  const std::string good = to_text(new_ulid(Time{1'795'338'000'000'000}));
  ASSERT_TRUE(parse_ulid(good));
  for (const std::string& text :
       {std::string(), good.substr(1), good + "0", std::string("8") + good.substr(1),
        std::string("Z") + good.substr(1), std::string(26, 'I'), std::string(26, 'L'),
        std::string(26, 'O'), std::string(26, 'U'), std::string(26, '-'),
        "0" + std::string(25, 'a'), " " + good.substr(1), std::string(26, '\0'),
        "7" + std::string(24, 'Z') + "\n"})
    EXPECT_FALSE(parse_ulid(text)) << text;
}

TEST(Ulid, RoundTripsAndSortsAsItsText) {
  std::mt19937_64 random(31);
  for (int i = 0; i < 50'000; ++i) {
    const Ulid a{random(), random()};
    const Ulid b{random() % 2 ? a.high : random(), random()};
    ASSERT_EQ(parse_ulid(to_text(a)), a);
    ASSERT_EQ(a < b, to_text(a) < to_text(b));
  }
  EXPECT_EQ(to_text(Ulid{}), std::string(26, '0'));
  EXPECT_EQ(to_text(Ulid{UINT64_MAX, UINT64_MAX}), "7" + std::string(25, 'Z'));
  EXPECT_EQ(parse_ulid("7" + std::string(25, 'Z')), (Ulid{UINT64_MAX, UINT64_MAX}));
}

TEST(NewUlid, IsUniqueAndAscendsOverAMillion) {
  std::unordered_set<Ulid> seen;
  Ulid last;
  for (int i = 0; i < 1'000'000; ++i) {
    const Ulid id =
        new_ulid(Time{1'795'338'000'000'000 + i / 100});  // a hundred thousand a millisecond
    ASSERT_LT(last, id) << i;
    ASSERT_TRUE(seen.insert(id).second);
    last = id;
  }
}

TEST(NewUlid, IsUniqueAcrossThreadsWhoseClocksDiffer) {
  std::vector<std::vector<Ulid>> made(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < made.size(); ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 50'000; ++i)
          made[t].push_back(
              new_ulid(Time{1'795'338'000'000'000 + static_cast<std::int64_t>(t % 2) * 1000}));
      });
  }
  std::unordered_set<Ulid> seen;
  for (const auto& ids : made) seen.insert(ids.begin(), ids.end());
  EXPECT_EQ(seen.size(), 200'000U);
}

TEST(NewUlid, BeginsWithItsMillisecond) {
  const Ulid id = new_ulid(Time{1'795'338'000'123'999});
  EXPECT_EQ(id.high >> 16, 1'795'338'000'123U);
}

TEST(Id, IsFalseUntilItIsSomebodys) {
  EXPECT_FALSE(GrantId{});
  EXPECT_TRUE(new_id<GrantId>(Time{1'000}));
  GrantId read;
  EXPECT_FALSE(field_from_text("not an id", read));
  const GrantId id = new_id<GrantId>(Time{1'000});
  ASSERT_TRUE(field_from_text(field_to_text(id), read));
  EXPECT_EQ(read, id);
}

}  // namespace
}  // namespace hansa
