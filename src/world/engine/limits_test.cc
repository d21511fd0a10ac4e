// What a statement, a client or a worker can do at worst, and what it costs others.
#include <signal.h>

#include <atomic>
#include <thread>

#include "world/engine/engine_test.h"

namespace hansa::engine {
namespace {

using Limits = EngineTest;

std::int64_t millis_since(std::int64_t start_us) { return (steady_us() - start_us) / 1000; }

// The worker that runs for this process, by its parent in /proc.
std::vector<pid_t> workers() {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const auto id = parse_int(entry.path().filename().string());
    if (!id) continue;
    std::ifstream status(entry.path() / "stat");
    std::string text;
    std::getline(status, text);
    if (text.contains("(hansa-worker) S " + std::to_string(getpid())) ||
        text.contains("(hansa-worker) R " + std::to_string(getpid())))
      found.push_back(static_cast<pid_t>(*id));
  }
  return found;
}

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t pages = 0;
  statm >> pages >> pages;
  return pages * 4096;
}

// A sanitizer keeps what was freed, to catch who uses it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSanitizerBytes = std::uint64_t{64} << 20;
#else
constexpr std::uint64_t kSanitizerBytes = 0;
#endif

TEST_F(Limits, AWorkersDeathIsAnErrorAtOnce) {
  auto few = options();
  few.workers_max = 1;
  open(few);
  const auto leased = lease();
  const auto opened =
      leased->run(close(plan("select range, repeat('x', 100) from range(100000000)")));
  ASSERT_TRUE(opened) << opened.error().text;
  ASSERT_TRUE(opened->rows->next({}));
  for (const pid_t id : workers()) kill(id, SIGKILL);
  const std::int64_t start = steady_us();
  Result<std::optional<Chunk>> chunk = std::nullopt;
  do chunk = opened->rows->next({});
  while (chunk && *chunk);
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().code, Code::unavailable);
  EXPECT_TRUE(chunk.error().text.contains("signal 9")) << chunk.error().text;
  EXPECT_LT(millis_since(start), 100);
}

TEST_F(Limits, CutsAStatementThatNoInterruptCould) {
  for (const bool by_token : {false, true}) {
    if (!pool_) open(options());
    std::stop_source stop;
    auto leased = pool_->lease(person(1), soon(), stop.get_token());
    ASSERT_TRUE(leased);
    std::atomic<std::int64_t> cut_at = 0;
    std::jthread cutter([&] {
      std::this_thread::sleep_for(Millis(300));
      cut_at = steady_us();
      if (by_token) stop.request_stop();
      else (*leased)->kill();
    });
    const auto rows =
        all(**leased,
            "select levenshtein(repeat('ab', 60000), repeat('ba', 60000 + range)) from range(9)");
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().text, "the query was cut");
    EXPECT_LT(millis_since(cut_at), 100);
  }
}

TEST_F(Limits, EndsAtTheDeadline) {
  open(options());
  auto leased = pool_->lease(person(1), clock_.now() + Millis(700), {});
  ASSERT_TRUE(leased);
  const std::int64_t start = steady_us();
  const auto rows =
      all(**leased,
          "select count(*) from range(100000000) a, range(100000000) b where a.range < b.range");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, Code::exhausted);
  EXPECT_TRUE(rows.error().text.contains("deadline")) << rows.error().text;
  EXPECT_LT(millis_since(start), 1500);
}

