// What stays of publishing: commits, claims on files, uploads nobody published, what was read.
#include "service/snapshots.h"

#include <thread>

#include "service/access.h"
#include "service/publish_house_test.h"

namespace hansa::service {
namespace {

using Snapshots = Publish;

Result<api::Snapshots> snapshots_of(Publish& test) {
  return list_snapshots(test.context("olga"), test.live, test.world, test.tables,
                        {.domain = "shows", .port = "plays"});
}

TEST_F(Snapshots, KnowsTheCommitOfEverySnapshotAndOfARepeatedAnswer) {
  std::vector<api::Published> made;
  std::vector<std::string> ids;
  // More than the mesh keeps: of the first ones only the audit knows.
  for (int i = 0; i < 35; ++i) {
    ids.push_back(new_publish());
    ASSERT_TRUE(upload("olga", ids.back(), 0, std::to_string(i)));
    const auto done = publish("olga", ids.back());
    ASSERT_TRUE(done) << done.error().text;
    EXPECT_EQ(done->seq, seq());
    made.push_back(*done);
  }
  const auto shown = snapshots_of(*this);
  ASSERT_TRUE(shown) << shown.error().text;
  ASSERT_EQ(shown->items.size(), made.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    const auto& item = shown->items[made.size() - 1 - i];
    EXPECT_EQ(item.snapshot, made[i].snapshot);
    EXPECT_EQ(item.seq, made[i].seq);
    EXPECT_EQ(item.by, "olga");
  }
  EXPECT_EQ(publish("olga", ids[0])->seq, made[0].seq);
  EXPECT_EQ(publish("olga", ids[34])->seq, made[34].seq);
  // Remembered by the table alone.
  clock.advance(std::chrono::hours(24 * 8));
  EXPECT_EQ(publish("olga", ids[0])->seq, made[0].seq);
  // A rollback moves the pointer and makes no snapshot.
  const auto back = rollback_port(context("olga"), live, world, tables,
                                  {.domain = "shows", .port = "plays", .to = made[33].snapshot});
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_GT(back->seq, made[34].seq);
  EXPECT_EQ(snapshots_of(*this)->items[0].seq, made[34].seq);
}

TEST_F(Snapshots, KeepsAGrantsHistoryByCommit) {
  const auto asked = request_access(context("ada"), live, world,
                                    {.port = "shows/payouts", .purpose = "to count what is paid"});
  ASSERT_TRUE(asked) << asked.error().text;
  const std::uint64_t first = seq();
  const auto given = approve_access(context("sten"), live, world, {.number = asked->number});
  ASSERT_TRUE(given) << given.error().text;
  const auto ended = revoke_access(context("sten"), live, world,
                                   {.number = asked->number, .reason = "no longer needed"});
  ASSERT_TRUE(ended) << ended.error().text;
  const auto check = [&](const std::vector<api::StepView>& steps) {
    ASSERT_EQ(steps.size(), 3U);
    EXPECT_EQ(steps[0].act, GrantAct::requested);
    EXPECT_EQ(steps[0].by, "ada");
    EXPECT_EQ(steps[0].seq, first);
    EXPECT_EQ(steps[1].act, GrantAct::approved);
    EXPECT_EQ(steps[1].seq, first + 1);
    EXPECT_EQ(steps[2].act, GrantAct::revoked);
    EXPECT_EQ(steps[2].by, "sten");
    EXPECT_EQ(steps[2].seq, first + 2);
  };
  check(ended->steps);
  // The same after a restart.
  Live restarted;
  ASSERT_TRUE(restarted.load(store));
  check(get_access(context("sten"), restarted, {.number = asked->number})->steps);
}

TEST_F(Snapshots, ListsAFileInOnePortOnly) {
  put_object("in/1.parquet", "1");
  put_object("in/2.parquet", "2");
  const std::vector<std::string> one{"s3://shows-prod/in/1.parquet"};
  ASSERT_TRUE(in_place(one));
  clock.advance(std::chrono::seconds(1));
  const auto first = snapshots_of(*this)->items[0].snapshot;
  const auto refused = in_place(one, "shows/payouts");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_TRUE(refused.error().text.contains("shows/plays@1")) << refused.error().text;
  // Replaced, it is free; then the way back is not.
  const std::string id = new_publish();
  ASSERT_TRUE(upload("olga", id, 0, "x"));
  ASSERT_TRUE(publish("olga", id, 1, "shows/plays", api::PublishMode::overwrite));
  const auto taken = in_place(one, "shows/payouts");
  ASSERT_TRUE(taken) << taken.error().text;
  const auto back = rollback_port(context("olga"), live, world, tables,
                                  {.domain = "shows", .port = "plays", .to = first});
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, Code::conflict);
  EXPECT_EQ(rows(), 10U);
  // What was there before stays claimed when more is added.
  ASSERT_TRUE(in_place({"s3://shows-prod/in/2.parquet"}, "shows/payouts"));
  EXPECT_EQ(in_place(one).error().code, Code::conflict);
}

TEST_F(Snapshots, ListsAFileInOnePortOnlyWhenTwoRegisterItAtOnce) {
  for (int round = 0; round < 10; ++round) {
    const std::string key = "in/" + std::to_string(round) + ".parquet";
    put_object(key, "1");
    Result<api::Published> plays, payouts;
    const auto asks = [&](std::string port) {
      return api::Publish{.publish = new_publish(),
                          .port = std::move(port),
                          .mode = api::PublishMode::in_place,
                          .files = 0,
                          .locations = {"s3://shows-prod/" + key},
                          .made_by = {}};
    };
    {
      const auto a = asks("shows/plays"), b = asks("shows/payouts");
      const Context olga = context("olga");
      Trail other_trail;
      const Context also{olga.who, olga.request, olga.now, olga.deadline, {}, other_trail};
      const std::jthread one([&] { plays = publish_files(olga, live, world, tables, a); });
      const std::jthread two([&] { payouts = publish_files(also, live, world, tables, b); });
    }
    EXPECT_NE(plays.has_value(), payouts.has_value()) << round;
    const auto& lost = plays ? payouts : plays;
    if (lost) continue;
    EXPECT_EQ(lost.error().code, Code::conflict);
    EXPECT_TRUE(lost.error().text.contains(plays ? "shows/plays@1" : "shows/payouts@1"))
        << lost.error().text;
  }
}

TEST_F(Snapshots, ListsAFileOnceWhenTwoRegisterItInOnePort) {
  for (std::uint64_t round = 1; round <= 10; ++round) {
    const std::string key = "in/" + std::to_string(round) + ".parquet";
    put_object(key, "1");
    api::Publish ask{.publish = new_publish(),
                     .port = "shows/plays",
                     .mode = api::PublishMode::in_place,
                     .files = 0,
                     .locations = {"s3://shows-prod/" + key},
                     .made_by = {}};
    api::Publish other = ask;
    other.publish = new_publish();
    const Context olga = context("olga");
    Trail other_trail;
    const Context also{olga.who, olga.request, olga.now, olga.deadline, {}, other_trail};
    Result<api::Published> one, two;
    {
      const std::jthread first([&] { one = publish_files(olga, live, world, tables, ask); });
      const std::jthread second([&] { two = publish_files(also, live, world, tables, other); });
    }
    EXPECT_TRUE(one || two) << one.error().text;
    EXPECT_EQ(rows(), 10 * round);
    // The loser's own advice works.
    EXPECT_TRUE(publish_files(olga, live, world, tables, one ? other : ask));
    EXPECT_EQ(rows(), 10 * round);
  }
}

TEST_F(Snapshots, CountsUploadsInTheQuotaAndForgetsThemAfterAWeek) {
  ASSERT_TRUE(apply("admin",
                    "apiVersion: hansa/v1\nkind: Account\nname: shows-prod\ndomain: shows\nbucket: "
                    "shows-prod\ncatalog: shows_prod\nquota: 1000B\n"));
  const std::string published = new_publish();
  ASSERT_TRUE(upload("olga", published, 0, std::string(100, 'p')));
  ASSERT_TRUE(publish("olga", published));
  const std::string id = new_publish();
  ASSERT_TRUE(upload("olga", id, 0, std::string(900, 'x')));
  // At its edge: not a byte more, in any port of the account.
  const auto refused = upload("olga", new_publish(), 0, "y", "shows/payouts");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::exhausted);
  EXPECT_TRUE(upload("olga", id, 0, std::string(900, 'x')));

