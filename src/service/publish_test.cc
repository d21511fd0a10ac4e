// Data: published twice, raced, and refused.
#include "service/publish.h"

#include <thread>

#include "service/publish_house_test.h"

namespace hansa::service {
namespace {

TEST_F(Publish, RefusesAllButTheOwners) {
  const std::string id = new_publish();
  for (const char* who : {"ada", "sten", "admin"}) {
    EXPECT_EQ(upload(who, id, 0, "x").error().code, Code::denied) << who;
    EXPECT_EQ(publish(who, id).error().code, Code::denied) << who;
    EXPECT_EQ(rollback_port(context(who), live, world, tables,
                            {.domain = "shows", .port = "plays", .to = "1"})
                  .error()
                  .code,
              Code::denied)
        << who;
  }
  EXPECT_EQ(engine.inspections, 0);
  EXPECT_EQ(rows(), 0U);
}

TEST_F(Publish, RefusesIdsAndFilesThatAreNotThere) {
  EXPECT_EQ(publish("olga", "not-a-ulid").error().code, Code::invalid);
  EXPECT_EQ(publish("olga", "../../../etc/passwd").error().code, Code::invalid);
  EXPECT_EQ(upload("olga", "../x", 0, "x").error().code, Code::invalid);
  const std::string id = new_publish();
  ASSERT_TRUE(upload("olga", id, 0, "x"));
  EXPECT_EQ(publish("olga", id, 2).error().code, Code::not_found);
  EXPECT_EQ(publish("olga", new_publish(), 1, "shows/nothing").error().code, Code::not_found);
  EXPECT_EQ(rows(), 0U);
}

TEST_F(Publish, TakesTheSameBytesAgainAndNoOthers) {
  const std::string id = new_publish();
  const auto first = upload("olga", id, 0, "bytes");
  ASSERT_TRUE(first) << first.error().text;
  EXPECT_EQ(upload("olga", id, 0, "bytes")->sha256, first->sha256);
  EXPECT_EQ(upload("olga", id, 0, "other").error().code, Code::conflict);
  EXPECT_EQ(upload("olga", id, 0, "").error().code, Code::conflict);
}

TEST_F(Publish, AppendsOnceHoweverOftenItIsRepeated) {
  const std::string id = new_publish();
  ASSERT_TRUE(upload("olga", id, 0, "bytes"));
  const auto first = publish("olga", id);
  ASSERT_TRUE(first) << first.error().text;
  EXPECT_FALSE(first->repeated);
  EXPECT_EQ(first->added_rows, 10U);
  const std::uint64_t before = seq();
  for (int i = 0; i < 3; ++i) {
    const auto again = publish("olga", id);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->snapshot, first->snapshot);
  }
  EXPECT_EQ(seq(), before);
  EXPECT_EQ(rows(), 10U);
}

TEST_F(Publish, IsAboutOnePort) {
  const std::string id = new_publish();
  ASSERT_TRUE(upload("olga", id, 0, "bytes"));
  ASSERT_TRUE(publish("olga", id));
  // The same id for another port is another publish: never acknowledged without its data.
  EXPECT_EQ(publish("olga", id, 1, "shows/payouts").error().code, Code::not_found);
  ASSERT_TRUE(upload("olga", id, 0, "bytes", "shows/payouts"));
  const auto other = publish("olga", id, 1, "shows/payouts");
  ASSERT_TRUE(other) << other.error().text;
  EXPECT_FALSE(other->repeated);
}

TEST_F(Publish, IsThereOnceAfterEveryLostReply) {
  for (const store::Fault fault :
       {store::Fault::lost, store::Fault::lost_reply, store::Fault::refused}) {
    const std::uint64_t before = rows();
    const std::string id = new_publish();
    ASSERT_TRUE(upload("olga", id, 0, "bytes"));
    store.fail_at(1, fault);
    EXPECT_FALSE(publish("olga", id));
    store.fail_at(0);
    const auto again = publish("olga", id);
    ASSERT_TRUE(again) << again.error().text;
    ASSERT_TRUE(publish("olga", id)->repeated);
    EXPECT_EQ(rows(), before + 10) << static_cast<int>(fault);
    clock.advance(std::chrono::seconds(1));
  }
}

TEST_F(Publish, ShowsNothingWhileObjectsFailAndAllAfterwards) {
  const std::string id = new_publish();
  ASSERT_TRUE(upload("olga", id, 0, "bytes"));
  bool published = false;
  for (std::uint64_t step = 1; step < 100 && !published; ++step) {
    objects.fail_at(step);
    published = publish("olga", id).has_value();
    objects.fail_at(0);
    if (!published) {
      ASSERT_EQ(rows(), 0U) << "step " << step;
    }
  }
  EXPECT_TRUE(published);
  EXPECT_EQ(rows(), 10U);
}

TEST_F(Publish, LosesNothingWhenTwoRaceForOnePort) {
  constexpr int kThreads = 4;
  std::vector<std::string> ids;
  for (int i = 0; i < kThreads; ++i) {
    ids.push_back(new_publish());
    ASSERT_TRUE(upload("olga", ids.back(), 0, "bytes " + std::to_string(i)));
  }
  std::atomic<int> done = 0;
  {
    std::vector<std::jthread> threads;
    // Each publish twice at once: its own retry races it as well.
    for (int i = 0; i < 2 * kThreads; ++i)
      threads.emplace_back(
          [&, i] { done += publish("olga", ids[static_cast<std::size_t>(i / 2)]).has_value(); });
  }
  for (const std::string& id : ids) ASSERT_TRUE(publish("olga", id));
  EXPECT_GT(done, 0);
  EXPECT_EQ(rows(), 10U * kThreads);
}

TEST_F(Publish, RefusesDataThatBreaksTheContract) {
  const std::string id = new_publish();
  ASSERT_TRUE(upload("olga", id, 0, "bytes"));
  engine.schema.columns[0].type.kind = TypeKind::string;
  const auto refused = publish("olga", id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid);
  EXPECT_TRUE(
      refused.error().text.contains("column a: the contract says long, the file has string") ||
      refused.error().text.contains("column a: the contract says long, the data has string"))
      << refused.error().text;
  engine.refusal = Error{Code::corrupt, "no Parquet", {}};
  EXPECT_EQ(publish("olga", id).error().code, Code::corrupt);
  EXPECT_EQ(rows(), 0U);
}

TEST_F(Publish, RegistersInPlaceOnlyWhatLiesInTheAccountsOwnBucketAndNoTable) {
  put_object("landing/a.parquet", "a");
  EXPECT_EQ(in_place({"s3://other-bucket/a.parquet"}).error().code, Code::denied);
  EXPECT_EQ(in_place({"s3://shows-prod/tables/x/data/a.parquet"}).error().code, Code::denied);
  EXPECT_EQ(in_place({"s3://shows-prod/landing/../tables/x"}).error().code, Code::invalid);
  EXPECT_EQ(in_place({"/etc/passwd"}).error().code, Code::invalid);
  EXPECT_EQ(in_place({"s3://shows-prod/landing/missing.parquet"}).error().code, Code::not_found);
  EXPECT_EQ(in_place({"s3://shows-prod/landing/a.parquet", "s3a://shows-prod/landing/a.parquet"})
                .error()
                .code,
            Code::invalid);
  EXPECT_EQ(rows(), 0U);
  const auto first = in_place({"s3://shows-prod/landing/a.parquet"});
  ASSERT_TRUE(first) << first.error().text;
  EXPECT_EQ(first->added_files, 1U);
  const auto again = in_place({"s3://shows-prod/landing/a.parquet"});
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ(again->skipped_files, 1U);
  EXPECT_EQ(rows(), 10U);
}

TEST_F(Publish, RegistersOneFileForOnePort) {
  put_object("landing/a.parquet", "a");
  ASSERT_TRUE(in_place({"s3://shows-prod/landing/a.parquet"}));
  const auto other = publish_files(context("olga"), live, world, tables,
                                   {.publish = new_publish(),
                                    .port = "shows/payouts",
                                    .mode = api::PublishMode::in_place,
                                    .files = 0,
                                    .locations = {"s3://shows-prod/landing/a.parquet"},
                                    .made_by = {}});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::conflict);
}