TEST_F(Limits, BombsHurtNobodyElse) {
  open(options());
  for (const char* sql :
       {"select length(repeat('x', 3000000000))", "select len(list_sort(range(300000000)))",
        "select len(list(range)) from range(300000000)",
        "select length(string_agg(repeat('x', 1000000), '')) from range(3000)",
        "select count(*) from (select range::varchar || repeat('y', 100) x from range(30000000)) "
        "group by x "
        "order by 1 limit 1"}) {
    const std::uint64_t before = resident_bytes();
    const auto leased = lease();
    ASSERT_TRUE(leased);
    const auto rows = all(*leased, sql);
    const Code code = rows ? Code::exhausted : rows.error().code;
    EXPECT_TRUE(code == Code::exhausted || code == Code::invalid)
        << sql << ": " << rows.error().text;
    EXPECT_LT(resident_bytes(), before + (16U << 20) + kSanitizerBytes) << sql;
    EXPECT_EQ(rows_of("select 1"), "[1]") << sql;
  }
}

TEST_F(Limits, ASlowReaderHoldsTwoPiecesAndNoMore) {
  open(options());
  const auto leased = lease();
  const auto opened =
      leased->run(close(plan("select range, repeat('x', 1000) from range(5000000)")));
  ASSERT_TRUE(opened);
  const std::uint64_t before = resident_bytes();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(opened->rows->next({}));
    std::this_thread::sleep_for(Millis(50));
  }
  EXPECT_LT(resident_bytes(), before + (4U << 20) + kSanitizerBytes);
  for (const pid_t id : workers()) {
    std::ifstream statm("/proc/" + std::to_string(id) + "/statm");
    std::uint64_t pages = 0;
    statm >> pages >> pages;
    EXPECT_LT(pages * 4096, std::uint64_t{300} << 20);
  }
}

TEST_F(Limits, SpillsWithinItsQuotaAndLeavesNothing) {
  auto small = options();
  small.memory_bytes = std::uint64_t{600} << 20;
  small.spill_bytes = std::uint64_t{64} << 20;
  open(small);
  const auto rows =
      all(*lease(),
          "select max(a) from (select range::varchar || repeat('z', 90) as a from range(20000000) "
          "order by hash(range))");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, Code::exhausted) << rows.error().text;
  EXPECT_EQ(rows_of("select 1"), "[1]");
  // A spare on its way writes what it rehearses with.
  while (pool_->counts().starting != 0) std::this_thread::sleep_for(Millis(5));
  std::size_t left = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "run"))
    left += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(left, 0U);
}

TEST_F(Limits, ServesSixtyFourPrincipalsInTurnWithOneWorker) {
  auto one = options();
  one.workers_max = 1;
  open(one);
  for (std::uint64_t i = 0; i < 64; ++i) {
    const auto leased = lease(person(i));
    ASSERT_TRUE(leased);
    auto mine = relation("mine", {column("id", type(TypeKind::int64))}, {});
    mine.content = query::Content::inline_rows;
    mine.rows = {{Json(static_cast<std::int64_t>(i))}};
    // Nothing of anyone before is there.
    const auto rows =
        all(*leased,
            "select (select id from mine), (select count(*) from duckdb_tables()), (select "
            "count(*) from duckdb_databases() where not internal)",
            {mine});
    ASSERT_TRUE(rows) << rows.error().text;
    EXPECT_EQ(*rows, "[" + std::to_string(i) + ",1,2]");
  }
  EXPECT_EQ(pool_->counts().started, 1U);
}

TEST_F(Limits, AWorkerThatHeldRestrictedDataIsNotUsedAgain) {
  auto one = options();
  one.workers_max = 1;
  open(one);
  const auto secret = numbers(3);
  const auto before = pool_->counts().started;
  ASSERT_TRUE(all(*lease(person(1)), plan("from numbers", {secret}), true));
  EXPECT_EQ(rows_of("select 1"), "[1]");
  EXPECT_EQ(pool_->counts().started, before + 1);
}

TEST_F(Limits, DroppingTheRowsEndsTheStatement) {
  open(options());
  {
    const auto leased = lease();
    const auto opened = leased->run(
        close(plan("select count(*) from range(100000000) a, range(100000000) b")), Want{});
    ASSERT_TRUE(opened);
  }
  const std::int64_t start = steady_us();
  while (pool_->counts().leased != 0 || pool_->counts().idle == 0) {
    ASSERT_LT(millis_since(start), 2000);
    std::this_thread::sleep_for(Millis(5));
  }
}

