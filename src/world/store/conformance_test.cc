// What every store promises, tried against each adapter.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "base/limits.h"
#include "base/scratch_test.h"
#include "world/store/chain.h"
#include "world/store/memory/memory.h"
#include "world/store/sqlite/adapter.h"

namespace hansa::store {
namespace {

constexpr std::int64_t second_us = 1'000'000;

Ulid id(std::uint64_t n) { return {1, n}; }
PrincipalId who(std::uint64_t n) { return {{2, n}}; }

Write write(std::uint64_t n, std::string body, std::vector<std::string> names = {}) {
  return {"port", id(n), std::move(body), std::move(names)};
}

Commit one(Write write) {
  Commit commit;
  commit.writes.push_back(std::move(write));
  return commit;
}

EventRow event(std::string kind, std::uint64_t subject) {
  return {std::move(kind), who(1), Time{1000}, id(subject), "port", R"({"a":1})"};
}

class StoreConformance : public testing::TestWithParam<std::string> {
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

  Seq must(Commit commit) {
    auto seq = store_->commit(std::move(commit));
    EXPECT_TRUE(seq) << seq.error().text;
    return seq.value_or(Seq{});
  }
  Code refused(Commit commit) {
    auto seq = store_->commit(std::move(commit));
    EXPECT_FALSE(seq);
    return seq ? Code::internal : seq.error().code;
  }
  std::map<std::uint64_t, Row> rows() {
    std::map<std::uint64_t, Row> all;
    EXPECT_TRUE(store_->load([&](Row row) { all[row.id.low] = std::move(row); }));
    return all;
  }
  std::vector<Batch> all_batches() {
    std::vector<Batch> all;
    for (;;) {
      auto some = store_->follow(Seq{all.size()}, 0);
      EXPECT_TRUE(some);
      if (!some || some->empty()) return all;
      for (Batch& batch : *some) all.push_back(std::move(batch));
    }
  }
  std::vector<Line> lines(const Question& question) {
    auto found = store_->history(question);
    EXPECT_TRUE(found);
    return found.value_or(std::vector<Line>{});
  }

