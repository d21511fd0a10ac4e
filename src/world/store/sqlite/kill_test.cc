// A server that is killed at any moment has lost nothing that it acknowledged, shows nothing by
// halves, and has a whole chain. A program commits under load and tells each acknowledgement
// through a pipe until it is killed; then its folder is opened and compared with what it told.
//
// HANSA_KILLS: how often (30 otherwise).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/digest.h"
#include "base/scratch_test.h"
#include "base/text.h"
#include "world/store/sqlite/adapter.h"
#include "world/store/sqlite/killed_test.h"

namespace hansa::store {
namespace {

constexpr std::uint64_t rows_per_commit = 3;

// --- the program that is killed
// -----------------------------------------------------------------------

// All rows of a commit hold its token, and the next commit of the thread writes them anew, with a
// third of the commits removing the last one instead: whoever sees two tokens in one trio sees half
// a commit.
void commit_for_ever(Store& store, std::uint64_t run, std::uint64_t thread) {
  for (std::uint64_t n = 0;; ++n) {
    const std::string token = fmt::format("{}/{}/{}", run, thread, n);
    Commit commit;
    for (std::uint64_t i = 0; i < rows_per_commit; ++i) {
      Write write{"row", {run * 100 + thread, i}, token, {}};
      if (n % 3 == 2 && i == 2) write.body.reset();
      if (i == 0) write.names = {"name:" + token};
      commit.writes.push_back(std::move(write));
    }
    commit.events.push_back({"made", {{2, 1}}, Time{1}, {7, thread}, "row", token});
    const auto seq = store.commit(std::move(commit));
    if (!seq) return;
    tell(fmt::format("c {} {}\n", seq->number, token));
  }
}

void record_for_ever(Store& store, std::uint64_t run, std::uint64_t thread) {
  for (std::uint64_t n = 0;; ++n) {
    const std::string token = fmt::format("{}/{}/{}", run, thread, n);
    auto ticket = store.record({"read", {{2, 2}}, Time{1}, {7, thread}, token});
    if (!ticket || !(*ticket)->durable()) return;
    tell(fmt::format("r {}\n", token));
  }
}

// One count that grows, for each run and thread; every fifth read is taken back and not told of.
void count_for_ever(Store& store, std::uint64_t run, std::uint64_t thread) {
  Uses uses{{{PortId{{7, thread}}, {{2, run}}, {}, {"a", "b"}, Time{1}, "test"}}, false};
  for (std::uint64_t n = 1;; ++n) {
    auto ticket = store.count(uses);
    if (n % 5 == 0 && ticket) {
      uses.taken_back = true;
      ticket = store.count(uses);
      uses.taken_back = false;
    }
    if (!ticket || !(*ticket)->durable()) return;
    if (n % 5 != 0) tell(fmt::format("u {} {}\n", run, thread));
  }
}

TEST(StoreKill, DISABLED_CommitsUntilKilled) {
  const auto run = parse_int(setting("HANSA_TEST_RUN"));
  ASSERT_TRUE(run);
  const bool breaks_promises = setting("HANSA_TEST_BREAKS") == "yes";
  auto store = open_sqlite(setting("HANSA_TEST_FOLDER"), {.breaks_promises = breaks_promises});
  ASSERT_TRUE(store);
  tell("ready\n");
  std::vector<std::jthread> threads;
  for (std::uint64_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] { commit_for_ever(**store, static_cast<std::uint64_t>(*run), t); });
  for (std::uint64_t t = 4; t < 6; ++t)
    threads.emplace_back([&, t] { record_for_ever(**store, static_cast<std::uint64_t>(*run), t); });
  for (std::uint64_t t = 6; t < 8; ++t)
    threads.emplace_back([&, t] { count_for_ever(**store, static_cast<std::uint64_t>(*run), t); });
}

// --- the one that kills it
// -----------------------------------------------------------------------------

struct Told {
  bool ready = false;
  std::map<std::uint64_t, std::string> commits;  // number, token
  std::set<std::string> records;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> uses;  // by run and thread
};

void note(Told& told, std::string_view text) {
  for (const std::string_view line : split(text, '\n')) {
    const auto words = split(line, ' ');
    if (line == "ready") told.ready = true;
    if (words[0] == "r" && words.size() == 2) told.records.emplace(words[1]);
    if (words[0] == "u" && words.size() == 3)
      ++told.uses[{static_cast<std::uint64_t>(parse_int(words[1]).value_or(0)),
                   static_cast<std::uint64_t>(parse_int(words[2]).value_or(0))}];
    if (words[0] != "c" || words.size() != 3) continue;
    const auto number = parse_int(words[1]);
    ASSERT_TRUE(number);
    const auto known = told.commits.emplace(static_cast<std::uint64_t>(*number), words[2]);
    ASSERT_TRUE(known.second) << "two commits were given the number " << *number;
  }
}

// What is wrong with the store, in words; empty: nothing.
std::string compare(Store& store, const Told& told) {
  if (const auto chain = store.verify_chain(); !chain) return chain.error().text;
  std::map<std::uint64_t, std::map<std::uint64_t, Row>> trios;
  const auto head = store.load([&](Row row) { trios[row.id.high][row.id.low] = std::move(row); });
  if (!head) return head.error().text;
  for (const auto& [id, trio] : trios) {
    for (const auto& [i, row] : trio)
      if (row.rev != trio.at(0).rev || row.body != trio.at(0).body)
        return "half a commit is visible";
    const auto n = parse_int(split(*trio.at(0).body, '/').back());
    if (trio.size() != (*n % 3 == 2 ? 2U : 3U)) return "half a commit is visible";
  }
  std::map<std::uint64_t, std::string> stored;
  for (Seq at; at < *head;) {
    const auto batches = store.follow(at, 0);
    if (!batches || batches->empty()) return "a commit is missing between two others";
    for (const Batch& batch : *batches) {
      if (batch.seq.number != at.number + 1 || batch.rows.size() != 3)
        return "a commit is missing between two others";
      stored[batch.seq.number] = *batch.rows[0].body;
      at = batch.seq;
    }
  }
  for (const auto& [number, token] : told.commits)
    if (!stored.contains(number) || stored[number] != token)
      return fmt::format("acknowledged commit {} is lost", number);
  std::set<std::string> records;
  std::map<std::uint64_t, std::string> events;
  Question question{.max = 10'000};
  for (;;) {
    const auto lines = store.history(question);
    if (!lines) return lines.error().text;
    if (lines->empty()) break;
    for (const Line& line : *lines)
      if (line.seq.number == 0) records.insert(line.body);
      else events[line.seq.number] = line.body;
    question.after = lines->back().number;
  }
  if (events != stored) return "events and commits differ";
  for (const std::string& token : told.records)
    if (!records.contains(token)) return "an acknowledged record is lost";
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> uses;
  const auto counted = store.uses({}, [&](const UseKey& key, const UseCount& count) {
    uses[{key.who.ulid.low, key.port.ulid.low}] = count.reads;
  });
  if (!counted) return counted.error().text;
  for (const auto& [reader, reads] : told.uses) {
    if (uses[reader] < reads) return "an acknowledged read is not counted";
    // One was on its way, and the next may have been counted and not yet taken back.
    if (uses[reader] > reads + 1) return "more is counted than was read";
  }
  return {};
}

struct Rounds {
  std::string wrong;
  std::size_t commits = 0;
  std::size_t records = 0;
  std::size_t uses = 0;
};

// All rounds share one folder, so that each starts from what a kill left behind.
Rounds kill_often(int rounds, bool breaks_promises, std::uint64_t seed) {
  Scratch scratch;
  Told told;
  std::mt19937_64 random(seed);
  for (int round = 1; round <= rounds; ++round) {
    std::string text;
    watch_and_kill(
        start("StoreKill.DISABLED_CommitsUntilKilled", scratch.path(), round, breaks_promises),
        Micros{random() % 60'000}, text);
    note(told, text);
    auto store = open_sqlite(scratch.path(), {.batches_kept = UINT64_MAX});
    if (!store) return {store.error().text};
    const std::string wrong = compare(**store, told);
    if (!wrong.empty()) return {fmt::format("round {}: {}", round, wrong)};
  }
  Rounds out{{}, told.commits.size(), told.records.size(), 0};
  for (const auto& [reader, reads] : told.uses) out.uses += reads;
  return out;
}

TEST(StoreKill, LosesNothingThatItAcknowledged) {
  const int rounds = kills("HANSA_KILLS", 30);
  const std::uint64_t seed = random_u64();
  const Rounds result = kill_often(rounds, false, seed);
  EXPECT_EQ(result.wrong, "") << "seed " << seed;
  EXPECT_GT(result.commits, 0U);
  EXPECT_GT(result.records, 0U);
  EXPECT_GT(result.uses, 0U);
  std::printf("%d kills, %zu commits, %zu records and %zu reads acknowledged\n", rounds,
              result.commits, result.records, result.uses);
}

// The harness must be able to fail: a store that answers before it has committed is caught.
TEST(StoreKill, CatchesAStoreThatAnswersTooEarly) {
  const Rounds result = kill_often(200, true, 1);
  EXPECT_NE(result.wrong, "");
  std::printf("%s\n", result.wrong.c_str());
}

}  // namespace
}  // namespace hansa::store
