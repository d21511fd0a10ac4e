// Counts of use, tried against each adapter.
#include "world/store/use.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "base/file.h"
#include "base/scratch_test.h"
#include "world/store/memory/memory.h"
#include "world/store/sqlite/adapter.h"

namespace hansa::store {
namespace {

Ulid id(std::uint64_t n) { return {1, n}; }
PrincipalId who(std::uint64_t n) { return {{2, n}}; }

class StoreUse : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "memory") {
      store_ = std::make_unique<MemoryStore>();
    } else {
      auto opened = open_sqlite(scratch_.path());
      ASSERT_TRUE(opened) << opened.error().text;
      store_ = *std::move(opened);
    }
  }

  Scratch scratch_;
  std::unique_ptr<Store> store_;
};

INSTANTIATE_TEST_SUITE_P(Adapters, StoreUse, testing::Values("memory", "sqlite"),
                         [](const auto& info) { return info.param; });

using Counts = std::map<UseKey, UseCount>;

Counts counts(Store& store, const UseQuestion& question = {}) {
  Counts out;
  std::int64_t hour = 0;
  PortId port;
  EXPECT_TRUE(store.uses(question, [&](const UseKey& key, const UseCount& count) {
    EXPECT_TRUE(std::tie(key.port, key.hour) >= std::tie(port, hour));
    std::tie(port, hour) = std::tie(key.port, key.hour);
    EXPECT_TRUE(out.emplace(key, count).second);
  }));
  return out;
}

Use use(std::uint64_t port, std::uint64_t by, std::int64_t minute,
        std::vector<std::string> columns = {"a"}) {
  return {PortId{id(port)},        who(by), {}, std::move(columns), Time{minute * 60'000'000},
          "c" + std::to_string(by)};
}

TEST_P(StoreUse, CountsReadsOfAnHourTogether) {
  ASSERT_TRUE((*store_->count({{use(1, 1, 61, {"b", "a", "b"}), use(2, 1, 61, {})}}))->durable());
  ASSERT_TRUE((*store_->count({{use(1, 1, 119, {"a", "b"})}}))->durable());
  ASSERT_TRUE((*store_->count({{use(1, 1, 120, {"a", "b"})}}))->durable());
  const Counts all = counts(*store_);
  ASSERT_EQ(all.size(), 3U);
  const UseKey key{PortId{id(1)}, 1, who(1), {}, {"a", "b"}};
  EXPECT_EQ(all.at(key), (UseCount{2, Time{3'660'000'000}, Time{7'140'000'000}, "c1"}));
  EXPECT_EQ(all.at({PortId{id(2)}, 1, who(1), {}, {}}).reads, 1U);
  EXPECT_EQ(counts(*store_, {.hour_min = 2}).size(), 1U);
  EXPECT_EQ(counts(*store_, {.port = PortId{id(2)}}).size(), 1U);
  EXPECT_EQ(counts(*store_, {.who = who(2)}).size(), 0U);
}

TEST_P(StoreUse, RefusesACommitOnceSomebodyReadBehindTheLook) {
  const auto commit = [&](std::uint64_t reads) {
    return store_->commit({.expects = {},
                           .unread = {{PortId{id(1)}, reads}},
                           .writes = {{"port", id(1), "b", {}}},
                           .events = {},
                           .answer = {}});
  };
  EXPECT_TRUE(commit(0));
  ASSERT_TRUE((*store_->count({{use(1, 1, 1), use(1, 2, 1), use(2, 1, 1)}}))->durable());
  EXPECT_EQ(commit(0).error().code, Code::conflict);
  EXPECT_EQ(commit(1).error().code, Code::conflict);
  EXPECT_TRUE(commit(2));
  // A count that was handed over and is not on disk yet.
  const auto ticket = store_->count({{use(1, 1, 90)}});
  EXPECT_EQ(commit(2).error().code, Code::conflict);
  EXPECT_TRUE(commit(3));
  ASSERT_TRUE((*store_->count({{use(1, 1, 90)}, true}))->durable());
  EXPECT_EQ(commit(3).error().code, Code::conflict);
  EXPECT_TRUE(commit(2));
}

