// What every outbox promises, tried against each adapter.
#include "world/store/outbox.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/scratch_test.h"
#include "world/store/memory/memory.h"
#include "world/store/sqlite/adapter.h"

namespace hansa::store {
namespace {

constexpr Ulid team{3, 1};
constexpr Ulid mail{4, 1};
constexpr Ulid hook{4, 2};
constexpr Ulid plays{5, 1};
constexpr Ulid users{5, 2};

Message message(std::uint64_t n, Ulid about = plays) {
  return {{9, n}, "team", team, about, "version.deprecated", Time{100}, R"({"port":"a/b@1"})"};
}

Commit carrying(std::vector<Message> messages) {
  Commit commit;
  commit.writes.push_back({"port", {1, 1}, "body", {}});
  commit.messages = std::move(messages);
  return commit;
}

std::vector<std::uint64_t> told(const Result<std::vector<Delivery>>& deliveries) {
  EXPECT_TRUE(deliveries);
  std::vector<std::uint64_t> out;
  for (const Delivery& each : *deliveries) out.push_back(each.message.id.low);
  return out;
}

using Numbers = std::vector<std::uint64_t>;

class OutboxTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { open(); }
  void open() {
    if (GetParam() == "memory") {
      if (!store_) store_ = std::make_unique<MemoryStore>();
    } else {
      store_.reset();
      auto opened = open_sqlite(scratch_.path());
      ASSERT_TRUE(opened) << opened.error().text;
      store_ = *std::move(opened);
    }
  }
  Outbox& outbox() { return store_->outbox(); }
  void send(std::vector<Message> messages, const std::vector<Ulid>& channels) {
    std::vector<Routed> routed;
    for (const Message& each : messages) routed.push_back({each.id, channels});
    ASSERT_TRUE(store_->commit(carrying(std::move(messages))));
    ASSERT_TRUE(outbox().route(std::move(routed), Time{100}));
  }
  std::vector<Delivery> due(std::int64_t at = 100, std::size_t max = 100, std::size_t row = 10) {
    auto found = outbox().due(Time{at}, max, row);
    EXPECT_TRUE(found);
    return found.value_or(std::vector<Delivery>{});
  }
  void mark(const Delivery& delivery, DeliveryState state, std::int64_t at, std::int64_t next = 0) {
    ASSERT_TRUE(outbox().mark({{delivery.number, state, Time{at}, "said", Time{next}}}));
  }

  Scratch scratch_;
  std::unique_ptr<Store> store_;
};

TEST_P(OutboxTest, AMessageGoesWithItsCommitOrNotAtAll) {
  ASSERT_TRUE(store_->commit(carrying({message(1), message(2)})));
  Commit refused = carrying({message(3)});
  refused.expects.push_back({"port", {1, 9}, Rev{5}});
  EXPECT_EQ(store_->commit(refused).error().code, Code::conflict);
  EXPECT_EQ(store_->commit(carrying({message(4), message(4)})).error().code, Code::invalid);
  open();
  const auto found = outbox().unrouted(10);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::vector<Message>{message(1), message(2)}));
  EXPECT_EQ(outbox().unrouted(1)->size(), 1U);
  EXPECT_EQ(*outbox().waiting(), 2U);
}

TEST_P(OutboxTest, TakesSoManyMessagesAtOnceAndNoMore) {
  std::vector<Message> many;
  for (std::uint64_t n = 0; n < limits::changes_per_commit_max; ++n) many.push_back(message(n));
  EXPECT_TRUE(store_->commit(carrying(many)));
  many.push_back(message(many.size()));
  for (Message& each : many) each.id.high = 10;
  EXPECT_EQ(store_->commit(carrying(many)).error().code, Code::exhausted);
}

TEST_P(OutboxTest, IsRoutedOnceToEachChannel) {
  ASSERT_TRUE(store_->commit(carrying({message(1), message(2), message(3)})));
  ASSERT_TRUE(
      outbox().route({{{9, 1}, {mail, hook, mail}}, {{9, 2}, {}}, {{7, 7}, {mail}}}, Time{100}));
  ASSERT_TRUE(outbox().route({{{9, 1}, {mail}}, {{9, 2}, {mail}}}, Time{100}));
  open();
  EXPECT_EQ(*outbox().unrouted(10), std::vector<Message>{message(3)});
  const auto waiting = due();
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[0].message, message(1));
  EXPECT_EQ(waiting[0].channel, mail);
  EXPECT_EQ(waiting[0].due, Time{100});
  EXPECT_EQ(waiting[1].channel, hook);
  EXPECT_EQ(*outbox().waiting(), 3U);
  EXPECT_TRUE(due(99).empty());
}