TEST_F(Publish, ReturnsToAnEarlierSnapshotAndToNoOther) {
  const std::string one = new_publish();
  ASSERT_TRUE(upload("olga", one, 0, "1"));
  const auto first = publish("olga", one);
  clock.advance(std::chrono::seconds(1));
  const std::string two = new_publish();
  ASSERT_TRUE(upload("olga", two, 0, "2"));
  ASSERT_TRUE(publish("olga", two));
  ASSERT_EQ(rows(), 20U);
  clock.advance(std::chrono::seconds(1));
  EXPECT_FALSE(rollback_port(context("olga"), live, world, tables,
                             {.domain = "shows", .port = "plays", .to = "12345"}));
  EXPECT_EQ(rollback_port(context("olga"), live, world, tables,
                          {.domain = "shows", .port = "plays", .to = "x"})
                .error()
                .code,
            Code::invalid);
  ASSERT_TRUE(rollback_port(context("olga"), live, world, tables,
                            {.domain = "shows", .port = "plays", .to = first->snapshot}));
  EXPECT_EQ(rows(), 10U);
  const auto snapshots =
      list_snapshots(context("ada"), live, world, tables, {.domain = "shows", .port = "plays"});
  ASSERT_TRUE(snapshots);
  EXPECT_EQ(snapshots->items.size(), 2U);
}

}  // namespace
}  // namespace hansa::service