TEST_P(StoreUse, TakesBackWhatGaveNothing) {
  ASSERT_TRUE((*store_->count({{use(1, 1, 1), use(1, 2, 1)}}))->durable());
  ASSERT_TRUE((*store_->count({{use(1, 1, 2)}}))->durable());
  ASSERT_TRUE((*store_->count({{use(1, 1, 2), use(1, 2, 1)}, true}))->durable());
  const Counts all = counts(*store_);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.begin()->second.reads, 1U);
  EXPECT_EQ(all.begin()->first.who, who(1));
  // What was never counted cannot be taken back.
  ASSERT_TRUE((*store_->count({{use(1, 3, 1)}, true}))->durable());
  EXPECT_EQ(counts(*store_), all);
}

TEST_P(StoreUse, DropsCountsOfOldHours) {
  for (std::int64_t hour = 0; hour < 5; ++hour)
    ASSERT_TRUE(
        (*store_->count({{use(1, 1, hour * 60, {"x" + std::to_string(hour)})}}))->durable());
  ASSERT_TRUE(store_->drop_uses(3));
  const Counts all = counts(*store_);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all.begin()->first.hour, 3);
  EXPECT_EQ(all.begin()->first.columns, std::vector<std::string>{"x3"});
  ASSERT_TRUE((*store_->count({{use(1, 1, 0, {"x0"})}}))->durable());
  EXPECT_EQ(counts(*store_).begin()->first.columns, std::vector<std::string>{"x0"});
}

// What many threads count at once is what a list of all reads gives.
TEST_P(StoreUse, CountsWhatAPlainListOfReadsGives) {
  struct Read {
    Use use;
    bool stays;
  };
  std::vector<std::vector<Read>> reads(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < reads.size(); ++t)
      threads.emplace_back([&, t] {
        std::mt19937_64 random(t);
        std::vector<std::unique_ptr<Ticket>> tickets;
        for (int n = 0; n < 300; ++n) {
          Use one = use(random() % 3, random() % 3, static_cast<std::int64_t>(random() % 300), {});
          if (random() % 2) one.makes = PortId{id(9)};
          for (const char* column : {"a", "b", "c"})
            if (random() % 2) one.columns.push_back(column);
          const bool stays = random() % 4 != 0;
          tickets.push_back(*store_->count({{one}}));
          if (!stays) tickets.push_back(*store_->count({{one}, true}));
          reads[t].push_back({std::move(one), stays});
        }
        for (const auto& ticket : tickets) EXPECT_TRUE(ticket->durable());
      });
  }
  std::map<UseKey, std::uint64_t> expected, found;
  for (const auto& some : reads)
    for (const Read& read : some)
      if (read.stays)
        ++expected[{read.use.port, read.use.at.us / 3'600'000'000, read.use.who, read.use.makes,
                    read.use.columns}];
  for (const auto& [key, count] : counts(*store_)) {
    found[key] = count.reads;
    EXPECT_EQ(hour_of(count.first), key.hour);
    EXPECT_EQ(hour_of(count.last), key.hour);
    EXPECT_LE(count.first, count.last);
  }
  EXPECT_EQ(found, expected);
}

// A copy has them, and so has the store after a start.
TEST(SqliteUse, GoesIntoCopiesAndThroughRestarts) {
  const Scratch scratch;
  Counts before;
  {
    const auto store = *open_sqlite(scratch.path() + "/a");
    ASSERT_TRUE((*store->count({{use(1, 1, 61, {"b", "a"}), use(2, 1, 61, {})}}))->durable());
    before = counts(*store);
    ASSERT_TRUE(make_folders(scratch.path() + "/b"));
    ASSERT_TRUE(store->copy(scratch.path() + "/b/mesh.db", [](Row) {}, {}));
  }
  EXPECT_EQ(before.size(), 2U);
  EXPECT_EQ(counts(**open_sqlite(scratch.path() + "/a")), before);
  EXPECT_EQ(counts(**open_sqlite(scratch.path() + "/b")), before);
}

// What nobody waits for is written all the same.
TEST(SqliteUse, WritesAPatientRecordThatNothingFollows) {
  const Scratch scratch;
  const auto store = *open_sqlite(scratch.path());
  Record record{"read", who(1), Time{1}, id(1), "{}"};
  record.patient = true;
  ASSERT_TRUE((*store->record(record))->durable());
  EXPECT_EQ(store->audit_head()->number, 1U);
}

}  // namespace
}  // namespace hansa::store
