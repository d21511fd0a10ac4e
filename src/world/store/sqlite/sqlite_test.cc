// What only the real store can show: reopening, old and new schemas, full and broken disks.
#include "world/store/sqlite/sqlite.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <map>
#include <thread>

#include "base/file.h"
#include "base/limits.h"
#include "base/scratch_test.h"
#include "base/text.h"
#include "world/store/anchor.h"
#include "world/store/chain.h"
#include "world/store/sqlite/adapter.h"
#include "world/store/sqlite/batch.h"
#include "world/store/sqlite/migrate.h"

namespace {

std::atomic<bool> syncs_fail = false;
std::atomic<std::uint64_t> syncs = 0;

int sync_or_fail(long call, int descriptor) {
  ++syncs;
  if (!syncs_fail) return static_cast<int>(::syscall(call, descriptor));
  errno = EIO;
  return -1;
}

}  // namespace

// The program's own, before the library's: a disk that stops keeping what it is told.
extern "C" int fsync(int descriptor) { return sync_or_fail(SYS_fsync, descriptor); }
extern "C" int fdatasync(int descriptor) { return sync_or_fail(SYS_fdatasync, descriptor); }

extern char** environ;

namespace hansa::store {
namespace {

using sqlite::Access;
using sqlite::Connection;

std::unique_ptr<Store> open(const std::string& folder, const SqliteOptions& options = {}) {
  auto store = open_sqlite(folder, options);
  EXPECT_TRUE(store) << store.error().text;
  return store ? *std::move(store) : nullptr;
}

Commit one(std::uint64_t n, std::string body) {
  Commit commit;
  commit.writes.push_back({"port", {1, n}, std::move(body), {}});
  commit.events.push_back({"made", {{2, 1}}, Time{1}, {1, n}, "port", "{}"});
  return commit;
}

std::size_t rows(Store& store) {
  std::size_t count = 0;
  EXPECT_TRUE(store.load([&](Row) { ++count; }));
  return count;
}

Connection raw(const std::string& folder) {
  auto connection = Connection::open(folder + "/mesh.db", Access::write);
  EXPECT_TRUE(connection);
  return *std::move(connection);
}

TEST(Sqlite, RefusesASecondServerOnTheSameFolder) {
  Scratch scratch;
  auto first = open(scratch.path());
  EXPECT_EQ(open_sqlite(scratch.path()).error().code, Code::conflict);
  first.reset();
  EXPECT_TRUE(open_sqlite(scratch.path()));
}

TEST(Sqlite, RefusesANewerSchemaAndAnotherProgramsFile) {
  Scratch newer;
  open(newer.path()).reset();
  ASSERT_TRUE(raw(newer.path()).run("PRAGMA user_version = 999"));
  EXPECT_EQ(open_sqlite(newer.path()).error().code, Code::invalid);
  Scratch other;
  ASSERT_TRUE(open_file(other / "mesh.db", O_CREAT | O_RDWR));
  ASSERT_TRUE(raw(other.path()).run("CREATE TABLE theirs (x)"));
  EXPECT_EQ(open_sqlite(other.path()).error().code, Code::invalid);
  Scratch garbage;
  ASSERT_TRUE(write_file_atomically(garbage / "mesh.db", std::string(8192, 'x')));
  EXPECT_EQ(open_sqlite(garbage.path()).error().code, Code::corrupt);
}

TEST(Sqlite, ErrorsHoldNoPathOfTheHost) {
  Scratch scratch;
  ASSERT_TRUE(write_file_atomically(scratch / "file", "x"));
  const auto error = open_sqlite(scratch / "file").error();
  EXPECT_EQ(error.text.find(scratch.path()), std::string::npos) << error.text;
}

TEST(Sqlite, FilesBelongToTheServerAlone) {
  Scratch scratch;
  const auto store = open(scratch / "store");
  ASSERT_TRUE(store->commit(one(1, "a")));
  for (const auto& entry : std::filesystem::directory_iterator(scratch / "store"))
    EXPECT_EQ(entry.status().permissions() &
                  (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
              std::filesystem::perms::none)
        << entry.path().filename();
}

TEST(Sqlite, GoesOnWhereItStopped) {
  Scratch scratch;
  AuditHead head;
  for (std::uint64_t n = 1; n <= 5; ++n) {
    const auto store = open(scratch.path());
    EXPECT_TRUE(n == 1 || *store->audit_head() == head);
    EXPECT_EQ(store->commit(one(n, "x"))->number, n);
    head = *store->audit_head();
    EXPECT_EQ(*store->verify_chain(), head.hash);
    EXPECT_EQ(store->follow(Seq{0}, 0)->size(), n);  // older ones come from the database
  }
}

TEST(Sqlite, WritesWhatItAcceptedBeforeItEnds) {
  Scratch scratch;
  std::vector<std::unique_ptr<Ticket>> tickets;
  {
    const auto store = open(scratch.path());
    for (int n = 0; n < 5'000; ++n)
      tickets.push_back(*store->record({"read", {{1, 1}}, Time{1}, {}, "{}"}));
  }
  for (const auto& ticket : tickets) EXPECT_TRUE(ticket->durable());
  EXPECT_EQ(open(scratch.path())->audit_head()->number, 5'000U);
}

TEST(Sqlite, RefusesRecordsOnceTooManyWait) {
  Scratch scratch;
  const auto store = open(scratch.path());
  std::size_t accepted = 0;
  for (; accepted < 2'000'000; ++accepted) {
    const auto ticket = store->record({"read", {{1, 1}}, Time{1}, {1, 1}, std::string(1000, 'x')});
    if (ticket) continue;
    EXPECT_EQ(ticket.error().code, Code::exhausted);
    break;
  }
  EXPECT_GE(accepted, limits::store_waiting_max);
  EXPECT_LT(accepted, 2'000'000U);
}

TEST(Sqlite, FollowsFarBehindFromTheDatabase) {
  Scratch scratch;
  const auto store = open(scratch.path());
  const std::string body(1024 * 1024, 'x');
  const std::size_t count = limits::tail_bytes_max / body.size() * 2;
  for (std::uint64_t n = 1; n <= count; ++n) ASSERT_TRUE(store->commit(one(n, body)));
  Seq at;
  while (at.number < count) {
    const auto batches = store->follow(at, 0);
    ASSERT_TRUE(batches);
    ASSERT_FALSE(batches->empty());
    for (const Batch& batch : *batches) {
      EXPECT_EQ(batch.seq.number, at.number + 1);
      EXPECT_EQ(batch.rows.at(0).id.low, batch.seq.number);
      at = batch.seq;
    }
  }
}

TEST(Sqlite, TellsAFollowerThatItMustLoadAgain) {
  Scratch scratch;
  {
    const auto store = open(scratch.path(), {.batches_kept = 10});
    for (std::uint64_t n = 1; n <= 50; ++n) ASSERT_TRUE(store->commit(one(n, "x")));
  }
  const auto store = open(scratch.path(), {.batches_kept = 10});
  EXPECT_EQ(store->follow(Seq{30}, 0).error().code, Code::not_found);
  EXPECT_EQ(store->follow(Seq{40}, 0)->size(), 10U);
  EXPECT_EQ(rows(*store), 50U);
  EXPECT_EQ(store->commit(one(51, "x"))->number, 51U);
}

TEST(Sqlite, FindsATamperedAuditAndACutOne) {
  Scratch scratch;
  {
    const auto store = open(scratch.path());
    for (std::uint64_t n = 1; n <= 20; ++n) ASSERT_TRUE(store->commit(one(n, "x")));
    ASSERT_TRUE(write_anchor(scratch.path(), *store->audit_head(), Time{1'000'000}));
  }
  const SqliteOptions anchored{.anchor_folder = scratch.path()};
  ASSERT_TRUE(open(scratch.path(), anchored)->verify_chain());
  ASSERT_TRUE(raw(scratch.path()).run("DELETE FROM line WHERE number = 20"));
  EXPECT_TRUE(open(scratch.path())->verify_chain());  // a shorter chain is a chain
  EXPECT_EQ(open(scratch.path(), anchored)->verify_chain().error().code, Code::corrupt);
  ASSERT_TRUE(raw(scratch.path()).run("UPDATE line SET who = zeroblob(16) WHERE number = 7"));
  const auto error = open(scratch.path())->verify_chain().error();
  EXPECT_EQ(error.code, Code::corrupt);
  EXPECT_NE(error.text.find("line 7"), std::string::npos);
}

TEST(Sqlite, FindsAChangedTextAndOverwritesADroppedOne) {
  Scratch scratch;
  const std::string secret = "select payout where name = 'zq_unlikely_name'";
  const auto on_disk = [&] {
    bool found = false;
    for (const auto& entry : std::filesystem::directory_iterator(scratch.path()))
      if (const auto bytes = read_file(entry.path(), 64 << 20))
        found |= bytes->contains("zq_unlikely_name");
    return found;
  };
  {
    const auto store = open(scratch.path());
    for (int n = 0; n < 100; ++n)
      ASSERT_TRUE(store->record({"read", {}, Time{n}, {}, "{}", passing(secret)}));
    ASSERT_TRUE(store->verify_chain());
  }
  EXPECT_TRUE(on_disk());
  ASSERT_TRUE(raw(scratch.path()).run("UPDATE text SET text = 'select 1' WHERE number = 7"));
  const auto error = open(scratch.path())->verify_chain().error();
  EXPECT_EQ(error.code, Code::corrupt);
  EXPECT_NE(error.text.find("line 7"), std::string::npos);
  {
    const auto store = open(scratch.path());
    ASSERT_TRUE(store->drop_texts(Time{1000}));
    ASSERT_TRUE(store->verify_chain());
  }
  EXPECT_FALSE(on_disk());
}

TEST(Sqlite, DropsMoreTextsThanOnePiece) {
  Scratch scratch;
  const auto store = open(scratch.path());
  for (int n = 0; n < 5'001; ++n)
    ASSERT_TRUE(store->record({"read", {}, Time{1}, {}, "{}", passing("select 1")}));
  ASSERT_TRUE(store->set_fact("all", "written"));
  ASSERT_TRUE(store->drop_texts(Time{2}));
  EXPECT_EQ(raw(scratch.path()).number("SELECT count(*) FROM text"), 0);
}

TEST(Sqlite, AsksItsIndexes) {
  Scratch scratch;
  const auto store = open(scratch.path());
  // Every form of question must find its index: INDEXED BY fails if it cannot be used.
  for (const bool newest_first : {false, true})
    for (const auto& question : {Question{.newest_first = newest_first, .kinds = {"read"}},
                                 Question{.newest_first = newest_first, .who = PrincipalId{{1, 1}}},
                                 Question{.newest_first = newest_first, .subject = Ulid{1, 1}},
                                 Question{.newest_first = newest_first, .behind = Seq{3}}})
      EXPECT_TRUE(store->history(question));
}

TEST(SqliteBatch, DecodesWhatItEncodedAndRefusesTheRest) {
  Commit commit = one(1, std::string("\0x", 2));
  commit.writes.push_back({"grant", {3, 4}, std::nullopt, {}});
  const std::string bytes = sqlite::encode_rows(commit);
  const auto batch = sqlite::decode_rows(Seq{9}, bytes);
  ASSERT_EQ(batch->rows.size(), 2U);
  EXPECT_EQ(*batch->rows[0].body, std::string("\0x", 2));
  EXPECT_EQ(batch->rows[1].body, std::nullopt);
  EXPECT_EQ(batch->rows[1].rev.number, 9U);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto part = sqlite::decode_rows(Seq{9}, std::string_view(bytes).substr(0, size));
    EXPECT_TRUE(!part || part->rows.size() < 2);
  }
  EXPECT_EQ(sqlite::decode_rows(Seq{9}, "\x02").error().code, Code::corrupt);
}

// --- disks
// ------------------------------------------------------------------------------------------

TEST(SqliteDisk, GoesSilentAfterAFailedSync) {
  Scratch scratch;
  {
    const auto store = open(scratch.path());
    ASSERT_TRUE(store->commit(one(1, "a")));
    std::jthread follower(
        [&] { EXPECT_EQ(store->follow(Seq{1}, INT64_MAX).error().code, Code::unavailable); });
    syncs_fail = true;
    const auto lost = store->commit(one(2, "b"));
    syncs_fail = false;  // The disk pretends to be well again, and that must not matter.
    EXPECT_EQ(lost.error().code, Code::unavailable);
    EXPECT_EQ(store->commit(one(3, "c")).error().code, Code::unavailable);
    EXPECT_EQ(store->record({}).error().code, Code::unavailable);
    EXPECT_EQ(store->load([](Row) {}).error().code, Code::unavailable);
    EXPECT_EQ(store->history({}).error().code, Code::unavailable);
    EXPECT_EQ(store->fact("a").error().code, Code::unavailable);
    EXPECT_EQ(store->set_fact("a", "b").error().code, Code::unavailable);
    EXPECT_EQ(store->recall({}, "k", Time{1}).error().code, Code::unavailable);
    EXPECT_EQ(store->verify_chain().error().code, Code::unavailable);
    EXPECT_EQ(store->audit_head().error().code, Code::unavailable);
  }
  const auto store = open(scratch.path());
  EXPECT_GE(rows(*store), 1U);
  EXPECT_TRUE(store->verify_chain());
}

TEST(SqliteDisk, SyncsOncePerCommitAtMostAndSharesUnderLoad) {
  Scratch scratch;
  const auto store = open(scratch.path());
  const std::uint64_t before = syncs;
  for (std::uint64_t n = 0; n < 20; ++n) ASSERT_TRUE(store->commit(one(n, "x")));
  EXPECT_GE(syncs - before, 20U);  // each was acknowledged, so each had its own
  const std::uint64_t alone = syncs;
  {
    std::vector<std::jthread> all;
    for (std::uint64_t t = 0; t < 32; ++t)
      all.emplace_back([&, t] {
        for (std::uint64_t n = 0; n < 20; ++n)
          ASSERT_TRUE(store->commit(one(100 + t * 20 + n, "x")));
      });
  }
  std::printf("640 commits of 32 threads: %llu syncs\n",
              static_cast<unsigned long long>(syncs - alone));
  EXPECT_LT(syncs - alone, 32U * 20U / 2);
}

// A file that may not grow: the write fails with EFBIG, which SQLite takes for an error of the
// disk.
TEST(SqliteDisk, GoesSilentAfterAFailedWrite) {
  Scratch scratch;
  const auto store = open(scratch.path());
  ASSERT_TRUE(store->commit(one(1, "a")));
  const auto ignored = ::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  rlimit low = old;
  low.rlim_cur = std::filesystem::file_size(scratch / "mesh.db-wal") + 100'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
  const auto lost = store->commit(one(2, std::string(1'000'000, 'x')));
  ::setrlimit(RLIMIT_FSIZE, &old);
  ::signal(SIGXFSZ, ignored);
  EXPECT_EQ(lost.error().code, Code::unavailable);
  EXPECT_EQ(store->commit(one(3, "c")).error().code, Code::unavailable);
}

// A full disk is no broken one: what does not fit is refused, the rest goes on.
struct Unmount {
  const std::string& path;
  ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
};

TEST(SqliteDisk, RefusesWhatDoesNotFitAndGoesOn) {
  Scratch scratch;
  if (::mount("tmpfs", scratch.path().c_str(), "tmpfs", 0, "size=4m") != 0)
    GTEST_SKIP() << "may not mount a small file system";
  const Unmount unmount{scratch.path()};
  {
    auto store = open(scratch.path());
    std::uint64_t n = 0;
    Result<Seq> seq;
    std::uint64_t acknowledged = 0;
    for (; n < 1'000; ++n) {
      seq = store->commit(one(n, std::string(20'000, 'x')));
      if (!seq) break;
      ++acknowledged;
    }
    ASSERT_FALSE(seq);
    EXPECT_EQ(seq.error().code, Code::exhausted) << seq.error().text;
    EXPECT_EQ(rows(*store), acknowledged);
    const auto ticket = store->record({"read", {}, Time{1}, {}, std::string(100'000, 'x')});
    EXPECT_EQ((*ticket)->durable().error().code, Code::exhausted);
    // A checkpoint needs room as well; with more of it, all goes on, without a gap.
    ASSERT_EQ(::mount("tmpfs", scratch.path().c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0);
    EXPECT_EQ(store->commit(one(5'000, "fits"))->number, acknowledged + 1);
    store.reset();
    store = open(scratch.path());
    EXPECT_EQ(rows(*store), acknowledged + 1);
    EXPECT_TRUE(store->verify_chain());
    EXPECT_EQ(store->commit(one(5'001, "fits"))->number, acknowledged + 2);
  }
}

// --- migrations, killed at every step
// ---------------------------------------------------------------

// Runs as a program of its own: dies at the step that its environment names.
TEST(SqliteMigration, DISABLED_DiesAtAStep) {
  std::map<std::string, std::string, std::less<>> values;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    values[std::string(text.substr(0, text.find('=')))] = text.substr(text.find('=') + 1);
  }
  const std::string folder = values["HANSA_TEST_FOLDER"];
  const auto step = parse_int(values["HANSA_TEST_STEP"]);
  ASSERT_TRUE(step);
  ASSERT_TRUE(open_file(folder + "/mesh.db", O_CREAT | O_RDWR));
  Connection connection = raw(folder);
  ASSERT_TRUE(connection.run("PRAGMA journal_mode = WAL"));
  ASSERT_TRUE(sqlite::migrate(connection, [&](int at) {
    if (at == *step) ::raise(SIGKILL);
  }));
}

// The child's end: 0, or the signal that killed it.
int die_at(const std::string& folder, int step) {
  std::vector<std::string> words{"store-migration",
                                 "--gtest_filter=SqliteMigration.DISABLED_DiesAtAStep",
                                 "--gtest_also_run_disabled_tests"};
  std::vector<std::string> settings{"HANSA_TEST_FOLDER=" + folder,
                                    "HANSA_TEST_STEP=" + std::to_string(step)};
  std::vector<char*> argv, envp;
  for (std::string& word : words) argv.push_back(word.data());
  for (std::string& setting : settings) envp.push_back(setting.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  EXPECT_EQ(::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, argv.data(), envp.data()),
            0);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

// Each copy of a store that is being written is the store as it was after some commit, and holds
// everything acknowledged before the copy began.
TEST(SqliteCopy, UnderCommitsIsAStoreOfItsOwn) {
  Scratch scratch;
  const auto store = open(scratch / "store");
  std::atomic<std::uint64_t> acknowledged = 0;
  std::jthread writer([&](const std::stop_token& stop) {
    for (std::uint64_t n = 1; !stop.stop_requested(); ++n)
      if (store->commit(one(n, std::string(1000, 'x')))) acknowledged = n;
  });
  for (int copy = 0; copy < 10; ++copy) {
    const std::uint64_t before = acknowledged;
    const std::string folder = scratch / ("copy" + std::to_string(copy));
    ASSERT_TRUE(make_folders(folder));
    std::uint64_t handed = 0;
    const auto seq = store->copy(folder + "/mesh.db", [&](Row) { ++handed; }, {});
    ASSERT_TRUE(seq) << seq.error().text;
    EXPECT_GE(seq->number, before);
    EXPECT_EQ(handed, seq->number);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
    const auto copied = open(folder);
    EXPECT_EQ(rows(*copied), seq->number);
    EXPECT_TRUE(copied->verify_chain());
    EXPECT_TRUE(copied->check());
    EXPECT_EQ(copied->commit(one(1'000'000, "on"))->number, seq->number + 1);
  }
}

TEST(SqliteCheck, FindsAPageThatWasWrittenOver) {
  Scratch scratch;
  {
    const auto store = open(scratch.path());
    for (std::uint64_t n = 1; n < 200; ++n)
      ASSERT_TRUE(store->commit(one(n, std::string(500, 'x'))));
    ASSERT_TRUE(store->check());
  }
  {
    const auto file = open_file(scratch / "mesh.db", O_RDWR);
    ASSERT_TRUE(file);
    const std::string noise(4096, '\x5a');
    for (const off_t page : {20, 25, 30})
      ASSERT_EQ(::pwrite(file->descriptor(), noise.data(), noise.size(), page * 4096), 4096);
  }
  const auto opened = open_sqlite(scratch.path());
  if (opened) {
    EXPECT_FALSE((*opened)->check());
  }
}

TEST(SqliteMigration, SurvivesAKillAtEveryStep) {
  int step = 0;
  for (; step < 100; ++step) {
    Scratch scratch;
    const int end = die_at(scratch.path(), step);
    if (end == 0) break;
    ASSERT_EQ(end, SIGKILL);
    // A killed migration killed again, at the first step that is left, then done.
    ASSERT_EQ(
        die_at(scratch.path(), 0),
        raw(scratch.path()).number("PRAGMA user_version") == sqlite::schema_newest() ? 0 : SIGKILL);
    const auto store = open(scratch.path());
    ASSERT_TRUE(store) << "step " << step;
    ASSERT_TRUE(store->commit(one(1, "a")));
    ASSERT_TRUE(store->verify_chain());
  }
  EXPECT_GT(step, 15);
  EXPECT_LT(step, 100);
}

TEST(SqliteMigration, BringsEveryOldSchemaToTheNewest) {
  for (int version = 1; version <= sqlite::schema_newest(); ++version) {
    Scratch scratch;
    ASSERT_TRUE(open_file(scratch / "mesh.db", O_CREAT | O_RDWR));
    {
      Connection connection = raw(scratch.path());
      ASSERT_TRUE(sqlite::migrate(connection, {}, version));
      ASSERT_TRUE(connection.run(
          "INSERT INTO row (kind, id, rev, body) VALUES ('port', zeroblob(16), 1, x'00')"));
      ASSERT_TRUE(connection.run("INSERT INTO batch (seq, rows) VALUES (1, x'01')"));
    }
    const auto store = open(scratch.path());
    EXPECT_EQ(rows(*store), 1U);
    EXPECT_EQ(store->commit(one(2, "x"))->number, 2U);
  }
}

}  // namespace
}  // namespace hansa::store
