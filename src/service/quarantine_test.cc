// What waits aside: who finds it, how long its files stay, and when they go.
#include "service/quarantine.h"

#include "model/held.h"
#include "service/publish_house_test.h"
#include "service/step/tables.h"

namespace hansa::service {
namespace {

class Quarantine : public Publish {
 public:
  // As a publish leaves it whose checks failed: this house has no engine to run them.
  std::string held_batch(bool replaces = false) {
    const std::string id = new_publish();
    EXPECT_TRUE(upload("olga", id, 0, "bytes"));
    keep(id, replaces);
    return id;
  }
  void keep(const std::string& id, bool replaces = false) {
    const Context who = context("olga");
    EXPECT_TRUE(commit(who, live, world.store, [&](const View& view) -> Result<Attempt> {
      const Port* port = view.mesh.port(*parse_port_ref("shows/plays"));
      HANSA_TRY(Permit permit, authorize(who, view, Action::publish, on(*port), "shows/plays"));
      Table table = *view.mesh.find<Table>(port->id.ulid);
      HeldBatch batch;
      batch.run.publish = id;
      batch.run.at = clock.now();
      batch.run.by = who.who.id;
      batch.run.failed = 1;
      batch.files = 1;
      batch.replaces = replaces;
      HANSA_CHECK(hold(table, std::move(batch), clock.now()));
      return attempt(std::move(permit), change(who, share(std::move(table)), "quarantine.held"));
    }));
  }
  std::size_t files() {
    const Location at = live.read([](const View& view) {
      return view.mesh.find<Table>(view.mesh.port(*parse_port_ref("shows/plays"))->id.ulid)
          ->location;
    });
    const auto listed = objects.list(at.bucket(), at.key() + "/data/", "", 100);
    return listed ? listed->objects.size() : SIZE_MAX;
  }
  Result<api::HeldList> list(std::string_view who) {
    return list_held(context(who), live, {.domain = "shows", .port = "plays", .paging = {}});
  }
};

TEST_F(Quarantine, IsForThoseWhoMayPublish) {
  const std::string id = held_batch();
  const auto listed = list("olga");
  ASSERT_TRUE(listed) << listed.error().text;
  ASSERT_EQ(listed->items.size(), 1U);
  EXPECT_EQ(listed->items[0].publish, id);
  for (const char* who : {"ada", "sten", "admin"}) {
    EXPECT_EQ(list(who).error().code, Code::denied) << who;
    // The same words for what is there and what is not.
    const auto there = get_held(context(who), live, {"shows", "plays", id});
    const auto not_there = get_held(context(who), live, {"shows", "plays", new_publish()});
    EXPECT_EQ(there.error(), not_there.error()) << who;
    EXPECT_EQ(drop_held(context(who), live, world, {"shows", "plays", id}).error().code,
              Code::denied)
        << who;
    EXPECT_EQ(release_held(context(who), live, world, tables, {"shows", "plays", id, true, "why"})
                  .error()
                  .code,
              Code::denied)
        << who;
  }
  EXPECT_EQ(list("olga")->items.size(), 1U);
  EXPECT_EQ(rows(), 0U);
}

TEST_F(Quarantine, KeepsItsFilesAsLongAsItWaits) {
  held_batch();
  const Time began = clock.now();
  swept(began + std::chrono::hours(24 * 20));
  EXPECT_EQ(files(), 1U);
  clock.advance(Micros(held_for) - Micros(1));
  EXPECT_EQ(list("olga")->items.size(), 1U);
  swept(clock.now());
  EXPECT_EQ(files(), 1U);
  clock.advance(Micros(1));
  EXPECT_TRUE(list("olga")->items.empty());
  swept(clock.now());
  EXPECT_EQ(files(), 0U);
}

TEST_F(Quarantine, GivesUpTheFilesOfWhatIsDroppedAtOnce) {
  const std::string id = held_batch();
  const std::string other = held_batch();
  ASSERT_TRUE(drop_held(context("olga"), live, world, {"shows", "plays", id}));
  EXPECT_EQ(drop_held(context("olga"), live, world, {"shows", "plays", id}).error().code,
            Code::not_found);
  swept(clock.now());
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(list("olga")->items.at(0).publish, other);
  // Nothing is published under a name whose files are about to go.
  ASSERT_TRUE(upload("olga", id, 0, "bytes"));
  EXPECT_EQ(publish("olga", id).error().code, Code::conflict);
  // What waits is told so, and is not published beside it.
  EXPECT_EQ(publish("olga", other).error().code, Code::check_failed);
  EXPECT_EQ(rows(), 0U);
}

TEST_F(Quarantine, GivesUpTheFilesOfWhatIsDroppedWhileAnotherIsHeld) {
  const std::string first = new_publish();
  ASSERT_TRUE(upload("olga", first, 0, "bytes"));
  ASSERT_TRUE(publish("olga", first));
  const std::string dropped = held_batch();
  const std::string held = new_publish();
  ASSERT_TRUE(upload("olga", held, 0, "bytes"));
  ManualClock then(clock.now());
  Sweep rounds;
  const Sweeper sweeper{live, world, tables, then, [] { return false; }, rules};
  ASSERT_TRUE(sweep(sweeper, rounds));
  ASSERT_EQ(files(), 3U);
  keep(held);
  ASSERT_TRUE(drop_held(context("olga"), live, world, {"shows", "plays", dropped}));
  then.advance(rules.sweep_every);
  ASSERT_TRUE(sweep(sweeper, rounds));
  EXPECT_EQ(files(), 2U);
}

TEST_F(Quarantine, ReplacesWhatCameLaterOnlyIfToldTo) {
  const std::string first = new_publish();
  ASSERT_TRUE(upload("olga", first, 0, "bytes"));
  ASSERT_TRUE(publish("olga", first));
  clock.advance(Micros(1));
  const std::string unmoved = held_batch(true);
  const auto done = release_held(context("olga"), live, world, tables, {"shows", "plays", unmoved});
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(done->replaced_rows, 10U);

  const std::string old = held_batch(true);
  clock.advance(Micros(1));
  const std::string newer = new_publish();
  ASSERT_TRUE(upload("olga", newer, 0, "bytes"));
  ASSERT_TRUE(publish("olga", newer));
  const auto refused = release_held(context("olga"), live, world, tables, {"shows", "plays", old});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_TRUE(refused.error().text.contains("20 rows")) << refused.error().text;
  EXPECT_TRUE(refused.error().next.ends_with("--replace")) << refused.error().next;
  EXPECT_EQ(rows(), 20U);
  EXPECT_EQ(list("olga")->items.size(), 1U);
  const auto told =
      release_held(context("olga"), live, world, tables, {"shows", "plays", old, false, "", true});
  ASSERT_TRUE(told) << told.error().text;
  EXPECT_EQ(told->replaced_rows, 20U);
  EXPECT_EQ(rows(), 10U);
}

TEST_F(Quarantine, IsReleasedOnce) {
  const std::string id = held_batch();
  // This house's contracts demand nothing, so the gate lets it through.
  const auto done = release_held(context("olga"), live, world, tables, {"shows", "plays", id});
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(done->added_rows, 10U);
  EXPECT_TRUE(list("olga")->items.empty());
  const auto again = release_held(context("olga"), live, world, tables, {"shows", "plays", id});
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(rows(), 10U);
  swept(clock.now() + std::chrono::hours(24 * 60));
  EXPECT_EQ(files(), 1U);
}

// Whatever the store does to the commit, the batch waits or is published, and never both.
TEST_F(Quarantine, SurvivesEveryLostReply) {
  for (const store::Fault fault :
       {store::Fault::lost, store::Fault::lost_reply, store::Fault::refused}) {
    const std::uint64_t before = rows();
    const std::string id = held_batch();
    store.fail_at(1, fault);
    EXPECT_FALSE(release_held(context("olga"), live, world, tables, {"shows", "plays", id}));
    store.fail_at(0);
    const auto done = release_held(context("olga"), live, world, tables, {"shows", "plays", id});
    ASSERT_TRUE(done) << done.error().text;
    EXPECT_EQ(rows(), before + 10) << static_cast<int>(fault);
    EXPECT_TRUE(list("olga")->items.empty());
    clock.advance(std::chrono::seconds(1));
  }
}

}  // namespace
}  // namespace hansa::service