  const Location kept = *Location::make("shows-prod", "in/other.parquet");
  ASSERT_TRUE(object::write_all(objects, kept, "z", object::Taken::refuse));
  EXPECT_EQ(swept(clock.now()).files, 0U);
  const Sweep sweep = swept(SystemClock().now() + limits::upload_kept + std::chrono::minutes(1));
  EXPECT_EQ(sweep.files, 1U);
  EXPECT_EQ(sweep.bytes, 900U);
  EXPECT_TRUE(sweep.after.empty());
  EXPECT_TRUE(objects.info(kept));
  // Published data stays, and the room is there again.
  EXPECT_TRUE(publish("olga", published)->repeated);
  ASSERT_TRUE(upload("olga", new_publish(), 0, "y", "shows/payouts"));
  const auto files = live.read([](const View& view) {
    return *view.mesh.find<Table>(view.mesh.port(*parse_port_ref("shows/plays"))->id.ulid)
                ->current();
  });
  EXPECT_EQ(tables.files(objects, files)->get()->files.size(), 1U);
}

// Each byte of metadata that was written or read here once is not read again.
TEST_F(Snapshots, ReadsNothingOfATableTwice) {
  struct Counting : object::ObjectStore {
    explicit Counting(ObjectStore& inner) : inner(inner) {}
    Result<void> make_bucket(std::string_view bucket) override { return inner.make_bucket(bucket); }
    Result<object::ObjectInfo> info(const Location& at) override { return inner.info(at); }
    Result<std::unique_ptr<Source>> read(const Location& at, std::uint64_t from,
                                         std::uint64_t bytes) override {
      ++reads;
      return inner.read(at, from, bytes);
    }
    Result<std::unique_ptr<object::Writing>> write(const Location& at,
                                                   object::Taken taken) override {
      return inner.write(at, taken);
    }
    Result<object::Listing> list(std::string_view bucket, std::string_view prefix,
                                 std::string_view after, std::size_t max) override {
      return inner.list(bucket, prefix, after, max);
    }
    Result<std::string> local(const Location& at) override { return inner.local(at); }
    Result<void> remove(const Location& at) override { return inner.remove(at); }
    ObjectStore& inner;
    int reads = 0;
  } counting(objects);
  World counted{store, counting, engine};
  const auto current = [&] {
    return live.read([](const View& view) {
      return *view.mesh.find<Table>(view.mesh.port(*parse_port_ref("shows/plays"))->id.ulid)
                  ->current();
    });
  };
  std::string last;
  for (int i = 0; i < 5; ++i) {
    last = new_publish();
    ASSERT_TRUE(upload("olga", last, 0, std::to_string(i)));
    const auto done = publish_files(context("olga"), live, counted, tables,
                                    {.publish = last,
                                     .port = "shows/plays",
                                     .mode = api::PublishMode::append,
                                     .files = 1,
                                     .locations = {},
                                     .made_by = {}});
    ASSERT_TRUE(done) << done.error().text;
    const auto files = tables.files(counting, current());
    ASSERT_TRUE(files) << files.error().text;
    EXPECT_EQ((*files)->files.size(), static_cast<std::size_t>(i) + 1);
  }
  EXPECT_EQ(counting.reads, 0);
  // Another process finds the same, and a later snapshot costs it the new objects only.
  Tables fresh;
  ASSERT_TRUE(fresh.files(counting, current()));
  EXPECT_EQ(counting.reads, 2 + 5);  // metadata, list, five manifests
}

}  // namespace
}  // namespace hansa::service
