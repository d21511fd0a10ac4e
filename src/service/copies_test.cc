#include "service/step/copies.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <latch>
#include <thread>

#include "policy/decide.h"
#include "service/access.h"
#include "service/house_test.h"
#include "service/step/find.h"

namespace hansa::service {
namespace {

// An engine that gives so many bytes for whatever it is told to run, and counts whom it served.
class BytesEngine : public engine::Engine {
 public:
  struct Bytes : Source {
    explicit Bytes(BytesEngine& engine) : engine(engine) {}
    Result<std::optional<Chunk>> next(Want) override {
      if (engine.failure) return std::unexpected(*engine.failure);
      if (std::exchange(given, true)) return std::nullopt;
      return Chunk{std::string(engine.bytes, 'x'), 3};
    }
    BytesEngine& engine;
    bool given = false;
  };
  struct Lease : engine::Lease {
    explicit Lease(BytesEngine& engine) : engine(engine) {}
    Result<engine::Tree> parse(std::string_view) override { return unavailable("no SQL here"); }
    Result<engine::Opened> run(query::ClosedPlan plan, std::optional<Want>) override {
      ++engine.runs;
      engine.sql = plan.plan().statement.sql;
      auto counters = std::make_shared<query::Counters>();
      counters->move([](query::Tally& tally) { tally.rows = 3; });
      return engine::Opened{{}, std::make_unique<Bytes>(engine), std::move(counters)};
    }
    Result<std::vector<query::Footer>> inspect(query::ClosedPlan) override {
      return unavailable("no footers here");
    }
    Result<std::unique_ptr<Source>> convert(query::ClosedPlan) override {
      return unavailable("no text here");
    }
    Result<engine::Converted> converted() override { return unavailable("no text here"); }
    void leave_nothing() noexcept override {}
    void kill() noexcept override {}
    BytesEngine& engine;
  };
  Result<std::unique_ptr<engine::Lease>> lease(PrincipalId who, Time, std::stop_token) override {
    EXPECT_FALSE(who) << "a copy is made in nobody's worker";
    return std::make_unique<Lease>(*this);
  }
  std::size_t bytes = 100;
  std::optional<Error> failure;
  std::atomic<int> runs = 0;
  std::string sql;
};

class Copies : public House {
 protected:
  void SetUp() override { furnish(); }

  // What `who` may see of shows/payouts by a grant with this scope.
  CopyAsk ask_of(const char* who, const std::string& filter) {
    Scope scope;
    scope.filter = *parse_predicate(filter);
    const auto asked =
        request_access(context(who), live, world,
                       {.port = "shows/payouts", .purpose = "to count them", .scope = scope});
    EXPECT_TRUE(asked) << asked.error().text;
    EXPECT_TRUE(approve_access(context("sten"), live, world, {.number = asked->number}));
    return ask_as(who);
  }
  CopyAsk ask_as(const char* who) {
    const Context by = context(who);
    return live.read([&](const View& view) {
      const Port* port = *find_port(by, view, "shows/payouts");
      Permit permit = *authorize(by, view, Action::read, on(*port), "shows/payouts");
      const auto* contract = view.mesh.find<Contract>(port->contract);
      query::Relation whole{.catalog = "mesh",
                            .schema = "shows",
                            .name = "payouts",
                            .port = port->id,
                            .columns = contract->schema};
      return CopyAsk{.whole = whole,
                     .visible = *policy::visible(view.rights, view.mesh, permit.decision()),
                     .permit = permit,
                     .product = port->product,
                     .state = "7"};
    });
  }
  std::unique_ptr<VisibleCopies> open(std::uint64_t bytes_max) {
    auto objects = std::make_unique<object::MemoryObjects>(scratch.path());
    where = objects.get();
    auto opened =
        VisibleCopies::open(std::move(objects), sealer.derive("visible"), live, running, bytes_max);
    EXPECT_TRUE(opened);
    return *std::move(opened);
  }
  std::size_t on_disk() { return where->list("visible", "", "", 100)->objects.size(); }

