// What is deleted is gone at once, who is hit is known before and told after, and what comes to
// bear its name inherits nothing.
#include "service/deletion.h"

#include <fmt/format.h>

#include <future>

#include "service/access.h"
#include "service/discover.h"
#include "service/events.h"
#include "service/mount.h"
#include "service/publish_house_test.h"
#include "service/search.h"
#include "service/step/derived.h"
#include "service/step/resolve.h"

namespace hansa::service {
namespace {

class Deleting : public Publish {
 public:
  Deleting() {
    people({"nora"});
    const auto framed = apply(
        "admin",
        "apiVersion: hansa/v1\nkind: Team\nname: ads\ntitle: Ads\nmembers: [nora]\n---\n"
        "apiVersion: hansa/v1\nkind: Domain\nname: ads\ntitle: Ads\nowner: ads\nstewards: [nora]\n"
        "---\napiVersion: hansa/v1\nkind: Account\nname: ads-prod\ndomain: ads\n");
    HANSA_ASSERT(framed.has_value());
  }

  Result<api::DeletionPlan> plan(std::string_view who, DeletionKind kind, std::string name) {
    return plan_deletion(context(who), live, world, {.kind = kind, .name = std::move(name)});
  }
  Result<api::DeletionView> run(std::string_view who, DeletionKind kind, const std::string& name,
                                const std::string& digest, bool override_ = false,
                                std::string why = {}) {
    return make_deletion(context(who), live, world,
                         {.kind = kind,
                          .name = name,
                          .digest = digest,
                          .override_ = override_,
                          .why = std::move(why)});
  }
  Result<api::DeletionView> remove(DeletionKind kind, const std::string& name,
                                   std::string why = "nobody needs it") {
    HANSA_TRY(const auto found, plan("olga", kind, name));
    return run("olga", kind, name, found.digest, true, std::move(why));
  }
  std::string ask(std::string_view who, const std::string& port = "shows/payouts") {
    const auto made = request_access(context(who), live, world,
                                     {.port = port, .purpose = "to see what is there"});
    HANSA_ASSERT(made.has_value());
    return made->number;
  }
  std::string give(std::string_view who, const std::string& port = "shows/payouts") {
    const std::string number = ask(who, port);
    HANSA_ASSERT(
        approve_access(context("sten"), live, world, {.number = number, .until = {}}).has_value());
    return number;
  }
  api::MountView mount(const std::string& target, const std::string& as) {
    const auto made = create_mount(context("nora"), live, world,
                                   {.target = target, .into = "ads-prod", .as = as});
    HANSA_ASSERT(made.has_value());
    return *made;
  }
  // For a thread of its own.
  Context beside(std::string_view who, Trail& trail) {
    const Context like = context(who);
    return {.who = like.who,
            .request = like.request,
            .now = like.now,
            .deadline = like.deadline,
            .stop = {},
            .trail = trail};
  }
  bool readable(std::string_view who, const std::string& port = "shows/payouts") {
    const Context asks = context(who);
    return live.read([&](const View& view) {
      const Port* found = view.mesh.port(*parse_port_ref(port));
      return found != nullptr && may(asks, view, Action::read, on(*found));
    });
  }
  std::string id_of_port(const std::string& port) {
    return live.read([&](const View& view) {
      const Port* found = view.mesh.port(*parse_port_ref(port));
      return found ? to_text(found->id) : std::string();
    });
  }
  std::string state(std::string_view who, const std::string& number) {
    const auto found = get_access(context(who), live, {.number = number});
    return found ? found->state : found.error().text;
  }
  bool resolves(const std::string& schema, const std::string& table) {
    return live.read(
        [&](const View& view) { return resolve(view, {"ads-prod", schema, table}) != nullptr; });
  }
  std::vector<std::string> told(std::string_view who, std::uint64_t after) {
    const auto events =
        list_events(context(who), live, world, {.after = after, .last = {}, .limit = 100});
    std::vector<std::string> out;
    for (const api::EventView& each : events->items) out.push_back(each.type + " " + each.subject);
    return out;
  }
  static bool has(const std::vector<std::string>& all, std::string_view one) {
    return std::ranges::find(all, one) != all.end();
  }
};

TEST_F(Deleting, ShowsWhoIsHitAndRefusesUnlessItIsMeant) {
  give("ada");
  ask("bob");
  mount("shows/payouts", "money.out");
  ASSERT_TRUE(upload("olga", new_publish(), 0, "x"));
  const auto found = plan("olga", DeletionKind::product, "shows/payouts");
  ASSERT_TRUE(found) << found.error().text;
  ASSERT_EQ(found->goes.size(), 2U);
  ASSERT_EQ(found->hit.size(), 3U);
  EXPECT_EQ(found->hit[0].kind, "access");
  EXPECT_TRUE(found->hit[0].who.contains("ada"));
  EXPECT_EQ(found->hit[1].kind, "mount");
  EXPECT_EQ(found->hit[1].who, "team ads");
  EXPECT_EQ(found->hit[2].kind, "request");
  EXPECT_TRUE(found->hit[2].who.contains("bob"));
  EXPECT_EQ(found->others, 3U);
  const auto refused = run("olga", DeletionKind::product, "shows/payouts", found->digest);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::blocked);
  EXPECT_TRUE(refused.error().text.contains("ada") && refused.error().text.contains("bob"));
  EXPECT_TRUE(readable("ada"));
  EXPECT_EQ(run("olga", DeletionKind::product, "shows/payouts", found->digest, true).error().code,
            Code::invalid);
}

TEST_F(Deleting, IsNoWayAroundTheNoticeThatAStandardAsksFor) {
  const auto asks = [&](const std::string& severity) {
    ASSERT_TRUE(apply("admin",
                      "apiVersion: hansa/v1\nkind: Standard\nname: notice\nrequirements:\n"
                      "  - {rule: notice, days: 90, severity: " +
                          severity + "}\n"));
  };
  asks("block");
  give("ada");
  for (const DeletionKind kind : {DeletionKind::port, DeletionKind::product}) {
    const std::string name = kind == DeletionKind::port ? "shows/payouts@1" : "shows/payouts";
    const auto found = plan("olga", kind, name);
    ASSERT_TRUE(found) << found.error().text;
    for (const bool override_ : {false, true}) {
      const auto refused =
          run("olga", kind, name, found->digest, override_, override_ ? "wrong" : "");
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, Code::blocked);
      EXPECT_TRUE(refused.error().text.contains("standard notice asks for 90 days"));
      EXPECT_TRUE(refused.error().next.contains("hansa deprecate shows/payouts@1 --by "));
    }
    EXPECT_TRUE(readable("ada"));
    if (kind == DeletionKind::port) continue;
    asks("warn");
    EXPECT_TRUE(run("olga", kind, name, plan("olga", kind, name)->digest, true, "wrong"));
  }
}