TEST_P(OutboxTest, KeepsTheOrderOfAChannelAndSubject) {
  send({message(1), message(2), message(3, users), message(4)}, {mail});
  EXPECT_EQ(told(due(100, 100, 2)), (Numbers{1, 2, 3}));
  EXPECT_EQ(told(due(100, 1, 2)), (Numbers{1}));
  // What failed holds back those behind it, and nobody else.
  mark(due()[0], DeliveryState::waiting, 110, 500);
  EXPECT_EQ(told(due(499)), (Numbers{3}));
  open();
  EXPECT_EQ(told(due(500)), (Numbers{3, 1, 2, 4}));
  mark(due(500)[1], DeliveryState::sent, 510);
  EXPECT_EQ(told(due(510)), (Numbers{3, 2, 4}));
  mark(due(510)[1], DeliveryState::given_up, 520);
  EXPECT_EQ(told(due(520)), (Numbers{3, 4}));
  send({message(5)}, {mail});
  EXPECT_EQ(told(due(520)), (Numbers{3, 4, 5}));
}

TEST_P(OutboxTest, ARowThatWentOutTogetherIsMarkedTogether) {
  send({message(1), message(2), message(3)}, {mail});
  const auto row = due();
  ASSERT_TRUE(
      outbox().mark({{row[0].number, DeliveryState::sent, Time{110}, "250"},
                     {row[1].number, DeliveryState::waiting, Time{111}, "500", Time{300}}}));
  EXPECT_TRUE(due(299).empty());
  EXPECT_EQ(told(due(300)), (Numbers{2, 3}));
  // One that stands behind another waits for it, whatever is said of it.
  mark(row[2], DeliveryState::waiting, 120, 121);
  EXPECT_TRUE(due(299).empty());
}

TEST_P(OutboxTest, TheLogSaysWhatBecameOfEach) {
  send({message(1)}, {mail, hook});
  const auto both = due();
  mark(both[0], DeliveryState::waiting, 110, 200);
  ASSERT_TRUE(outbox().mark(
      {{both[0].number, DeliveryState::waiting, Time{150}, "quiet hours", Time{300}, false}}));
  mark(both[1], DeliveryState::sent, 120);
  mark(both[1], DeliveryState::given_up, 130);  // too late: it was sent
  open();
  const auto log = outbox().deliveries({});
  ASSERT_TRUE(log);
  ASSERT_EQ(log->size(), 2U);
  EXPECT_EQ((*log)[0].state, DeliveryState::sent);
  EXPECT_EQ((*log)[0].attempts, 1U);
  EXPECT_EQ((*log)[0].last, Time{120});
  EXPECT_EQ((*log)[0].due, std::nullopt);
  EXPECT_EQ((*log)[1].state, DeliveryState::waiting);
  EXPECT_EQ((*log)[1].attempts, 1U);
  EXPECT_EQ((*log)[1].last, Time{110});
  EXPECT_EQ((*log)[1].due, Time{300});
  EXPECT_EQ((*log)[1].said, "quiet hours");
  EXPECT_EQ(outbox().deliveries({.channel = hook})->size(), 1U);
  EXPECT_EQ(outbox().deliveries({.before = (*log)[0].number})->size(), 1U);
  EXPECT_EQ(outbox().deliveries({.max = 1})->size(), 1U);
  EXPECT_EQ(*outbox().waiting(), 1U);
}

// Sends many to one channel, each about a thing of its own, and forgets nothing.
void fill(Store& store, std::uint64_t first, std::size_t count) {
  while (count != 0) {
    const std::size_t now = std::min(count, limits::changes_per_commit_max);
    std::vector<Message> messages;
    std::vector<Routed> routed;
    for (std::size_t i = 0; i < now; ++i, ++first) {
      messages.push_back(message(first, {6, first}));
      routed.push_back({{9, first}, {mail}});
    }
    ASSERT_TRUE(store.commit(carrying(std::move(messages))));
    ASSERT_TRUE(store.outbox().route(std::move(routed), Time{100}));
    count -= now;
  }
}

TEST(OutboxLimits, AChannelHoldsSoManyAndGivesUpTheNext) {
  Scratch scratch;
  auto store = open_sqlite(scratch.path());
  ASSERT_TRUE(store);
  Outbox& outbox = (*store)->outbox();
  fill(**store, 0, limits::deliveries_waiting_max);
  EXPECT_EQ(outbox.deliveries({.max = 1})->front().state, DeliveryState::waiting);
  fill(**store, limits::deliveries_waiting_max, 1);
  EXPECT_EQ(outbox.deliveries({.max = 1})->front().state, DeliveryState::given_up);
  EXPECT_EQ(*outbox.waiting(), limits::deliveries_waiting_max);
  // Another channel is not the worse for it.
  ASSERT_TRUE((*store)->commit(carrying({message(1'000'000)})));
  ASSERT_TRUE(outbox.route({{{9, 1'000'000}, {hook}}}, Time{100}));
  EXPECT_EQ(outbox.deliveries({.max = 1})->front().state, DeliveryState::waiting);
}