  Scratch scratch_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreConformance, ACopyHoldsWhatWasCommittedAndHandsOverItsRows) {
  must(one(write(1, "a", {"port:a"})));
  const Seq last = must(one(write(2, "b")));
  const std::string path = scratch_.path() + "/copy";
  std::map<std::uint64_t, Row> copied;
  const auto seq =
      store_->copy(path, [&](Row row) { copied[row.id.low] = std::move(row); }, std::stop_token{});
  ASSERT_TRUE(seq) << seq.error().text;
  EXPECT_EQ(*seq, last);
  ASSERT_EQ(copied.size(), 2U);
  EXPECT_EQ(copied[1].body, "a");
  EXPECT_EQ(copied[2].rev.number, last.number);
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_GT(info.st_size, 0);
  const auto again = store_->copy(path, [](Row) {}, {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_FALSE(store_->copy(path + "2", [](Row) {}, stopped.get_token()));
  EXPECT_TRUE(store_->check());
}

INSTANTIATE_TEST_SUITE_P(Adapters, StoreConformance, testing::Values("memory", "sqlite"),
                         [](const auto& info) { return info.param; });

// --- refusals
// ---------------------------------------------------------------------------------------

TEST_P(StoreConformance, RefusesACommitThatExpectsAnotherRevision) {
  const Seq first = must(one(write(1, "a")));
  for (const Rev rev : {Rev{0}, Rev{first.number + 1}}) {
    Commit commit = one(write(1, "b"));
    commit.expects.push_back({"port", id(1), rev});
    EXPECT_EQ(refused(commit), Code::conflict);
  }
  Commit absent = one(write(3, "c"));
  absent.expects.push_back({"port", id(2), first});
  EXPECT_EQ(refused(absent), Code::conflict);
  // Another kind with the same id is another row.
  Commit other = one(write(1, "b"));
  other.expects.push_back({"grant", id(1), first});
  EXPECT_EQ(refused(other), Code::conflict);
  EXPECT_EQ(*rows()[1].body, "a");
}

TEST_P(StoreConformance, LeavesNothingOfARefusedCommit) {
  must(one(write(1, "a", {"taken"})));
  Commit commit;
  commit.writes = {write(2, "b", {"free"}), write(3, "c", {"taken"})};
  commit.events = {event("made", 2)};
  commit.answer = Remembered{who(1), "key", "answer", Time{5000}};
  EXPECT_EQ(refused(commit), Code::conflict);
  EXPECT_EQ(rows().size(), 1U);
  EXPECT_TRUE(lines({}).empty());
  EXPECT_EQ(store_->recall(who(1), "key", Time{1}), std::nullopt);
  EXPECT_EQ(store_->audit_head()->number, 0U);
  // The name that it claimed is free, and no number is missing.
  EXPECT_EQ(must(one(write(4, "d", {"free"}))).number, 2U);
}

TEST_P(StoreConformance, RefusesANameThatAnotherHolds) {
  must(one(write(1, "a", {"domain:shows"})));
  EXPECT_EQ(refused(one(write(2, "b", {"domain:shows"}))), Code::conflict);
  Commit both;
  both.writes = {write(3, "c", {"twice"}), write(4, "d", {"twice"})};
  EXPECT_EQ(refused(both), Code::conflict);
  // The same id under another kind is another holder.
  Commit kind;
  kind.writes = {{"grant", id(1), "x", {"domain:shows"}}};
  EXPECT_EQ(refused(kind), Code::conflict);
}

TEST_P(StoreConformance, RefusesMalformedCommits) {
  Commit twice;
  twice.writes = {write(1, "a"), write(1, "b")};
  EXPECT_EQ(refused(twice), Code::invalid);
  Commit removed;
  removed.writes = {{"port", id(1), std::nullopt, {"name"}}};
  EXPECT_EQ(refused(removed), Code::invalid);
}

TEST_P(StoreConformance, StandsAtTheLimitOfChanges) {
  Commit commit;
  for (std::size_t n = 0; n < limits::changes_per_commit_max; ++n)
    commit.writes.push_back(write(n, "x"));
  must(commit);
  commit.writes.push_back(write(limits::changes_per_commit_max, "x"));
  EXPECT_EQ(refused(commit), Code::exhausted);
  Commit large = one(write(1, std::string(limits::commit_bytes_max, 'x')));
  EXPECT_EQ(refused(large), Code::exhausted);
}

TEST_P(StoreConformance, RefusesASecondAnswerForOneKey) {
  Commit commit = one(write(1, "a"));
  commit.answer = Remembered{who(1), "key", "first", Time{100}};
  must(commit);
  commit.answer->answer = "second";
  EXPECT_EQ(refused(commit), Code::conflict);
  EXPECT_EQ(**store_->recall(who(1), "key", Time{99}), "first");
  EXPECT_EQ(*store_->recall(who(2), "key", Time{99}), std::nullopt);
  EXPECT_EQ(*store_->recall(who(1), "other", Time{99}), std::nullopt);
  // Expired: it is not given, and makes room.
  EXPECT_EQ(*store_->recall(who(1), "key", Time{100}), std::nullopt);
  must(commit);
}

TEST_P(StoreConformance, ForgetsAnswersOnceTheyExpired) {
  for (std::uint64_t n = 1; n <= 3; ++n) {
    Commit commit;
    commit.answer = Remembered{who(n), "key", "answer", Time{static_cast<std::int64_t>(n * 100)}};
    must(commit);
  }
  EXPECT_TRUE(store_->forget(Time{200}));
  EXPECT_EQ(*store_->recall(who(1), "key", Time{1}), std::nullopt);
  EXPECT_EQ(*store_->recall(who(2), "key", Time{1}), std::nullopt);
  EXPECT_EQ(**store_->recall(who(3), "key", Time{1}), "answer");
}

// --- what is written
// --------------------------------------------------------------------------------

TEST_P(StoreConformance, LoadsWhatWasWritten) {
  EXPECT_EQ(store_->load([](Row) { FAIL(); })->number, 0U);
  const std::string odd("\0\xff\n\"'", 5);
  Commit commit;
  commit.writes = {write(1, odd), write(2, ""), {"grant", id(1), "g", {}}};
  const Seq first = must(commit);
  const Seq second = must(one(write(2, "two")));
  std::map<std::pair<std::string, std::uint64_t>, Row> all;
  const auto seq = store_->load([&](Row row) { all[{row.kind, row.id.low}] = std::move(row); });
  EXPECT_EQ(*seq, second);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(*all.at({"port", 1}).body, odd);
  EXPECT_EQ(all.at({"port", 1}).rev, first);
  EXPECT_EQ(*all.at({"port", 2}).body, "two");
  EXPECT_EQ(all.at({"port", 2}).rev, second);
  EXPECT_EQ(*all.at({"grant", 1}).body, "g");
}

TEST_P(StoreConformance, RemovesARowAndFreesItsNames) {
  const Seq first = must(one(write(1, "a", {"n"})));
  Commit removal;
  removal.expects = {{"port", id(1), first}};
  removal.writes = {{"port", id(1), std::nullopt, {}}};
  must(removal);
  EXPECT_TRUE(rows().empty());
  Commit again = one(write(2, "b", {"n"}));
  again.expects = {{"port", id(1), Rev{0}}};
  must(again);
}

TEST_P(StoreConformance, FreesNamesThatAreNoLongerListed) {
  must(one(write(1, "a", {"old", "both"})));
  must(one(write(1, "a", {"both", "new", "new"})));
  must(one(write(2, "b", {"old"})));
  EXPECT_EQ(refused(one(write(3, "c", {"both"}))), Code::conflict);
  EXPECT_EQ(refused(one(write(3, "c", {"new"}))), Code::conflict);
}

TEST_P(StoreConformance, SwapsTwoNamesInOneCommit) {
  Commit commit;
  commit.writes = {write(1, "a", {"x"}), write(2, "b", {"y"})};
  must(commit);
  commit.writes = {write(1, "a", {"y"}), write(2, "b", {"x"})};
  must(commit);
  EXPECT_EQ(refused(one(write(3, "c", {"x"}))), Code::conflict);
  // Handed from a removed row to a new one.
  commit.writes = {write(3, "c", {"x"}), {"port", id(2), std::nullopt, {}}};
  must(commit);
}

TEST_P(StoreConformance, KeepsFacts) {
  EXPECT_EQ(*store_->fact("incarnation"), std::nullopt);
  EXPECT_TRUE(store_->set_fact("incarnation", "1"));
  EXPECT_TRUE(store_->set_fact("incarnation", "2"));
  EXPECT_TRUE(store_->set_fact("clock", ""));
  EXPECT_EQ(**store_->fact("incarnation"), "2");
  EXPECT_EQ(**store_->fact("clock"), "");
}

// --- following
// --------------------------------------------------------------------------------------

TEST_P(StoreConformance, FollowsEveryCommitWithTheBodyOfItsTime) {
  must(one(write(1, "first")));
  must(one(write(1, "second")));
  must({});
  must(one({"port", id(1), std::nullopt, {}}));
  const auto batches = all_batches();
  ASSERT_EQ(batches.size(), 4U);
  for (std::size_t i = 0; i < batches.size(); ++i) EXPECT_EQ(batches[i].seq.number, i + 1);
  EXPECT_EQ(*batches[0].rows.at(0).body, "first");
  EXPECT_EQ(batches[0].rows[0].rev.number, 1U);
  EXPECT_EQ(*batches[1].rows.at(0).body, "second");
  EXPECT_TRUE(batches[2].rows.empty());
  EXPECT_EQ(batches[3].rows.at(0).body, std::nullopt);
  EXPECT_EQ(batches[3].rows[0].id, id(1));
}

TEST_P(StoreConformance, WaitsForTheNextCommitOrTheDeadline) {
  EXPECT_TRUE(store_->follow(Seq{0}, steady_us() + 20'000)->empty());
  std::jthread later([&] {
    std::this_thread::sleep_for(Millis{30});
    must(one(write(1, "a")));
  });
  const auto batches = store_->follow(Seq{0}, steady_us() + 30 * second_us);
  ASSERT_EQ(batches->size(), 1U);
}

TEST_P(StoreConformance, FollowerSkipsNothingWhileManyCommit) {
  constexpr std::size_t threads = 8;
  constexpr std::size_t each = 100;
  std::vector<std::uint64_t> seen;
  std::jthread follower([&] {
    Seq at;
    while (at.number < threads * each) {
      const auto batches = store_->follow(at, steady_us() + 60 * second_us);
      ASSERT_TRUE(batches);
      for (const Batch& batch : *batches) seen.push_back((at = batch.seq).number);
    }
  });
  {
    std::vector<std::jthread> committers;
    for (std::size_t t = 0; t < threads; ++t)
      committers.emplace_back([&, t] {
        for (std::size_t i = 0; i < each; ++i) must(one(write(t * each + i, "x")));
      });
  }
  follower.join();
  ASSERT_EQ(seen.size(), threads * each);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i + 1);
}

// --- concurrency
// ------------------------------------------------------------------------------------

TEST_P(StoreConformance, SuccessesOnOneRowFormOneChain) {
  constexpr std::size_t threads = 64;
  constexpr int rounds = 10;
  must(one(write(1, "0")));
  std::atomic<int> successes = 0;
  std::atomic<int> others = 0;
  {
    std::vector<std::jthread> all;
    for (std::size_t t = 0; t < threads; ++t)
      all.emplace_back([&] {
        Rev rev{1};
        for (int round = 0; round < rounds; ++round) {
          Commit commit =
              one(write(1, std::to_string(rev.number)));  // the body names its predecessor
          commit.expects = {{"port", id(1), rev}};
          const auto seq = store_->commit(std::move(commit));
          if (seq) ++successes;
          else if (seq.error().code != Code::conflict) ++others;
          if (seq) rev = *seq;
          else EXPECT_TRUE(store_->load([&](Row row) { rev = row.rev; }));
        }
      });
  }
  EXPECT_EQ(others, 0);
  EXPECT_GE(successes, rounds);
  const auto batches = all_batches();
  ASSERT_EQ(batches.size(), static_cast<std::size_t>(successes) + 1);
  for (std::size_t i = 1; i < batches.size(); ++i)
    EXPECT_EQ(*batches[i].rows.at(0).body, std::to_string(batches[i - 1].seq.number));
}

TEST_P(StoreConformance, ANameIsClaimedByExactlyOne) {
  constexpr std::size_t threads = 64;
  constexpr std::size_t names = 20;
  std::vector<std::atomic<int>> winners(names);
  {
    std::vector<std::jthread> all;
    for (std::size_t t = 0; t < threads; ++t)
      all.emplace_back([&, t] {
        for (std::size_t n = 0; n < names; ++n) {
          const auto seq =
              store_->commit(one(write(t * names + n, "x", {"name" + std::to_string(n)})));
          if (seq) ++winners[n];
          else EXPECT_EQ(seq.error().code, Code::conflict);
        }
      });
  }
  for (const auto& winner : winners) EXPECT_EQ(winner, 1);
  EXPECT_EQ(all_batches().size(), names);
}

TEST_P(StoreConformance, OneCallRepeatedByManyIsDoneOnce) {
  std::atomic<int> successes = 0;
  {
    std::vector<std::jthread> all;
    for (std::uint64_t t = 0; t < 32; ++t)
      all.emplace_back([&, t] {
        Commit commit = one(write(t, "x"));
        commit.answer = Remembered{who(1), "key", std::to_string(t), Time{100}};
        if (store_->commit(commit)) ++successes;
      });
  }
  EXPECT_EQ(successes, 1);
  const auto all = rows();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(**store_->recall(who(1), "key", Time{1}), std::to_string(all.begin()->first));
}

// --- audit
// ------------------------------------------------------------------------------------------

TEST_P(StoreConformance, KeepsRecordsInTheirOrder) {
  std::vector<std::unique_ptr<Ticket>> tickets;
  for (std::uint64_t n = 0; n < 100; ++n) {
    auto ticket = store_->record(
        {"read", who(n), Time{static_cast<std::int64_t>(n)}, id(n), std::to_string(n)});
    ASSERT_TRUE(ticket);
    tickets.push_back(*std::move(ticket));
  }
  for (const auto& ticket : tickets) EXPECT_TRUE(ticket->durable());
  const auto all = lines({.max = 1000});
  ASSERT_EQ(all.size(), 100U);
  for (std::size_t n = 0; n < all.size(); ++n) {
    EXPECT_EQ(all[n].number, n + 1);
    EXPECT_EQ(all[n].body, std::to_string(n));
    EXPECT_EQ(all[n].who, who(n));
    EXPECT_EQ(all[n].subject, id(n));
    EXPECT_EQ(all[n].seq.number, 0U);
  }
}

TEST_P(StoreConformance, AnswersEveryQuestionAsAPlainScanWould) {
  for (std::uint64_t n = 1; n <= 120; ++n) {
    if (n % 3 == 0) {
      Commit commit = one(write(n, "x"));
      commit.events = {event(n % 2 ? "granted" : "revoked", n % 5)};
      must(commit);
    } else {
      const Ulid subject = n % 4 == 0 ? Ulid{} : id(n % 5);
      auto ticket =
          store_->record({n % 2 ? "read" : "sign-in", who(n % 3), Time{1}, subject, "{}"});
      ASSERT_TRUE((*ticket)->durable());
    }
  }
  const auto everything = lines({.max = 1000});
  ASSERT_EQ(everything.size(), 120U);
  const std::vector<std::vector<std::string>> kind_lists{
      {}, {"read"}, {"revoked", "read", "read"}, {"none"}};
  const std::vector<std::optional<PrincipalId>> principals{std::nullopt, who(1), who(99)};
  const std::vector<std::optional<Ulid>> subjects{std::nullopt, id(2), Ulid{}};
  for (const auto& kinds : kind_lists)
    for (const auto& principal : principals)
      for (const auto& subject : subjects)
        for (const std::optional<Seq> behind :
             {std::optional<Seq>(), std::optional<Seq>(Seq{0}), std::optional<Seq>(Seq{20})})
          for (const bool newest_first : {false, true})
            for (const std::uint64_t after : {0U, 1U, 60U, 120U, 500U})
              for (const std::size_t max : {std::size_t{0}, std::size_t{7}, std::size_t{1000}}) {
                std::vector<std::uint64_t> expected;
                for (std::size_t i = 0; i < everything.size(); ++i) {
                  const Line& line = everything[newest_first ? everything.size() - 1 - i : i];
                  if (newest_first ? after != 0 && line.number >= after : line.number <= after)
                    continue;
                  if (!kinds.empty() && std::ranges::find(kinds, line.kind) == kinds.end())
                    continue;
                  if (principal && line.who != *principal) continue;
                  if (subject && line.subject != *subject) continue;
                  if (behind && line.seq <= *behind) continue;
                  if (expected.size() < max) expected.push_back(line.number);
                }
                std::vector<std::uint64_t> found;
                for (const Line& line :
                     lines({after, max, newest_first, kinds, principal, subject, behind}))
                  found.push_back(line.number);
                ASSERT_EQ(found, expected);
              }
}

TEST_P(StoreConformance, ChainsEventsAndRecords) {
  const std::string empty = store_->audit_head()->hash;
  EXPECT_EQ(empty, std::string(64, '0'));
  EXPECT_EQ(*store_->verify_chain(), empty);
  Commit commit = one(write(1, "a"));
  commit.events = {event("made", 1), event("named", 1)};
  const Seq seq = must(commit);
  ASSERT_TRUE((*store_->record({"read", who(1), Time{1}, id(1), "{}"}))->durable());
  const auto head = store_->audit_head();
  EXPECT_EQ(head->number, 3U);
  EXPECT_EQ(*store_->verify_chain(), head->hash);
  const auto all = lines({});
  EXPECT_EQ(all[0].seq, seq);
  EXPECT_EQ(all[1].kind, "named");
  EXPECT_EQ(all[0].subject_kind, "port");
  EXPECT_EQ(all[0].body, R"({"a":1})");
}

TEST_P(StoreConformance, DropsTextsOfATimeAndKeepsTheChain) {
  const auto say = [&](std::uint64_t n, std::optional<PassingText> text) {
    auto ticket = store_->record(
        {"read", who(1), Time{static_cast<std::int64_t>(n)}, id(1), "{}", std::move(text)});
    ASSERT_TRUE((*ticket)->durable());
  };
  say(1, passing("select 1"));
  say(2, std::nullopt);
  say(3, passing("select 3"));
  say(4, passing(""));
  const std::string head = store_->audit_head()->hash;
  EXPECT_EQ(*store_->verify_chain(), head);
  ASSERT_TRUE(store_->drop_texts(Time{1}));
  EXPECT_EQ(lines({})[0].text->text, "select 1");
  ASSERT_TRUE(store_->drop_texts(Time{3}));
  const auto all = lines({});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_FALSE(all[0].text);
  EXPECT_EQ(all[0].text_digest.size(), 32U);
  EXPECT_TRUE(all[1].text_digest.empty());
  EXPECT_EQ(all[2].text->text, "select 3");
  EXPECT_EQ(text_digest(*all[2].text), all[2].text_digest);
  EXPECT_EQ(all[3].text->text, "");
  EXPECT_EQ(*store_->verify_chain(), head);
  say(5, passing("select 5"));
  EXPECT_EQ(lines({.newest_first = true})[0].text->text, "select 5");
  EXPECT_TRUE(store_->verify_chain());
}

// --- the fake's faults
// ------------------------------------------------------------------------------

TEST(MemoryStore, FailsAtTheStepThatATestNames) {
  MemoryStore store;
  store.fail_at(2, Fault::lost_reply);
  EXPECT_TRUE(store.commit(one(write(1, "a"))));
  EXPECT_EQ(store.commit(one(write(2, "b"))).error().code, Code::unavailable);
  EXPECT_TRUE(store.commit(one(write(3, "c"))));
  EXPECT_EQ(store.steps(), 3U);
  std::size_t rows = 0;
  EXPECT_TRUE(store.load([&](Row) { ++rows; }));
  EXPECT_EQ(rows, 3U);
  store.fail_at(1, Fault::refused);
  EXPECT_EQ(store.set_fact("a", "b").error().code, Code::exhausted);
  EXPECT_EQ(*store.fact("a"), std::nullopt);
  store.fail_at(1);
  EXPECT_FALSE((*store.record({}))->durable());
  EXPECT_EQ(store.audit_head()->number, 0U);
}

}  // namespace
}  // namespace hansa::store