TEST_F(Deleting, EndsInOneCommitWhatStoodOnIt) {
  const std::string adas = give("ada"), bobs = ask("bob");
  const auto mounted = mount("shows/payouts", "money.out");
  EXPECT_TRUE(resolves("money", "out"));
  const std::uint64_t before = seq();
  const auto found = plan("olga", DeletionKind::product, "shows/payouts");
  const auto done =
      run("olga", DeletionKind::product, "shows/payouts", found->digest, true, "moved");
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(seq(), before + 1);
  EXPECT_EQ(done->seq, before + 1);
  EXPECT_EQ(done->name, "shows/payouts");
  EXPECT_FALSE(readable("ada"));
  EXPECT_FALSE(readable("olga"));
  EXPECT_EQ(state("ada", adas), "revoked");
  EXPECT_EQ(state("bob", bobs), "revoked");
  const auto shown = get_access(context("ada"), live, {.number = adas});
  EXPECT_EQ(shown->port, "shows/payouts");
  EXPECT_EQ(shown->reason, "shows/payouts was deleted: moved");
  EXPECT_FALSE(resolves("money", "out"));
  const auto mounts = list_mounts(context("nora"), live, {.into = "ads-prod", .paging = {}});
  ASSERT_EQ(mounts->items.size(), 1U);
  EXPECT_EQ(mounts->items[0].ended, "shows/payouts was deleted: moved");
  EXPECT_TRUE(list_mounts(context("ada"), live, {.into = "ads-prod", .paging = {}})->items.empty());
  const auto gone = get_port(context("ada"), live, {.domain = "shows", .port = "payouts"});
  EXPECT_EQ(gone.error().code, Code::not_found);
  EXPECT_TRUE(gone.error().text.contains("was deleted by olga")) << gone.error().text;
  EXPECT_TRUE(gone.error().text.contains("moved"));
  const auto hits = search_products(context("ada"), live, {.q = "payouts"});
  ASSERT_TRUE(hits);
  EXPECT_TRUE(hits->items.empty());
  // Those who are hit are told, and whoever might have known it.
  const auto adas_events = told("ada", before), noras = told("nora", before);
  EXPECT_TRUE(has(adas_events, "hansa.access.revoked " + adas));
  EXPECT_FALSE(has(adas_events, "hansa.access.revoked " + bobs));
  EXPECT_TRUE(has(adas_events, "hansa.port.deleted shows/payouts@1"));
  EXPECT_TRUE(has(noras, "hansa.mount.ended mount ads-prod"));
  EXPECT_FALSE(has(adas_events, "hansa.mount.ended mount ads-prod"));
  EXPECT_TRUE(has(noras, "hansa.product.deleted product shows/payouts"));
  const auto listed = list_deletions(context("ada"), live, {.domain = "shows", .paging = {}});
  ASSERT_EQ(listed->items.size(), 2U);
  EXPECT_EQ(listed->items[0].why, "moved");
  ASSERT_TRUE(remove_mount(context("nora"), live, world, {.id = mounted.id}));
}