TEST(OutboxLimits, TheLogKeepsSoManyThatAreDone) {
  Scratch scratch;
  auto store = open_sqlite(scratch.path());
  ASSERT_TRUE(store);
  Outbox& outbox = (*store)->outbox();
  // One that still waits is kept however old it is.
  ASSERT_TRUE((*store)->commit(carrying({message(1'000'000)})));
  ASSERT_TRUE(outbox.route({{{9, 1'000'000}, {hook}}}, Time{100}));
  const auto done_of_all = [&](std::uint64_t first, std::size_t count) {
    fill(**store, first, count);
    std::vector<Marked> marks;
    const auto due = outbox.due(Time{100}, count + 1, 1);
    for (const Delivery& each : *due)
      if (each.channel == mail) marks.push_back({each.number, DeliveryState::sent, Time{100}, ""});
    ASSERT_TRUE(outbox.mark(std::move(marks)));
  };
  for (std::uint64_t first = 0; first < limits::deliveries_kept_max; first += 10'000)
    done_of_all(first, 10'000);
  const DeliveryQuestion all{.max = 2 * limits::deliveries_kept_max};
  EXPECT_EQ(outbox.deliveries(all)->size(), limits::deliveries_kept_max + 1);
  done_of_all(limits::deliveries_kept_max, 1);
  const auto log = outbox.deliveries(all);
  EXPECT_EQ(log->size(), limits::deliveries_kept_max + 1);
  EXPECT_EQ(log->back().message.id.low, 1'000'000U);
  EXPECT_EQ((*log)[log->size() - 2].message.id.low, 1U);
}

TEST_P(OutboxTest, WhatIsUrgentTakesItsRowAlongAndNoOther) {
  send({message(1), message(2), message(3, users)}, {mail, hook});
  // Held back, as a sender does at night.
  for (const Delivery& each : due())
    ASSERT_TRUE(outbox().mark({{.number = each.number,
                                .state = DeliveryState::waiting,
                                .at = Time{100},
                                .said = "night",
                                .due = Time{900},
                                .attempted = false}}));
  EXPECT_TRUE(due(200).empty());
  ASSERT_TRUE(store_->commit(carrying({message(4)})));
  ASSERT_TRUE(outbox().route({{{9, 4}, {mail}, true}}, Time{200}));
  const auto now = outbox().due(Time{200}, 100, 10);
  EXPECT_EQ(told(now), (Numbers{1, 2, 4}));
  for (const Delivery& each : *now) {
    EXPECT_EQ(each.channel, mail);
    EXPECT_TRUE(each.urgent);
  }
  // What comes behind is as patient as ever.
  ASSERT_TRUE(store_->commit(carrying({message(5)})));
  ASSERT_TRUE(outbox().route({{{9, 5}, {mail}, false}}, Time{300}));
  const auto later = outbox().due(Time{300}, 100, 10);
  EXPECT_EQ(told(later), (Numbers{1, 2, 4, 5}));
  EXPECT_FALSE(later->back().urgent);
  // One that stands alone is sent like any other.
  ASSERT_TRUE(store_->commit(carrying({message(6, {5, 3})})));
  ASSERT_TRUE(outbox().route({{{9, 6}, {hook}, true}}, Time{300}));
  open();
  EXPECT_EQ(told(outbox().due(Time{300}, 100, 10)), (Numbers{1, 2, 4, 5, 6}));
}

TEST_P(OutboxTest, AChannelsDigestIsAllOfItThatIsDueAndNotUrgent) {
  send({message(1), message(2), message(3, users)}, {mail, hook});
  EXPECT_EQ(told(outbox().gathered(mail, Time{100}, 100)), (Numbers{1, 2, 3}));
  EXPECT_EQ(told(outbox().gathered(mail, Time{100}, 2)), (Numbers{1, 2}));
  EXPECT_TRUE(told(outbox().gathered(mail, Time{99}, 100)).empty());
  EXPECT_TRUE(told(outbox().gathered({7, 7}, Time{100}, 100)).empty());
  // One subject waits, with all of it; the other goes.
  ASSERT_TRUE(outbox().mark({{.number = outbox().gathered(mail, Time{100}, 1)->front().number,
                              .state = DeliveryState::waiting,
                              .at = Time{100},
                              .said = "night",
                              .due = Time{900},
                              .attempted = false}}));
  EXPECT_EQ(told(outbox().gathered(mail, Time{200}, 100)), (Numbers{3}));
  EXPECT_EQ(told(outbox().gathered(hook, Time{200}, 100)), (Numbers{1, 2, 3}));
  // What is urgent goes by itself, with what stands before it.
  ASSERT_TRUE(store_->commit(carrying({message(4, users)})));
  ASSERT_TRUE(outbox().route({{{9, 4}, {hook}, true}}, Time{200}));
  open();
  EXPECT_EQ(told(outbox().gathered(hook, Time{200}, 100)), (Numbers{1, 2}));
}

INSTANTIATE_TEST_SUITE_P(Adapters, OutboxTest, testing::Values("memory", "sqlite"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace hansa::store
