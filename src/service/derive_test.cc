#include "service/derive.h"

#include <gtest/gtest.h>

#include <functional>

#include "service/access.h"
#include "service/house_test.h"

namespace hansa::service {
namespace {

// An engine for which every statement is `from shows.payouts`; while it binds one, the world moves.
class PayoutsEngine : public engine::Engine {
 public:
  struct Lease : engine::Lease {
    explicit Lease(PayoutsEngine& engine) : engine(engine) {}
    Result<engine::Tree> parse(std::string_view) override {
      return engine::Tree{
          R"({"error":false,"statements":[{"node":{"type":"SELECT_NODE","select_list":[],)"
          R"("from_table":{"type":"BASE_TABLE","schema_name":"shows","table_name":"payouts"}}}]})"};
    }
    Result<engine::Opened> run(query::ClosedPlan, std::optional<Want>) override {
      if (engine.meanwhile) engine.meanwhile();
      return engine::Opened{{{{"a", "BIGINT"}}, {{0, {"a"}}}}, nullptr, nullptr};
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
    PayoutsEngine& engine;
  };
  Result<std::unique_ptr<engine::Lease>> lease(PrincipalId, Time, std::stop_token) override {
    return std::make_unique<Lease>(*this);
  }
  std::function<void()> meanwhile;
};

class Derive : public House {
 protected:
  // Team makers (mia) owns central/made and the service account robot, which may read the payouts.
  void SetUp() override {
    furnish();
    people({"mia"});
    ASSERT_TRUE(
        apply("admin",
              "apiVersion: hansa/v1\nkind: Team\nname: makers\ntitle: Makers\nmembers: [mia]\n---\n"
              "apiVersion: hansa/v1\nkind: Domain\nname: central\ntitle: Central\nowner: "
              "makers\nstewards: [sten]\n---\n"
              "apiVersion: hansa/v1\nkind: Account\nname: central-prod\ndomain: central\nbucket: "
              "central-prod\ncatalog: central_prod\n---\n"));
    std::string made = product("made", "restricted");
    for (const auto& [from, to] : {std::pair{"domain: shows", "domain: central"},
                                   {"value: shows-prod", "value: central-prod"}})
      for (auto at = made.find(from); at != std::string::npos; at = made.find(from))
        made.replace(at, std::string_view(from).size(), to);
    const auto filled = apply("mia", made);
    ASSERT_TRUE(filled) << filled.error().text;
    ASSERT_TRUE(create_principal(
        context("admin"), live, world,
        {.kind = PrincipalKind::service_account, .name = "robot", .team = "makers"}));
    const auto asked = request_access(
        context("mia"), live, world,
        {.port = "shows/payouts", .purpose = "to make the picture", .on_behalf = "service:robot"});
    ASSERT_TRUE(asked) << asked.error().text;
    number = asked->number;
    ASSERT_TRUE(approve_access(context("sten"), live, world, {.number = number}));
    auto opened = VisibleCopies::open(std::make_unique<object::MemoryObjects>(scratch.path()),
                                      sealer.derive("visible"), live, running);
    ASSERT_TRUE(opened);
    copies = *std::move(opened);
  }

  Result<api::DerivationView> set() {
    return set_derivation(
        context("mia"), {live, with_payouts, tables, *copies, clock},
        {.domain = "central", .port = "made", .query = "from shows.payouts", .as = "robot"});
  }
  bool is_set() {
    return live.read([](const View& view) { return view.mesh.all<Derivation>().size() != 0; });
  }

  std::string number;
  Tables tables;
  PayoutsEngine payouts;
  World with_payouts{store, objects, payouts};
  std::unique_ptr<VisibleCopies> copies;
};

TEST_F(Derive, IsSetByAnAccountThatMayReadWhatItReads) {
  const auto made = set();
  ASSERT_TRUE(made) << made.error().text;
  ASSERT_EQ(made->sources.size(), 1U);
  EXPECT_EQ(made->sources[0].port, "shows/payouts@1");
  EXPECT_TRUE(is_set());
}

TEST_F(Derive, IsNotSetOnceTheAccountLostIt) {
  payouts.meanwhile = [&] {
    ASSERT_TRUE(revoke_access(context("sten"), live, world, {.number = number, .reason = "over"}));
  };
  const auto made = set();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::denied) << made.error().text;
  EXPECT_FALSE(is_set());
}

}  // namespace
}  // namespace hansa::service