TEST_F(Deleting, AnswersARepeatAsItDidTheFirstTime) {
  const auto found = plan("olga", DeletionKind::port, "shows/plays");
  const auto first = run("olga", DeletionKind::port, "shows/plays", found->digest);
  ASSERT_TRUE(first) << first.error().text;
  const std::uint64_t after = seq();
  const auto second = run("olga", DeletionKind::port, "shows/plays", found->digest);
  ASSERT_TRUE(second) << second.error().text;
  EXPECT_EQ(second->id, first->id);
  EXPECT_EQ(second->seq, first->seq);
  // Also when there is another of its name by then, which stays.
  ASSERT_TRUE(apply("olga", product("plays", "open")));
  const std::string made = id_of_port("shows/plays");
  ASSERT_FALSE(made.empty());
  EXPECT_EQ(run("olga", DeletionKind::port, "shows/plays", found->digest)->id, first->id);
  EXPECT_EQ(id_of_port("shows/plays"), made);
  EXPECT_EQ(seq(), after + 1);
  // Somebody else has not deleted it.
  EXPECT_EQ(run("nora", DeletionKind::port, "shows/plays", found->digest).error().code,
            Code::denied);
}

TEST_F(Deleting, LeavesNothingToWhatComesToBearItsName) {
  for (const DeletionKind kind : {DeletionKind::port, DeletionKind::product}) {
    const std::string adas = give("ada"), bobs = ask("bob");
    const std::string as = "money" + std::to_string(static_cast<int>(kind)) + ".out";
    mount("shows/payouts", as);
    const std::string old = id_of_port("shows/payouts");
    ASSERT_TRUE(remove(kind, "shows/payouts"));
    const auto again = apply("olga", product("payouts", "restricted"));
    ASSERT_TRUE(again) << again.error().text;
    const std::string made = id_of_port("shows/payouts");
    EXPECT_FALSE(made.empty());
    EXPECT_NE(made, old);
    EXPECT_FALSE(readable("ada"));
    EXPECT_TRUE(readable("olga"));
    EXPECT_EQ(state("ada", adas), "revoked");
    EXPECT_EQ(renew_access(context("sten"), live, world,
                           {.number = adas, .until = clock.now() + Seconds(9)})
                  .has_value(),
              false);
    EXPECT_FALSE(approve_access(context("sten"), live, world, {.number = bobs, .until = {}}));
    EXPECT_FALSE(resolves(as.substr(0, as.find('.')), "out"));
    EXPECT_EQ(live.read([&](const View& view) {
      return view.mesh.find<Table>(*parse_ulid(made))->states.size();
    }),
              0U);
  }
}

TEST_F(Deleting, StopsWhatIsMadeOfItUntilAnotherQueryIsSet) {
  ASSERT_TRUE(
      create_principal(context("admin"), live, world,
                       {.kind = PrincipalKind::service_account, .name = "robot", .team = "ads"}));
  std::string mine = product("made", "open");
  for (std::size_t at; (at = mine.find("domain: shows")) != std::string::npos;)
    mine.replace(at, 13, "domain: ads");
  mine.replace(mine.find("shows-prod"), 10, "ads-prod");
  ASSERT_TRUE(apply("nora", mine));
  const PortId source{*parse_ulid(id_of_port("shows/plays"))};
  const PortId target{*parse_ulid(id_of_port("ads/made"))};
  const Context nora = context("nora");
  ASSERT_TRUE(commit(nora, live, store, [&](const View& view) -> Result<Attempt> {
    const auto* port = view.mesh.find<Port>(target);
    HANSA_TRY(Permit permit, authorize(nora, view, Action::publish, on(*port), "it"));
    const auto* robot = view.mesh.named<Principal>(claim::principal("robot"));
    return attempt(std::move(permit),
                   change(nora,
                          share(Derivation{.id = target,
                                           .sql = "from shows.plays",
                                           .catalog = "mesh",
                                           .schema = "",
                                           .runs_as = robot->id,
                                           .tables = {{"mesh", "shows", "plays"}},
                                           .sources = {{.port = source, .version = "1.0.0"}}}),
                          "derivation.set"));
  }));
  const auto found = plan("olga", DeletionKind::port, "shows/plays");
  ASSERT_EQ(found->hit.size(), 1U);
  EXPECT_EQ(found->hit[0].kind, "derived");
  EXPECT_EQ(found->hit[0].what, "ads/made@1");
  EXPECT_TRUE(found->hit[0].others);
  const std::uint64_t before = seq();
  ASSERT_TRUE(run("olga", DeletionKind::port, "shows/plays", found->digest, true, "moved"));
  EXPECT_TRUE(has(told("nora", before), "hansa.derivation.stopped ads/made@1"));
  const auto stopped = [&] {
    return live.read([&](const View& view) {
      const auto why = why_stopped(view, *view.mesh.find<Derivation>(target), clock.now());
      return why ? why->text : std::string();
    });
  };
  EXPECT_EQ(stopped(), "shows/plays@1 was deleted: moved");
  ASSERT_TRUE(apply("olga", product("plays", "open")));
  EXPECT_EQ(stopped(), "shows/plays@1 was deleted: moved");
  EXPECT_FALSE(live.read([&](const View& view) {
    return check_sources(view, *view.mesh.find<Derivation>(target)).has_value();
  }));
}

