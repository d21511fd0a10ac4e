#include "service/slo.h"

#include <fmt/format.h>

#include "base/text.h"
#include "search/document.h"
#include "service/incidents.h"
#include "service/issues.h"
#include "service/publish_house_test.h"
#include "service/step/concerned.h"
#include "service/step/find.h"
#include "service/step/promises.h"

namespace hansa::service {
namespace {

class SloHouse : public Publish {
 public:
  SloHouse() { promise("plays"); }
  void promise(const std::string& name) {
    std::string text = product(name, "open");
    text.insert(text.find("---\napiVersion: v1.1.0"),
                "slaProperties:\n  - {property: latency, value: 1, unit: h}\n");
    HANSA_ASSERT(apply("olga", text).has_value());
  }
  void publish_plays(const std::string& port = "shows/plays") {
    const std::string id = new_publish();
    ASSERT_TRUE(upload("olga", id, 0, "PAR1", port));
    const auto done = publish("olga", id, 1, port);
    ASSERT_TRUE(done) << done.error().text;
  }
  // As if payouts were made by a query of plays.
  void derive_payouts() {
    const Context olga = context("olga");
    ASSERT_TRUE(commit(olga, live, store, [&](const View& view) -> Result<Attempt> {
      const Port* port = view.mesh.port(*parse_port_ref("shows/payouts"));
      HANSA_TRY(Permit permit, authorize(olga, view, Action::publish, on(*port), "payouts"));
      return attempt(std::move(permit),
                     change(olga,
                            share(Derivation{.id = port->id,
                                             .sql = "from mesh.shows.plays",
                                             .catalog = "mesh",
                                             .schema = {},
                                             .runs_as = {},
                                             .set_by = olga.who.id,
                                             .set_at = olga.now,
                                             .tables = {{"mesh", "shows", "plays"}},
                                             .sources = {},
                                             .ran_at = {},
                                             .stopped = {},
                                             .next = {},
                                             .stopped_at = {}}),
                            "derivation.set"));
    }));
  }
  void reads(std::string_view who, const char* ref) {
    const PortId port =
        live.read([&](const View& view) { return (*find_port(context("olga"), view, ref))->id; });
    const auto ticket =
        store.count({{{port, context(who).who.id, {}, {"a"}, clock.now(), "test"}}});
    ASSERT_TRUE(ticket && (*ticket)->durable());
  }
  std::string state() {
    const auto view = get_slo(context("ada"), live, {.domain = "shows", .port = "plays"});
    return view ? view->state : view.error().text;
  }
  int trust() {
    return live.read([](const View& view) {
      const Port* port = view.mesh.port(*parse_port_ref("shows/plays"));
      return int{search::facts_of(view.mesh, *view.mesh.find<Product>(port->product)).trust};
    });
  }
  Measured measure() {
    const auto done = measure_all(live, world, clock);
    EXPECT_TRUE(done) << done.error().text;
    return done.value_or(Measured{});
  }
  // Who was told what since the last look: "user:ada slo.breached", ascending.
  std::vector<std::string> told() {
    std::vector<std::string> out;
    const auto waiting = store.outbox().unrouted(1'000'000);
    EXPECT_TRUE(waiting);
    std::vector<store::Routed> routed;
    for (const store::Message& each : *waiting) {
      const std::string name = live.read([&](const View& view) {
        const auto* who = view.mesh.find<Principal>(each.to);
        return who != nullptr ? who->name : each.to_kind;
      });
      out.push_back(name + " " + each.type);
      facts = each.facts;
      routed.push_back({each.id, {}});
    }
    EXPECT_TRUE(store.outbox().route(routed, clock.now()));
    std::ranges::sort(out);
    return out;
  }
  std::string facts;  // of the last message
};

TEST_F(SloHouse, MovesWithTheClockAndTheData) {
  publish_plays();
  EXPECT_EQ(state(), "kept");
  EXPECT_EQ(trust(), 4);
  EXPECT_EQ(measure().changed, 0U);
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(measure().changed, 0U);
  clock.advance(Micros(1));
  const auto before = seq();
  EXPECT_EQ(measure().changed, 1U);
  EXPECT_EQ(state(), "late");
  EXPECT_EQ(trust(), 2);  // in search
  EXPECT_EQ(seq(), before + 1);
  EXPECT_EQ(measure().changed, 0U);  // looking again writes nothing
  EXPECT_EQ(seq(), before + 1);
  publish_plays();
  EXPECT_EQ(state(), "recovered");
  EXPECT_EQ(seq(), before + 2);  // with the data
  publish_plays();
  EXPECT_EQ(state(), "kept");
}

TEST_F(SloHouse, TellsRealReadersOnceAndNotItsOwners) {
  publish_plays();
  reads("ada", "shows/plays");
  reads("olga", "shows/plays");
  clock.advance(std::chrono::hours(2));
  measure();
  EXPECT_EQ(told(), (std::vector<std::string>{"ada slo.breached", "team slo.breached"}));
  EXPECT_NE(facts.find("shows/plays@1"), std::string::npos) << facts;
  EXPECT_NE(facts.find("team owners"), std::string::npos) << facts;
  measure();
  EXPECT_TRUE(told().empty());
  publish_plays();
  EXPECT_TRUE(told().empty());
  measure();
  EXPECT_EQ(told(), (std::vector<std::string>{"ada slo.recovered", "team slo.recovered"}));
  measure();
  EXPECT_TRUE(told().empty());
}

TEST_F(SloHouse, ForgetsReadersOfLongAgo) {
  reads("ada", "shows/plays");
  clock.advance(std::chrono::hours(24 * 91));
  measure();
  EXPECT_EQ(told(), std::vector<std::string>{"team slo.breached"});
}

TEST_F(SloHouse, TellsOfARootCauseOnce) {
  promise("payouts");
  publish_plays();
  publish_plays("shows/payouts");
  derive_payouts();
  reads("ada", "shows/payouts");
  clock.advance(std::chrono::hours(2));
  EXPECT_EQ(measure().changed, 2U);
  EXPECT_EQ(told(), (std::vector<std::string>{"ada slo.breached", "team slo.breached"}));
  EXPECT_NE(facts.find("\"affected\":\"shows/payouts@1\""), std::string::npos) << facts;
  const auto shown = get_slo(context("ada"), live, {.domain = "shows", .port = "payouts"});
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->cause, "shows/plays@1");
  measure();
  EXPECT_TRUE(told().empty());
  // The cause is over, and what was made of it is late still: by itself now.
  publish_plays();
  measure();
  EXPECT_EQ(told(), (std::vector<std::string>{"ada slo.breached", "ada slo.recovered",
                                              "team slo.breached", "team slo.recovered"}));
  measure();
  EXPECT_TRUE(told().empty());
}

// The late port is hidden from ada, who reads what is made of it, and not from its owners.
// Twenty to the seventh ways lead down: whoever walked them all would not come back.
TEST_F(SloHouse, LooksAtEachInputOnceHoweverManyWaysLeadToIt) {
  constexpr int kLayers = 8, kWide = 20;
  const auto name = [](int layer, int at) { return fmt::format("l{}-{}", layer, at); };
  std::string all;
  for (int layer = 0; layer < kLayers; ++layer)
    for (int at = 0; at < kWide; ++at) all += product(name(layer, at), "open");
  const auto applied = apply("olga", all);
  ASSERT_TRUE(applied) << applied.error().text;
  const Context olga = context("olga");
  const auto done = commit(olga, live, world.store, [&](const View& view) -> Result<Attempt> {
    Attempt out;
    for (int layer = 0; layer + 1 < kLayers; ++layer)
      for (int at = 0; at < kWide; ++at) {
        HANSA_TRY(const Port* port, find_port(olga, view, "shows/" + name(layer, at)));
        HANSA_TRY(Permit permit, authorize(olga, view, Action::publish, on(*port), "it"));
        Derivation made{.id = port->id, .sql = "q", .set_by = olga.who.id, .set_at = olga.now};
        for (int below = 0; below < kWide; ++below)
          made.tables.push_back({"mesh", "shows", name(layer + 1, below)});
        out.permits.push_back(std::move(permit));
        out.changes.push_back(change(olga, share(std::move(made)), "derivation.set"));
      }
    return out;
  });
  ASSERT_TRUE(done) << done.error().text;
  live.read([&](const View& view) {
    const Port* top = *find_port(olga, view, "shows/" + name(0, 0));
    EXPECT_EQ(late_input(view, *top, clock.now()), nullptr);
    EXPECT_EQ(made_from(view, **find_port(olga, view, "shows/" + name(kLayers - 1, 0))).size(),
              static_cast<std::size_t>((kLayers - 1) * kWide));
    return 0;
  });
}

TEST_F(SloHouse, NamesNoPortThatAReaderMayNotKnow) {
  ASSERT_TRUE(apply("olga", product("plays", "hidden")));
  reads("ada", "shows/payouts");
  const auto port_of = [&](const char* ref) {
    return live.read(
        [&](const View& view) { return (*find_port(context("olga"), view, ref))->id; });
  };
  std::vector<PortReads> all{{port_of("shows/plays"), {}}, {port_of("shows/payouts"), {}}};
  for (PortReads& each : all) {
    auto found = readers_of(store, each.port, Time{});
    ASSERT_TRUE(found);
    each.reads = *std::move(found);
  }
  const auto messages = live.read([&](const View& view) {
    return messages_to_readers(context("olga"), view, all, "slo.breached",
                               Json::Object{{"property", "latency"}});
  });
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_NE(messages[0].facts.find("shows/plays@1"), std::string::npos);
  EXPECT_EQ(messages[1].to, context("ada").who.id.ulid);
  EXPECT_EQ(messages[1].facts.find("plays"), std::string::npos) << messages[1].facts;
  EXPECT_NE(messages[1].facts.find("shows/payouts@1"), std::string::npos) << messages[1].facts;
  // Whoever may know both is told under the cause, with what it affects.
  ASSERT_TRUE(apply("olga", product("plays", "open")));
  const auto open = live.read([&](const View& view) {
    return messages_to_readers(context("olga"), view, all, "slo.breached",
                               Json::Object{{"property", "latency"}});
  });
  ASSERT_EQ(open.size(), 2U);
  EXPECT_NE(open[1].facts.find("\"port\":\"shows/plays@1\""), std::string::npos) << open[1].facts;
  EXPECT_NE(open[1].facts.find("\"affected\":\"shows/payouts@1\""), std::string::npos)
      << open[1].facts;
}

TEST_F(SloHouse, WarnsReadersOfAnIncident) {
  reads("bob", "shows/plays");
  const auto report = raise_issue(
      context("ada"), live, world,
      {.product = {}, .port = "shows/plays", .kind = IssueKind::problem, .text = "no rows"});
  ASSERT_TRUE(report) << report.error().text;
  EXPECT_EQ(told(), std::vector<std::string>{"product issue.raised"});
  const auto refused =
      open_incident(context("ada"), live, world, {.port = "shows/plays", .text = "x", .issue = {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::denied);
  clock.advance(std::chrono::minutes(5));
  const auto opened =
      open_incident(context("olga"), live, world,
                    {.port = "shows/plays", .text = "a job stood", .issue = report->issue.id});
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_EQ(opened->opened_after_seconds, 300U);
  EXPECT_EQ(told(), (std::vector<std::string>{"ada issue.accepted", "bob incident.opened",
                                              "team incident.opened"}));
  clock.advance(std::chrono::minutes(10));
  const auto done =
      resolve_incident(context("olga"), live, world, {.id = opened->id, .text = "runs again"});
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(done->resolved_after_seconds, 900U);
  EXPECT_EQ(told(), (std::vector<std::string>{"ada issue.fulfilled", "bob incident.resolved",
                                              "team incident.resolved"}));
  const auto answered = get_issue(context("ada"), live, world, {.id = report->issue.id});
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->answered_after_seconds, 300U);
}

TEST_F(SloHouse, BoundsOpenIssuesOfAProduct) {
  for (std::size_t n = 0; n < issues_per_product_max / issues_per_asker_max + 1; ++n)
    people({("flood" + std::to_string(n)).c_str()});
  std::size_t made = 0;
  Error refused;
  for (std::size_t n = 0; n <= issues_per_product_max; ++n) {
    const auto raised =
        raise_issue(context("flood" + std::to_string(n / (issues_per_asker_max - 1))), live, world,
                    {.product = "shows/plays", .port = {}, .text = "w" + std::to_string(n)});
    if (!raised) refused = raised.error();
    made += raised ? 1 : 0;
  }
  EXPECT_EQ(made, issues_per_product_max);
  EXPECT_EQ(refused.code, Code::exhausted);
  EXPECT_NE(refused.text.find("shows/plays"), std::string::npos);
}

}  // namespace
}  // namespace hansa::service