TEST_F(Limits, RefusesAtOnceWhenTheQueueIsFull) {
  auto tight = options();
  tight.workers_max = 1;
  tight.queries_waiting_max = 2;
  open(tight);
  const auto held = lease(person(1));
  std::stop_source stop;
  std::vector<std::jthread> waiting;
  for (std::uint64_t i = 2; i < 4; ++i)
    waiting.emplace_back(
        [&, i] { EXPECT_FALSE(pool_->lease(person(i), soon(), stop.get_token())); });
  while (pool_->counts().waiting < 2) std::this_thread::sleep_for(Millis(1));
  const std::int64_t start = steady_us();
  const auto refused = pool_->lease(person(9), soon(), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::exhausted);
  EXPECT_LT(steady_us() - start, 10'000);
  stop.request_stop();
}

TEST_F(Limits, OnePrincipalCannotTakeAllWorkers) {
  auto fair = options();
  fair.workers_max = 4;
  fair.queries_per_principal_max = 2;
  open(fair);
  const auto first = lease(person(1));
  const auto second = lease(person(1));
  const auto third = pool_->lease(person(1), soon(), {});
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, Code::exhausted);
  EXPECT_TRUE(lease(person(2)));
}

TEST_F(Limits, TakesTurnsBetweenPrincipals) {
  auto one = options();
  one.workers_max = 1;
  open(one);
  auto held = lease(person(1));
  std::mutex mutex;
  std::vector<std::uint64_t> order;
  std::vector<std::jthread> waiting;
  const auto wait = [&](std::uint64_t who) {
    const std::size_t before = pool_->counts().waiting;
    waiting.emplace_back([&, who] {
      const auto leased = pool_->lease(person(who), soon(), {});
      const std::scoped_lock lock(mutex);
      order.push_back(who);
    });
    while (pool_->counts().waiting == before) std::this_thread::sleep_for(Millis(1));
  };
  for (const std::uint64_t who : {2U, 2U, 2U, 3U}) wait(who);
  held.reset();
  waiting.clear();
  EXPECT_EQ(order, (std::vector<std::uint64_t>{2, 3, 2, 2}));
}

TEST_F(Limits, TellsWhyNoWorkerStarts) {
  auto wrong = options();
  wrong.landlock_abi_max = 0;
  open(wrong);
  const auto leased = pool_->lease(person(1), soon(), {});
  ASSERT_FALSE(leased);
  EXPECT_EQ(leased.error().code, Code::unavailable);
  EXPECT_TRUE(leased.error().text.contains("the sandbox does not hold: a worker can "))
      << leased.error().text;
}

TEST_F(Limits, WorksUnderEveryLandlock) {
  for (const std::uint32_t abi : {1U, 2U, 3U, 4U, 5U, 6U, 7U}) {
    pool_.reset();
    auto capped = options();
    capped.landlock_abi_max = abi;
    open(capped);
    EXPECT_EQ(rows_of("select count(*) from numbers", {numbers(10)}), "[10]") << abi;
  }
}

TEST_F(Limits, NobodyIsGivenAWorkerInWhichNoStatementOfAnybodyRan) {
  auto only_one = options();
  only_one.workers_max = 1;
  open(only_one);
  ASSERT_TRUE(all(*lease(person(1)), "select 1"));
  const auto started = pool_->counts().started;
  ASSERT_TRUE(all(*lease(PrincipalId{}), "select 1"));
  EXPECT_EQ(pool_->counts().started, started + 1);
  // What ran in that one was the server's own.
  ASSERT_TRUE(all(*lease(PrincipalId{}), "select 1"));
  EXPECT_EQ(pool_->counts().started, started + 1);
}

}  // namespace
}  // namespace hansa::engine