TEST_F(Deleting, TellsStrangersWhatItTellsOfNothing) {
  const auto refused = plan("ada", DeletionKind::product, "shows/payouts");
  EXPECT_EQ(refused.error().code, Code::denied);
  EXPECT_EQ(run("ada", DeletionKind::product, "shows/payouts", "x").error().code, Code::denied);
  // Who runs the mesh does not thereby destroy what a team has.
  EXPECT_EQ(plan("admin", DeletionKind::account, "shows-prod").error().code, Code::denied);
  ASSERT_TRUE(apply("olga", product("secret", "hidden")));
  for (const char* name : {"secret", "nothing"}) {
    const auto one = plan("ada", DeletionKind::product, std::string("shows/") + name);
    EXPECT_EQ(one.error().text, std::string("no product 'shows/") + name + "'");
    const auto port = run("ada", DeletionKind::port, std::string("shows/") + name, "x", true, "y");
    EXPECT_EQ(port.error().text, std::string("no port 'shows/") + name + "'");
  }
  const std::uint64_t before = seq();
  ASSERT_TRUE(remove(DeletionKind::product, "shows/secret"));
  EXPECT_EQ(plan("ada", DeletionKind::product, "shows/secret").error().text,
            "no product 'shows/secret'");
  EXPECT_TRUE(told("ada", before).empty());
  EXPECT_TRUE(list_deletions(context("ada"), live, {.paging = {}})->items.empty());
  EXPECT_EQ(list_deletions(context("olga"), live, {.paging = {}})->items.size(), 2U);
  people({"gus"}, true);
  ASSERT_TRUE(remove(DeletionKind::product, "shows/plays"));
  EXPECT_EQ(plan("gus", DeletionKind::product, "shows/plays").error().text,
            "no product 'shows/plays'");
  EXPECT_TRUE(list_deletions(context("gus"), live, {.paging = {}})->items.empty());
}

TEST_F(Deleting, RefusesWhatWasNotLookedAt) {
  const auto found = plan("olga", DeletionKind::product, "shows/payouts");
  ASSERT_TRUE(found);
  EXPECT_EQ(run("olga", DeletionKind::product, "shows/payouts", "").error().code, Code::invalid);
  EXPECT_EQ(run("olga", DeletionKind::product, "shows/payouts", "0").error().code, Code::conflict);
  give("ada");
  EXPECT_EQ(
      run("olga", DeletionKind::product, "shows/payouts", found->digest, true, "y").error().code,
      Code::conflict);
  // The plan of one thing is not that of another.
  const auto other = plan("olga", DeletionKind::product, "shows/plays");
  EXPECT_EQ(
      run("olga", DeletionKind::product, "shows/payouts", other->digest, true, "y").error().code,
      Code::conflict);
  EXPECT_TRUE(remove(DeletionKind::product, "shows/payouts", std::string(500, 'w')));
  EXPECT_EQ(remove(DeletionKind::product, "shows/plays", std::string(501, 'w')).error().code,
            Code::invalid);
}

