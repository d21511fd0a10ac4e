// A server that is killed around commit, send and mark loses no message, sends none under another
// id, none again once that it was sent is on disk, and keeps the order of a channel and subject.
//
// HANSA_OUTBOX_KILLS: how often (100 otherwise; ./dev test --all says 1,000).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/digest.h"
#include "base/scratch_test.h"
#include "world/store/sqlite/adapter.h"
#include "world/store/sqlite/killed_test.h"

namespace hansa::store {
namespace {

constexpr Ulid channels[] = {{4, 1}, {4, 2}};
constexpr std::uint64_t subjects = 3;
constexpr std::size_t waiting_max = 2'000;

// --- the program that is killed
// -----------------------------------------------------------------------

std::string token_of(const Ulid& id) { return fmt::format("{}/{}", id.high, id.low); }

void commit_for_ever(Store& store, std::uint64_t maker) {
  for (std::uint64_t n = 1;; n += 3) {
    Commit commit;
    commit.writes.push_back({"row", {maker, 1}, "body", {}});
    std::string told;
    for (std::uint64_t i = n; i < n + 3; ++i) {
      const Ulid id{maker, i};
      commit.messages.push_back(
          {id, "team", {3, 1}, {5, i % subjects}, "made", Time{1}, token_of(id)});
      told += fmt::format("m {} {}\n", id.high, id.low);
    }
    if (!store.commit(std::move(commit))) return;
    tell(told);
    // A channel where too many wait is refused more, which is no loss and not what is tried here.
    while (store.outbox().waiting().value_or(0) > waiting_max)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// What a sender does, over a network that fails now and then. `breaks`: it marks before it sends.
bool send_once(Outbox& outbox, std::mt19937_64& random, bool breaks) {
  const auto unrouted = outbox.unrouted(20);
  if (!unrouted) return false;
  std::vector<Routed> routed;
  for (const Message& each : *unrouted) routed.push_back({each.id, {channels[0], channels[1]}});
  if (!outbox.route(std::move(routed), Time{1})) return false;
  const auto due = outbox.due(Time{1}, 30, 4);
  if (!due) return false;
  std::vector<Marked> marks;
  std::set<std::pair<Ulid, Ulid>> held;
  std::string sent, done;
  for (const Delivery& each : *due) {
    const std::pair row{each.channel, each.message.about};
    if (held.contains(row)) continue;
    if (random() % 8 == 0) {
      held.insert(row);
      marks.push_back({each.number, DeliveryState::waiting, Time{1}, "500", Time{1}});
      continue;
    }
    const Ulid& id = each.message.id;
    const std::string what = fmt::format("{} {} {}\n", id.high, id.low, each.channel.low);
    if (each.message.facts != token_of(id)) return false;
    sent += "s " + what;
    done += "d " + what;
    if (!breaks) tell("s " + what);
    marks.push_back({each.number, DeliveryState::sent, Time{1}, "200"});
  }
  if (!outbox.mark(std::move(marks))) return false;
  if (breaks) tell(sent);
  if (!done.empty()) tell(done);
  return true;
}

TEST(OutboxKill, DISABLED_SendsUntilKilled) {
  const auto run = parse_int(setting("HANSA_TEST_RUN"));
  ASSERT_TRUE(run);
  const bool breaks = setting("HANSA_TEST_BREAKS") == "yes";
  auto store = open_sqlite(setting("HANSA_TEST_FOLDER"));
  ASSERT_TRUE(store);
  tell("ready\n");
  const auto maker = static_cast<std::uint64_t>(*run) * 10;
  std::jthread first([&] { commit_for_ever(**store, maker); });
  std::jthread second([&] { commit_for_ever(**store, maker + 1); });
  std::mt19937_64 random(maker);
  while (send_once((*store)->outbox(), random, breaks)) {
  }
}

// --- the one that kills it
// -----------------------------------------------------------------------------

using Sending = std::pair<Ulid, std::uint64_t>;  // a message, and the number of a channel

struct Told {
  std::set<Sending> owed;  // committed and not sent
  std::set<Sending> sent, marked;
  // By channel, subject and who committed: the number of the last one that was sent first.
  std::map<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>, std::uint64_t> last;
  std::size_t again = 0;
};

std::uint64_t number(std::string_view text) {
  return static_cast<std::uint64_t>(parse_int(text).value_or(0));
}

// What is wrong with what was told, in words; empty: nothing.
std::string note_sent(Told& told, const Sending& sending) {
  const auto& [id, channel] = sending;
  if (told.marked.contains(sending)) return "what was marked as sent was sent again";
  told.owed.erase(sending);
  if (!told.sent.insert(sending).second) {
    ++told.again;
    return {};
  }
  std::uint64_t& last = told.last[{channel, id.low % subjects, id.high}];
  if (id.low <= last) return "one overtook another";
  last = id.low;
  return {};
}

std::string note(Told& told, std::string_view text) {
  for (const std::string_view line : split(text, '\n')) {
    const auto words = split(line, ' ');
    if (words.size() < 3) continue;
    const Ulid id{number(words[1]), number(words[2])};
    if (words[0] == "m")
      for (const Ulid& channel : channels)
        if (!told.sent.contains({id, channel.low})) told.owed.insert({id, channel.low});
    if (words.size() != 4) continue;
    const Sending sending{id, number(words[3])};
    if (words[0] == "d") told.marked.insert(sending);
    if (words[0] != "s") continue;
    if (std::string wrong = note_sent(told, sending); !wrong.empty()) return wrong;
  }
  return {};
}

// Whoever was not sent yet must still wait.
std::string compare(Outbox& outbox, const Told& told) {
  std::set<Sending> waiting;
  const auto unrouted = outbox.unrouted(1'000'000);
  const auto due = outbox.due(Time{1}, 1'000'000, 1'000'000);
  if (!unrouted || !due) return "the outbox cannot be read";
  for (const Message& each : *unrouted)
    for (const Ulid& channel : channels) waiting.insert({each.id, channel.low});
  for (const Delivery& each : *due) waiting.insert({each.message.id, each.channel.low});
  for (const Sending& owed : told.owed)
    if (!waiting.contains(owed)) return fmt::format("message {} is lost", token_of(owed.first));
  return {};
}

struct Rounds {
  std::string wrong;
  std::size_t sent = 0, again = 0;
};

Rounds kill_often(int rounds, bool breaks, std::uint64_t seed) {
  Scratch scratch;
  Told told;
  std::mt19937_64 random(seed);
  for (int round = 1; round <= rounds; ++round) {
    std::string text;
    watch_and_kill(start("OutboxKill.DISABLED_SendsUntilKilled", scratch.path(), round, breaks),
                   Micros{random() % 60'000}, text);
    std::string wrong = note(told, text);
    auto store = open_sqlite(scratch.path());
    if (!store) return {store.error().text};
    if (wrong.empty()) wrong = compare((*store)->outbox(), told);
    if (!wrong.empty()) return {fmt::format("round {}: {}", round, wrong)};
  }
  return {{}, told.sent.size(), told.again};
}

TEST(OutboxKill, LosesNoMessageAndKeepsTheirOrder) {
  const int rounds = kills("HANSA_OUTBOX_KILLS", 100);
  const std::uint64_t seed = random_u64();
  const Rounds result = kill_often(rounds, false, seed);
  EXPECT_EQ(result.wrong, "") << "seed " << seed;
  EXPECT_GT(result.sent, 0U);
  std::printf("%d kills, %zu sent, %zu of them again\n", rounds, result.sent, result.again);
}

// The harness must be able to fail: a sender that marks before it sends is caught.
TEST(OutboxKill, CatchesASenderThatMarksTooEarly) {
  const Rounds result = kill_often(200, true, 1);
  EXPECT_NE(result.wrong, "");
  std::printf("%s\n", result.wrong.c_str());
}

}  // namespace
}  // namespace hansa::store
