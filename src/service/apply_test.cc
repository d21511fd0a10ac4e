// Manifests: applied twice, raced, and refused.
#include "service/apply.h"

#include "service/access.h"
#include "service/discover.h"
#include "service/mount.h"
#include "service/publish_house_test.h"

namespace hansa::service {
namespace {

using Apply = Publish;

TEST_F(Apply, ChangesNothingWhenTheSameIsAppliedAgain) {
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

TEST_F(Apply, GivesAccessToWhatTheSameSetMakes) {
  ASSERT_TRUE(apply("admin",
                    "apiVersion: hansa/v1\nkind: Domain\nname: shows\ntitle: Shows\nowner: "
                    "owners\nstewards: [sten, olga]\n"));
  const std::string access =
      "apiVersion: hansa/v1\nkind: Access\ninfo: {purpose: to count them}\nprovider: {port: "
      "shows/bonus}\nconsumer: {user: ada}\n";
  EXPECT_EQ(apply("olga", access).error().code, Code::not_found);
  const auto both = apply("olga", product("bonus", "restricted") + access);
  ASSERT_TRUE(both) << both.error().text;
  const auto listed = list_access(context("ada"), live, {.mine = true, .paging = {}});
  ASSERT_EQ(listed->items.size(), 1U);
  EXPECT_EQ(listed->items[0].state, "active");
  ASSERT_EQ(listed->items[0].steps.size(), 1U);
  EXPECT_EQ(listed->items[0].steps[0].seq, both->seq);
  const auto again = apply("olga", product("bonus", "restricted") + access);
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_TRUE(again->plan.changes.empty());
  // A part of it is held against the contract of this set.
  const std::string part =
      "apiVersion: hansa/v1\nkind: Access\ninfo: {purpose: to count them}\nprovider: {port: "
      "shows/extra, scope: {columns: [COLUMN]}}\nconsumer: {user: ada}\n";
  const auto of = [&](std::string column) {
    std::string text = part;
    return product("extra", "restricted") + text.replace(text.find("COLUMN"), 6, column);
  };
  EXPECT_EQ(apply("olga", of("nope")).error().code, Code::invalid);
  const auto some = apply("olga", of("a"));
  EXPECT_TRUE(some) << some.error().text;
  // Whoever may change the product but is no steward may not decide about it.
  ASSERT_TRUE(apply("admin",
                    "apiVersion: hansa/v1\nkind: Domain\nname: shows\ntitle: Shows\nowner: "
                    "owners\nstewards: [sten]\n"));
  const std::string more =
      "apiVersion: hansa/v1\nkind: Access\ninfo: {purpose: to count them}\nprovider: {port: "
      "shows/malus}\nconsumer: {user: ada}\n";
  EXPECT_EQ(apply("olga", product("malus", "restricted") + more).error().code, Code::denied);
}

TEST_F(Apply, GivesNoSchemaOfACatalogTwoMeanings) {
  ASSERT_TRUE(apply("admin",
                    "apiVersion: hansa/v1\nkind: Account\nname: more\ndomain: shows\nbucket: "
                    "more-prod\ncatalog: more\n"));
  const auto mount = [&](const std::string& target, const std::string& as) {
    const auto made =
        create_mount(context("olga"), live, world, {.target = target, .into = "more", .as = as});
    return made ? std::string() : made.error().text;
  };
  EXPECT_EQ(mount("shows_prod", "far"), "");
  EXPECT_TRUE(mount("shows", "far_shows").contains("taken"));
  EXPECT_TRUE(mount("shows/plays", "far_x.plays").contains("taken"));
  EXPECT_TRUE(mount("shows_prod", "far_away").contains("taken"));
  EXPECT_EQ(mount("shows/plays", "near_x.plays"), "");
  EXPECT_TRUE(mount("shows_prod", "near").contains("taken"));
  EXPECT_EQ(mount("shows/payouts", "near_x.payouts"), "");
}

TEST_F(Apply, AppliesWhatWasReviewedOrNothing) {
  const std::string wanted = product("plays", "restricted");
  const auto plan = plan_manifests(context("olga"), live, world, {.files = {{"all.yaml", wanted}}});
  ASSERT_TRUE(plan);
  ASSERT_FALSE(plan->changes.empty());
  EXPECT_EQ(apply("olga", wanted, std::string(32, '0')).error().code, Code::conflict);
  ASSERT_TRUE(apply("olga", product("plays", "open",
                                    "      - {name: a, logicalType: integer, physicalType: long}\n "
                                    "     - {name: b, logicalType: string}\n",
                                    "1.1.0")));
  EXPECT_EQ(apply("olga", wanted, plan->digest).error().code, Code::conflict);
  const auto now = plan_manifests(context("olga"), live, world,
                                  {.files = {{"all.yaml", product("payouts", "open")}}});
  EXPECT_TRUE(apply("olga", product("payouts", "open"), now->digest));
}

TEST_F(Apply, LetsOnlyThoseChangeTheMeshWhoMay) {
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

TEST_F(Apply, RefusesAContractThatBreaksItsReaders) {
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

TEST_F(Apply, SpeaksOfTheHiddenAsOfWhatDoesNotExist) {
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

TEST_F(Apply, LetsNobodyApproveThemselvesNorDecideWithoutTheRole) {
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

TEST_F(Apply, MountsOnceAndTellsStrangersNothing) {
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
