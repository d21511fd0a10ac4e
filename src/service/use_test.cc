#include "service/step/use.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "service/house_test.h"
#include "service/step/find.h"
#include "world/store/memory/memory.h"

namespace hansa::service {
namespace {

PortId port(std::uint64_t n) { return {{1, n}}; }
PrincipalId who(std::uint64_t n) { return {{2, n}}; }
Time hours(std::int64_t n) { return {n * 3'600'000'000}; }

void count(store::Store& store, store::Use use) {
  const auto ticket = store.count({{std::move(use)}});
  ASSERT_TRUE(ticket && (*ticket)->durable());
}

TEST(Use, PutsTogetherWhatOneReaderRead) {
  store::MemoryStore store;
  count(store, {port(1), who(1), {}, {"b", "a"}, hours(1), "first"});
  count(store, {port(1), who(1), {}, {"c"}, hours(5), "second"});
  count(store, {port(1), who(1), port(7), {"a"}, hours(3), "maker"});
  count(store, {port(2), who(2), {}, {"a"}, hours(3), "other"});
  const auto found = readers_of(store, port(1), hours(0));
  ASSERT_TRUE(found && found->size() == 2);
  const UseBy& itself = found->front();
  EXPECT_EQ(itself.who, who(1));
  EXPECT_EQ(itself.columns, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(itself.reads, 2U);
  EXPECT_EQ(itself.first, hours(1));
  EXPECT_EQ(itself.last, hours(5));
  EXPECT_EQ(itself.client, "second");
  EXPECT_EQ((*found)[1].makes, port(7));
  EXPECT_TRUE(reads_column(itself, "c"));
  EXPECT_FALSE(reads_column(itself, "d"));
  const auto late = readers_of(store, port(1), hours(4));
  ASSERT_TRUE(late && late->size() == 1);
  EXPECT_EQ(late->front().columns, std::vector<std::string>{"c"});
}

// What a plain list of all reads gives.
TEST(Use, IsWhatAListOfReadsGives) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 50; ++round) {
    store::MemoryStore store;
    const Time since = hours(static_cast<std::int64_t>(random() % 30));
    struct Expected {
      std::set<std::string> columns;
      std::uint64_t reads = 0;
    };
    std::map<std::pair<PrincipalId, PortId>, Expected> expected;
    for (int n = 0; n < 60; ++n) {
      store::Use use{port(random() % 2),
                     who(random() % 4),
                     port(random() % 2),
                     {},
                     hours(static_cast<std::int64_t>(random() % 30)),
                     "x"};
      for (const char* column : {"a", "b", "c"})
        if (random() % 2) use.columns.emplace_back(column);
      if (use.port == port(1) && use.at >= since) {
        Expected& one = expected[{use.who, use.makes}];
        ++one.reads;
        one.columns.insert(use.columns.begin(), use.columns.end());
      }
      count(store, std::move(use));
    }
    const auto found = readers_of(store, port(1), since);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), expected.size());
    for (const UseBy& one : *found) {
      const Expected& as = expected[{one.who, one.makes}];
      EXPECT_EQ(one.reads, as.reads);
      EXPECT_TRUE(std::ranges::equal(one.columns, as.columns));
    }
    EXPECT_TRUE(std::ranges::is_sorted(*found, std::greater{}, &UseBy::last));
  }
}

class UseOfProducts : public House {};

TEST_F(UseOfProducts, IsThatOfTheirPortsSinceThen) {
  furnish();
  const auto product_of = [&](const char* ref) {
    return live.read([&](const View& view) {
      const Port* found = *find_port(context("olga"), view, ref);
      return std::pair(found->id, found->product.ulid);
    });
  };
  const auto [plays, product] = product_of("shows/plays");
  const auto [payouts, other] = product_of("shows/payouts");
  for (std::uint64_t n = 0; n < 5; ++n)
    for (int times = 0; times < 3; ++times) count(store, {plays, who(n), {}, {}, hours(9), "x"});
  count(store, {payouts, who(1), {}, {}, hours(1), "x"});
  count(store, {port(77), who(1), {}, {}, hours(9), "x"});
  const auto found = use_of_products(store, live, hours(5));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::unordered_map<Ulid, std::uint8_t>{{product, search::use_of(5, 15)}}));
  EXPECT_TRUE(use_of_products(store, live, hours(0))->contains(other));
}

}  // namespace
}  // namespace hansa::service
