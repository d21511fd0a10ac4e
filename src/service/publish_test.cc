// Manifests and data: applied twice, published twice, raced, and refused.
#include "service/publish.h"

#include <thread>

#include "service/access.h"
#include "service/discover.h"
#include "service/house_test.h"
#include "service/mount.h"

namespace hansa::service {
namespace {

struct Bytes : Source {
  explicit Bytes(std::string text) : text(std::move(text)) {}
  Result<std::optional<Chunk>> next(Want) override {
    if (text.empty()) return std::optional<Chunk>();
    return Chunk{std::exchange(text, {}), 1};
  }
  std::string text;
};

class Publish : public House {
 public:
  Publish() { furnish(); }

  std::string new_publish() { return to_text(new_ulid(clock.now())); }
  Result<api::Uploaded> upload(std::string_view who, const std::string& publish, std::uint32_t file,
                               std::string bytes, std::string port = "shows/plays") {
    Bytes body(std::move(bytes));
    return upload_file(context(who), live, world,
                       {.publish = publish, .file = file, .port = std::move(port)}, body);
  }
  Result<api::Published> publish(std::string_view who, const std::string& id,
                                 std::uint32_t files = 1, std::string port = "shows/plays",
                                 api::PublishMode mode = api::PublishMode::append) {
    return publish_files(context(who), live, world, tables,
                         {.publish = id,
                          .port = std::move(port),
                          .mode = mode,
                          .files = files,
                          .locations = {},
                          .made_by = {}});
  }
  Result<api::Published> in_place(std::vector<std::string> locations) {
    return publish_files(context("olga"), live, world, tables,
                         {.publish = new_publish(),
                          .port = "shows/plays",
                          .mode = api::PublishMode::in_place,
                          .files = 0,
                          .locations = std::move(locations),
                          .made_by = {}});
  }
  void put_object(const std::string& key, const std::string& bytes) {
    ASSERT_TRUE(object::write_all(objects, *Location::make("shows-prod", key), bytes,
                                  object::Taken::replace));
  }
  std::uint64_t rows() {
    return live.read([](const View& view) {
      const Port* port = view.mesh.port(*parse_port_ref("shows/plays"));
      const auto* state = view.mesh.find<Table>(port->id.ulid)->current();
      return state ? state->rows : 0;
    });
  }