  Running running;
  object::MemoryObjects* where = nullptr;
  BytesEngine bytes;
};

TEST_F(Copies, AreMadeOnceForAllWhoSeeTheSame) {
  const auto copies = open(1'000);
  const CopyAsk ada = ask_of("ada", "a = 1");
  EXPECT_EQ(copies->find(ada), nullptr);
  const auto made = copies->make(context("ada"), bytes, ada);
  ASSERT_TRUE(made) << made.error().text;
  EXPECT_EQ((*made)->file.rows, 3U);
  EXPECT_EQ((*made)->file.bytes, 100U);
  EXPECT_TRUE(bytes.sql.contains("coalesce((\"a\" = 1), false)")) << bytes.sql;
  const CopyAsk bob = ask_of("bob", "a = 1");
  EXPECT_EQ(copies->find(bob), *made);
  CopyAsk later = ada;
  later.state = "8";
  EXPECT_EQ(copies->find(later), nullptr);
  EXPECT_EQ(bytes.runs, 1);
}

TEST_F(Copies, AreMadeByOneWhileTheOthersWait) {
  const auto copies = open(1'000);
  const CopyAsk ask = ask_of("ada", "a = 1");
  std::latch together(8);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      together.arrive_and_wait();
      EXPECT_TRUE(copies->make(context("ada"), bytes, ask));
    });
  threads.clear();
  EXPECT_EQ(bytes.runs, 1);
}

TEST_F(Copies, AreKeptUpToTheirLimitAndNoFurther) {
  const auto copies = open(200);
  const CopyAsk first = ask_of("ada", "a = 1");
  const CopyAsk second = ask_of("bob", "a = 2");
  ASSERT_TRUE(copies->make(context("ada"), bytes, first));
  ASSERT_TRUE(copies->make(context("bob"), bytes, second));
  EXPECT_EQ(on_disk(), 2U);  // exactly at the limit
  auto held = copies->find(second);
  ASSERT_NE(copies->find(first), nullptr);  // the other one is the oldest now
  CopyAsk third = first;
  third.state = "8";
  ASSERT_TRUE(copies->make(context("ada"), bytes, third));
  EXPECT_EQ(copies->find(second), nullptr);
  EXPECT_NE(copies->find(first), nullptr);
  EXPECT_EQ(on_disk(), 3U);  // whoever uses it still may
  held.reset();
  EXPECT_EQ(on_disk(), 2U);
}

TEST_F(Copies, AreMadeAnewIfSomebodyDeletedThem) {
  const auto copies = open(1'000);
  const CopyAsk ask = ask_of("ada", "a = 1");
  const auto made = copies->make(context("ada"), bytes, ask);
  ASSERT_TRUE(made);
  ASSERT_TRUE(where->remove((*made)->at));
  EXPECT_EQ(copies->find(ask), nullptr);
  ASSERT_TRUE(copies->make(context("ada"), bytes, ask));
  EXPECT_NE(copies->find(ask), nullptr);
  EXPECT_EQ(bytes.runs, 2);
}

TEST_F(Copies, TellNothingOfWhatWentWrongWithHiddenRows) {
  const auto copies = open(1'000);
  const CopyAsk ask = ask_of("ada", "a = 1");
  for (const Code code : {Code::invalid, Code::corrupt, Code::exhausted, Code::unavailable}) {
    bytes.failure = Error{code, "secret 100000", "secret"};
    const auto made = copies->make(context("ada"), bytes, ask);
    ASSERT_FALSE(made);
    EXPECT_FALSE((made.error().text + made.error().next).contains("secret"));
    EXPECT_FALSE(made.error().next.empty());
  }
  EXPECT_EQ(on_disk(), 0U);
  bytes.failure.reset();
  EXPECT_TRUE(copies->make(context("ada"), bytes, ask));
}

TEST_F(Copies, NeedThePermitThatShowsThisPart) {
  const auto copies = open(1'000);
  const CopyAsk ada = ask_of("ada", "a = 1");
  CopyAsk wider = ada;
  wider.visible.parts[0].scope = {};
  EXPECT_FALSE(copies->make(context("ada"), bytes, wider));
  CopyAsk other = ask_of("bob", "a = 2");
  other.permit = ada.permit;
  EXPECT_FALSE(copies->make(context("bob"), bytes, other));
  EXPECT_EQ(bytes.runs, 0);
  // And the port's own files cannot be handed out under it.
  query::Plan plan;
  plan.relations = {ada.whole};
  EXPECT_EQ(query::ClosedPlan::close(plan, std::span(&ada.permit, 1)).error().code, Code::denied);
  plan.relations[0].visible = ada.permit.decision().visible;
  EXPECT_TRUE(query::ClosedPlan::close(plan, std::span(&ada.permit, 1)));
}

}  // namespace
}  // namespace hansa::service
