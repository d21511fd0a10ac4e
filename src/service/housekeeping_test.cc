// Old snapshots leave a port, come back, or go for good; what is needed stays.
#include "service/housekeeping.h"

#include "service/publish_house_test.h"
#include "service/step/leftovers.h"
#include "service/step/references.h"
#include "service/step/staged.h"

namespace hansa::service {
namespace {

constexpr auto kWeek = std::chrono::hours(24 * 7);
constexpr auto kDay = std::chrono::hours(24);

class Housekeeping : public Publish {
 public:
  std::string put(api::PublishMode mode = api::PublishMode::append) {
    const std::string id = new_publish();
    EXPECT_TRUE(upload("olga", id, 0, "bytes of " + id));
    const auto done = publish("olga", id, 1, "shows/plays", mode);
    EXPECT_TRUE(done) << done.error().text;
    clock.advance(std::chrono::seconds(1));
    return id;
  }
  Result<api::HousekeepingPlan> plan(std::string_view who = "olga") {
    return plan_housekeeping(context(who), live, world, tables, rules,
                             {.domain = "shows", .port = "plays"});
  }
  Result<api::Expired> expire(Time before, std::string_view who = "olga") {
    return expire_snapshots(context(who), live, world, tables, clock, rules,
                            {.domain = "shows", .port = "plays", .before = before});
  }
  // What the plan says.
  api::Expired expired() {
    const auto planned = plan();
    EXPECT_TRUE(planned) << planned.error().text;
    const auto done = expire(planned->before);
    EXPECT_TRUE(done) << done.error().text;
    EXPECT_EQ(done->snapshots, planned->snapshots);
    EXPECT_EQ(done->files, planned->files);
    EXPECT_EQ(done->bytes, planned->bytes);
    return *done;
  }
  Result<api::BroughtBack> undo(std::string_view who = "olga") {
    return undo_expiry(context(who), live, world, tables, clock,
                       {.domain = "shows", .port = "plays"});
  }
  std::vector<std::string> snapshots() {
    const auto shown =
        list_snapshots(context("olga"), live, world, tables, {.domain = "shows", .port = "plays"});
    EXPECT_TRUE(shown) << shown.error().text;
    std::vector<std::string> out;
    for (const auto& item : shown->items) out.push_back(item.snapshot);
    return out;
  }
  Result<api::Published> roll_back(const std::string& to) {
    return rollback_port(context("olga"), live, world, tables,
                         {.domain = "shows", .port = "plays", .to = to});
  }
  Table table() {
    return live.read([](const View& view) {
      return *view.mesh.find<Table>(view.mesh.port(*parse_port_ref("shows/plays"))->id.ulid);
    });
  }
  std::set<Location> stored() {
    std::set<Location> out;
    const auto files = own_files(objects, table());
    EXPECT_TRUE(files) << files.error().text;
    if (!files) return out;
    for (const auto& file : *files) out.insert(file.location);
    return out;
  }
  // Of the table's own; each of them there.
  std::set<Location> referenced(Time now) {
    std::set<Location> out;
    const auto walked =
        each_reference(objects, table(), now, Gone::refuse, [&](const Reference& each) {
          EXPECT_TRUE(objects.info(each.location)) << each.location.text();
          if (table().location.contains(each.location)) out.insert(each.location);
          return Result<void>();
        });
    EXPECT_TRUE(walked) << walked.error().text;
    return out;
  }
  std::size_t readable() {
    Tables fresh;
    const auto files = fresh.files(objects, *table().current());
    EXPECT_TRUE(files) << files.error().text;
    return files ? (*files)->files.size() : 0;
  }
};

TEST_F(Housekeeping, DropsWhatIsOlderThanTheWindowAndTakesItBack) {
  put();
  put(api::PublishMode::overwrite);
  put();
  const auto before = snapshots();
  const Seq made = table().current()->seq;
  ASSERT_EQ(before.size(), 3U);
  // At the edge of the window.
  clock.advance(kWeek - std::chrono::seconds(3));
  auto planned = plan();
  ASSERT_TRUE(planned) << planned.error().text;
  EXPECT_EQ(planned->snapshots, 0U);
  EXPECT_EQ(planned->kept, (std::map<std::string, std::uint64_t>{{"current", 1}, {"window", 2}}));
  EXPECT_EQ(expire(planned->before)->snapshots, 0U);
  EXPECT_EQ(expire(clock.now() - kWeek + Micros(1)).error().code, Code::invalid);
  clock.advance(kDay);
  planned = plan();
  EXPECT_EQ(planned->snapshots, 2U);
  EXPECT_EQ(planned->sample.size(), 2U);
  EXPECT_EQ(planned->kept, (std::map<std::string, std::uint64_t>{{"current", 1}}));
  // Both manifest lists, what the first one listed, and what the second deleted.
  EXPECT_EQ(planned->files, 5U);
  const auto all = stored();

  const auto done = expired();
  EXPECT_EQ(done.snapshots, 2U);
  EXPECT_EQ(done.seq, seq());
  EXPECT_EQ(snapshots(), std::vector{before[0]});
  EXPECT_EQ(table().states.size(), 1U);
  EXPECT_EQ(table().current()->seq, made);
  EXPECT_EQ(rows(), 20U);
  EXPECT_EQ(readable(), 2U);
  EXPECT_EQ(roll_back(before[2]).error().code, Code::not_found);
  EXPECT_EQ(plan()->expiries.size(), 1U);
  EXPECT_EQ(plan()->expiries[0].by, "olga");
  // Nothing goes while it can be taken back.
  EXPECT_EQ(swept(clock.now()).files, 0U);
  clock.advance(rules.expired_kept - std::chrono::seconds(1));
  EXPECT_EQ(swept(clock.now()).files, 0U);

  const auto back = undo();
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(back->snapshots, 2U);
  EXPECT_EQ(snapshots(), before);
  EXPECT_TRUE(table().expiries.empty());
  EXPECT_EQ(undo().error().code, Code::not_found);
  for (const Location& at : all) EXPECT_TRUE(objects.info(at)) << at.text();
  ASSERT_TRUE(roll_back(before[2]));
  EXPECT_EQ(rows(), 10U);
}

TEST_F(Housekeeping, RemovesWhatNothingRefersToOnceItCannotBeTakenBack) {
  put();
  put(api::PublishMode::overwrite);
  put();
  clock.advance(kWeek + kDay);
  expired();
  clock.advance(rules.expired_kept);
  EXPECT_EQ(undo().error().code, Code::not_found);
  // Somebody began to read before, and has not opened the files yet.
  {
    const auto reading = tables.readers().enter(clock.now() - Micros(1));
    EXPECT_EQ(swept(clock.now()).files, 0U);
  }
  const auto gone = swept(clock.now());
  EXPECT_GE(gone.files, 5U);
  EXPECT_EQ(stored(), referenced(clock.now()));
  EXPECT_EQ(readable(), 2U);
  EXPECT_EQ(swept(clock.now()).files, 0U);
  // The next expiry forgets the first one.
  put();
  clock.advance(kWeek + kDay);
  expired();
  EXPECT_EQ(table().expiries.size(), 1U);
}

TEST_F(Housekeeping, GoesOnWithARemovalThatWasInterrupted) {
  put();
  put(api::PublishMode::overwrite);
  clock.advance(kWeek + kDay);
  expired();
  clock.advance(rules.expired_kept);
  const auto left = leftovers(objects, table(), rules.uploads_kept, clock.now());
  ASSERT_TRUE(left) << left.error().text;
  std::size_t due = 0;
  for (const Leftover& each : *left) due += each.due ? 1 : 0;
  ASSERT_GE(due, 4U);
  // Killed after each of them.
  for (const Leftover& each : *left) {
    if (!each.due) continue;
    ASSERT_TRUE(objects.remove(each.file.location));
    const auto rest = leftovers(objects, table(), rules.uploads_kept, clock.now());
    ASSERT_TRUE(rest) << rest.error().text;
    std::size_t still = 0;
    for (const Leftover& other : *rest) still += other.due ? 1 : 0;
    // What only a removed list or manifest named waits until it is old.
    EXPECT_LE(still, due);
    EXPECT_EQ(readable(), 1U);
  }
  swept(clock.now() + kWeek);
  EXPECT_EQ(stored(), referenced(clock.now()));
}

TEST_F(Housekeeping, RemovesNothingOfATableThatIsNotWhole) {
  put();
  put(api::PublishMode::overwrite);
  clock.advance(kWeek + kDay);
  expired();
  clock.advance(rules.expired_kept);
  const Location list =
      tables.base(objects, table().current()->metadata)->metadata.snapshots.back().manifest_list;
  const auto bytes = object::read_all(objects, list, 1 << 20);
  ASSERT_TRUE(objects.remove(list));
  const auto before = stored();
  EXPECT_EQ(swept(SystemClock().now() + 10 * kWeek).files, 0U);
  EXPECT_EQ(stored(), before);
  EXPECT_EQ(plan().error().code, Code::corrupt);
  ASSERT_TRUE(object::write_all(objects, list, *bytes, object::Taken::refuse));
  EXPECT_GT(swept(SystemClock().now() + 10 * kWeek).files, 0U);
  EXPECT_EQ(readable(), 1U);
}

TEST_F(Housekeeping, KeepsWhatFilesInPlaceNeedAndTheFilesThemselves) {
  put_object("in/1.parquet", "1");
  ASSERT_TRUE(in_place({"s3://shows-prod/in/1.parquet"}));
  clock.advance(std::chrono::seconds(1));
  put();
  put();
  clock.advance(kWeek + kDay);
  EXPECT_EQ(plan()->kept,
            (std::map<std::string, std::uint64_t>{{"current", 1}, {"registered", 1}}));
  EXPECT_EQ(expired().snapshots, 1U);
  clock.advance(rules.expired_kept);
  swept(SystemClock().now() + 2 * kWeek);
  EXPECT_EQ(readable(), 3U);
  // Replaced, its snapshot goes; the file is the team's.
  put(api::PublishMode::overwrite);
  clock.advance(kWeek + kDay);
  EXPECT_EQ(expired().snapshots, 2U);
  clock.advance(rules.expired_kept);
  swept(SystemClock().now() + 4 * kWeek);
  EXPECT_EQ(readable(), 1U);
  EXPECT_TRUE(objects.info(*Location::make("shows-prod", "in/1.parquet")));
  EXPECT_EQ(stored(), referenced(clock.now()));
}

TEST_F(Housekeeping, KnowsAPublishWhoseSnapshotIsGone) {
  const std::string first = put();
  put();
  clock.advance(kWeek + kDay);
  expired();
  EXPECT_EQ(publish("olga", first).error().code, Code::conflict);
  EXPECT_EQ(rows(), 20U);
  clock.advance(rules.expired_kept);
  // Its file is in the table, and no upload.
  swept(SystemClock().now() + 2 * kWeek);
  EXPECT_EQ(readable(), 2U);
  EXPECT_TRUE(unpublished(world, tables, table())->empty());
}

TEST_F(Housekeeping, IsForWhoeverMayPublishThere) {
  put();
  for (const char* who : {"ada", "sten"}) {
    EXPECT_EQ(plan(who).error().code, Code::denied) << who;
    EXPECT_EQ(expire(Time{}, who).error().code, Code::denied) << who;
    EXPECT_EQ(undo(who).error().code, Code::denied) << who;
  }
}

TEST_F(Housekeeping, LetsSoManyExpiriesWait) {
  rules.expired_kept = limits::kept_max;
  put();
  for (std::size_t i = 0; i < limits::expiries_per_table_max; ++i) {
    put(api::PublishMode::overwrite);
    clock.advance(kWeek + kDay);
    EXPECT_EQ(expired().snapshots, 1U);
  }
  put(api::PublishMode::overwrite);
  clock.advance(kWeek + kDay);
  EXPECT_EQ(expire(plan()->before).error().code, Code::exhausted);
  const auto back = undo();
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(back->snapshots, limits::expiries_per_table_max);
  EXPECT_EQ(snapshots().size(), limits::expiries_per_table_max + 2);
  EXPECT_EQ(expired().snapshots, limits::expiries_per_table_max + 1);
}

}  // namespace
}  // namespace hansa::service