  Tables tables;
};

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
      list_snapshots(context("ada"), live, world, {.domain = "shows", .port = "plays"});
  ASSERT_TRUE(snapshots);
  EXPECT_EQ(snapshots->items.size(), 2U);
}

// --- manifests ---

TEST_F(Publish, ChangesNothingWhenTheSameIsAppliedAgain) {
  const std::uint64_t before = seq();
  const auto framed = apply("admin", frame());
  ASSERT_TRUE(framed) << framed.error().text;
  EXPECT_TRUE(framed->plan.changes.empty());
  EXPECT_EQ(framed->seq, 0U);
  const auto filled = apply("olga", product("plays", "open") + product("payouts", "restricted"));
  ASSERT_TRUE(filled) << filled.error().text;
  EXPECT_TRUE(filled->plan.changes.empty());
  EXPECT_EQ(seq(), before);
}

TEST_F(Publish, AppliesWhatWasReviewedOrNothing) {
  const std::string wanted = product("plays", "restricted");
  const auto plan = plan_manifests(context("olga"), live, {.files = {{"all.yaml", wanted}}});
  ASSERT_TRUE(plan);
  ASSERT_FALSE(plan->changes.empty());
  EXPECT_EQ(apply("olga", wanted, std::string(32, '0')).error().code, Code::conflict);
  ASSERT_TRUE(apply("olga", product("plays", "open",
                                    "      - {name: a, logicalType: integer, physicalType: long}\n "
                                    "     - {name: b, logicalType: string}\n",
                                    "1.1.0")));
  EXPECT_EQ(apply("olga", wanted, plan->digest).error().code, Code::conflict);
  const auto now =
      plan_manifests(context("olga"), live, {.files = {{"all.yaml", product("payouts", "open")}}});
  EXPECT_TRUE(apply("olga", product("payouts", "open"), now->digest));
}

TEST_F(Publish, LetsOnlyThoseChangeTheMeshWhoMay) {
  EXPECT_EQ(apply("ada", product("plays", "restricted")).error().code, Code::denied);
  EXPECT_EQ(apply("sten", product("plays", "restricted")).error().code, Code::denied);
  EXPECT_EQ(apply("admin", product("plays", "restricted")).error().code, Code::denied);
  EXPECT_EQ(
      apply("olga",
            "apiVersion: hansa/v1\nkind: Team\nname: owners\ntitle: Owners\nmembers: [olga, ada]\n")
          .error()
          .code,
      Code::denied);
  EXPECT_EQ(apply("ada",
                  "apiVersion: hansa/v1\nkind: Access\ninfo: {purpose: mine mine mine}\nprovider: "
                  "{port: shows/payouts}\nconsumer: {userId: ada}\n")
                .error()
                .code,
            apply("bob",
                  "apiVersion: hansa/v1\nkind: Access\ninfo: {purpose: mine mine mine}\nprovider: "
                  "{port: shows/payouts}\nconsumer: {userId: ada}\n")
                .error()
                .code);
}

TEST_F(Publish, RefusesAContractThatBreaksItsReaders) {
  const std::string id = new_publish();
  ASSERT_TRUE(upload("olga", id, 0, "bytes"));
  ASSERT_TRUE(publish("olga", id));
  for (const char* columns : {"      - {name: a, logicalType: string}\n",
                              "      - {name: b, logicalType: integer, physicalType: long}\n"}) {
    const auto refused = apply("olga", product("plays", "open", columns, "1.1.0"));
    ASSERT_FALSE(refused) << columns;
    EXPECT_NE(refused.error().code, Code::internal);
  }
  const auto grown = apply("olga", product("plays", "open",
                                           "      - {name: a, logicalType: integer, physicalType: "
                                           "long}\n      - {name: b, logicalType: string}\n",
                                           "1.1.0"));
  EXPECT_TRUE(grown) << grown.error().text;
}

// --- what one may not know ---

TEST_F(Publish, SpeaksOfTheHiddenAsOfWhatDoesNotExist) {
  ASSERT_TRUE(apply("olga", product("secret", "hidden")));
  const auto same = [](std::string text) {
    for (std::size_t at = text.find("absent"); at != std::string::npos; at = text.find("absent"))
      text.replace(at, 6, "secret");
    return text;
  };
  const Context ada = context("ada");
  const auto compare = [&](const Error& hidden, const Error& missing) {
    EXPECT_EQ(hidden.code, missing.code);
    EXPECT_EQ(hidden.text, same(missing.text));
    EXPECT_EQ(hidden.next, same(missing.next));
  };
  compare(get_port(ada, live, {.domain = "shows", .port = "secret"}).error(),
          get_port(ada, live, {.domain = "shows", .port = "absent"}).error());
  compare(get_product(ada, live, {.domain = "shows", .product = "secret"}).error(),
          get_product(ada, live, {.domain = "shows", .product = "absent"}).error());
  const auto ask = [&](std::string port) {
    return request_access(ada, live, world,
                          {.port = std::move(port),
                           .purpose = "to look into it",
                           .on_behalf = {},
                           .from = {},
                           .until = {}})
        .error();
  };
  compare(ask("shows/secret"), ask("shows/absent"));
  compare(publish("ada", new_publish(), 1, "shows/secret").error(),
          publish("ada", new_publish(), 1, "shows/absent").error());
  compare(explain_access(ada, live, {.who = {}, .what = "shows/secret"}).error(),
          explain_access(ada, live, {.who = {}, .what = "shows/absent"}).error());
  const auto listed = *list_ports(ada, live, {});
  for (const api::PortView& port : listed.items) EXPECT_NE(port.name, "secret");
  EXPECT_TRUE(get_port(context("olga"), live, {.domain = "shows", .port = "secret"}));
}

TEST_F(Publish, LetsNobodyApproveThemselvesNorDecideWithoutTheRole) {
  const auto ask = [&](const char* who) {
    return request_access(context(who), live, world,
                          {.port = "shows/payouts",
                           .purpose = "to count what is paid",
                           .on_behalf = {},
                           .from = {},
                           .until = {}});
  };
  const auto own = ask("sten");
  ASSERT_TRUE(own) << own.error().text;
  EXPECT_EQ(approve_access(context("sten"), live, world, {.number = own->number, .until = {}})
                .error()
                .code,
            Code::denied);
  const auto adas = ask("ada");
  ASSERT_TRUE(adas);
  for (const char* who : {"ada", "olga", "admin", "bob"})
    EXPECT_FALSE(approve_access(context(who), live, world, {.number = adas->number, .until = {}}))
        << who;
  EXPECT_EQ(ask("ada")->number, adas->number);  // the first answers for the second
  ASSERT_TRUE(approve_access(context("sten"), live, world, {.number = adas->number, .until = {}}));
  EXPECT_EQ(approve_access(context("sten"), live, world, {.number = adas->number, .until = {}})
                .error()
                .code,
            Code::conflict);
  EXPECT_EQ(get_access(context("bob"), live, {.number = adas->number}).error().code,
            Code::not_found);
}

TEST_F(Publish, MountsOnceAndTellsStrangersNothing) {
  const api::CreateMount wanted{.target = "shows/plays", .into = "shows-prod", .as = "mine.plays"};
  EXPECT_EQ(create_mount(context("ada"), live, world, wanted).error().code, Code::denied);
  const auto first = create_mount(context("olga"), live, world, wanted);
  ASSERT_TRUE(first) << first.error().text;
  EXPECT_EQ(create_mount(context("olga"), live, world, wanted)->id, first->id);
  people({"gus"}, true);
  const Error there = remove_mount(context("gus"), live, world, {.id = first->id}).error();
  const Error absent =
      remove_mount(context("gus"), live, world, {.id = to_text(new_ulid(clock.now()))}).error();
  EXPECT_EQ(there.code, absent.code);
  EXPECT_EQ(there.text.substr(0, 9), absent.text.substr(0, 9));
  EXPECT_TRUE(remove_mount(context("olga"), live, world, {.id = first->id}));
}

}  // namespace
}  // namespace hansa::service