TEST_F(Deleting, GivesNobodyWhatIsDeletedMeanwhile) {
  for (int round = 0; round < 30; ++round) {
    const std::string as = fmt::format("race{}.out", round);
    const auto asked = std::async(std::launch::async, [&] {
      Trail trail;
      return request_access(beside("ada", trail), live, world,
                            {.port = "shows/payouts", .purpose = "to see what is there"})
          .has_value();
    });
    const auto mounted = std::async(std::launch::async, [&] {
      Trail trail;
      return create_mount(beside("nora", trail), live, world,
                          {.target = "shows/payouts", .into = "ads-prod", .as = as})
          .has_value();
    });
    const DeletionKind kind = round % 2 == 0 ? DeletionKind::port : DeletionKind::product;
    // Whoever was faster is in the plan, or meets a mesh without it.
    for (bool done = false; !done;) {
      const auto removed = remove(kind, "shows/payouts");
      done = removed.has_value();
      if (!done) {
        ASSERT_EQ(removed.error().code, Code::conflict) << removed.error().text;
      }
    }
    asked.wait();
    mounted.wait();
    ASSERT_TRUE(apply("olga", product("payouts", "restricted")));
    live.read([&](const View& view) {
      for (const auto& [id, entry] : view.mesh.all<Grant>())
        EXPECT_EQ(entry.noun->state, GrantState::revoked) << round;
      for (const auto& [id, entry] : view.mesh.all<Mount>())
        EXPECT_FALSE(entry.noun->ended.empty()) << round;
      return 0;
    });
  }
}

TEST_F(Deleting, TakesAnAccountWithAllThatIsInIt) {
  const std::string adas = give("ada");
  mount("shows_prod", "far");
  const auto found = plan("olga", DeletionKind::account, "shows-prod");
  ASSERT_TRUE(found) << found.error().text;
  EXPECT_EQ(found->goes.size(), 5U);
  ASSERT_TRUE(remove(DeletionKind::account, "shows-prod"));
  EXPECT_EQ(state("ada", adas), "revoked");
  EXPECT_TRUE(id_of_port("shows/plays").empty());
  // Its name is free, its bucket is not: files of others may lie there.
  const std::string account =
      "apiVersion: hansa/v1\nkind: Account\nname: shows-prod\ndomain: ads\ncatalog: shows_prod\n";
  EXPECT_EQ(apply("admin", account).error().code, Code::conflict);
  ASSERT_TRUE(apply("admin", account + "bucket: shows-prod-2\n"));
  const auto mounts = list_mounts(context("nora"), live, {.into = "ads-prod", .paging = {}});
  ASSERT_EQ(mounts->items.size(), 1U);
  EXPECT_EQ(mounts->items[0].ended, "shows-prod was deleted: nobody needs it");
}

TEST_F(Deleting, LeavesTheOtherVersionsOfAPort) {
  std::string two = product("payouts", "restricted");
  const auto second = [&](std::string text) {
    for (std::size_t at = 0; (at = text.find("payouts-v1", at)) != std::string::npos; ++at)
      text.replace(at, 10, "payouts-v2");
    for (std::size_t at = 0; (at = text.find("1.0.0", at)) != std::string::npos; ++at)
      text.replace(at, 5, "2.0.0");
    return text;
  };
  const std::size_t cut = two.find("---\napiVersion: v1.1.0");
  const std::string ports =
      "  - name: payouts\n    version: 2.0.0\n    type: table\n    contractId: "
      "payouts-v2\n";
  const std::size_t at = two.find("team:\n", cut);
  const std::string both =
      second(two.substr(0, cut)) + "---\n" + two.substr(0, at) + ports + two.substr(at);
  const auto applied = apply("olga", both);
  ASSERT_TRUE(applied) << applied.error().text;
  const std::string all = give("ada");
  const std::string one = give("bob", "shows/payouts@1");
  EXPECT_EQ(plan("olga", DeletionKind::port, "shows/payouts").error().code, Code::invalid);
  const auto found = plan("olga", DeletionKind::port, "shows/payouts@1");
  ASSERT_TRUE(found) << found.error().text;
  EXPECT_TRUE(found->notes[0].contains("shows/payouts@2")) << found->notes[0];
  ASSERT_TRUE(remove(DeletionKind::port, "shows/payouts@1"));
  EXPECT_EQ(state("ada", all), "active");
  EXPECT_EQ(state("bob", one), "revoked");
  EXPECT_TRUE(readable("ada", "shows/payouts@2"));
  EXPECT_EQ(id_of_port("shows/payouts"), id_of_port("shows/payouts@2"));
  const auto left = get_product(context("olga"), live, {.domain = "shows", .product = "payouts"});
  EXPECT_FALSE(left->manifest.contains("1.0.0\n    type")) << left->manifest;
  EXPECT_TRUE(left->manifest.contains("payouts-v2"));
}

}  // namespace
}  // namespace hansa::service
