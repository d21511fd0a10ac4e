// Commit, follow, sign in, run: the authority every job stands on.
#include <functional>
#include <mutex>
#include <thread>

#include "policy/decide.h"
#include "service/access.h"
#include "service/discover.h"
#include "service/house_test.h"
#include "world/store/body/body.h"

namespace hansa::service {
namespace {

class Authority : public House {
 public:
  Result<Attempt> retitle(const Context& context, const View& view, const std::string& title) {
    HANSA_TRY(Permit permit, authorize(context, view, Action::administer, on_organisation(), "it"));
    Organisation organisation = *view.mesh.organisation();
    organisation.title = title;
    return attempt(std::move(permit),
                   change(context, share(std::move(organisation)), "organisation.changed"));
  }
  std::string title() {
    return live.read([](const View& view) { return view.mesh.organisation()->title; });
  }
};
using AuthorityDeathTest = Authority;

TEST_F(AuthorityDeathTest, AChangeWithoutAPermitIsABug) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const Context admin = context("admin");
  EXPECT_DEATH((void)commit(admin, live, store,
                            [&](const View& view) -> Result<Attempt> {
                              HANSA_TRY(Attempt out, retitle(admin, view, "x"));
                              out.permits.clear();
                              return out;
                            }),
               "assertion failed");
}

TEST_F(Authority, RefusesWhoMayNotAndLeavesATrail) {
  people({"ada"});
  const std::uint64_t before = seq();
  const Context ada = context("ada");
  const auto done =
      commit(ada, live, store, [&](const View& view) { return retitle(ada, view, "x"); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::denied);
  EXPECT_EQ(seq(), before);
  const auto refusals = trail.take();
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].ask.what, Action::administer);
  EXPECT_TRUE(trail.take().empty());
}

TEST_F(Authority, ReturnsWhenTheChangeIsAppliedHere) {
  const Context admin = context("admin");
  for (int i = 0; i < 20; ++i) {
    const std::string wanted = "title " + std::to_string(i);
    const auto done =
        commit(admin, live, store, [&](const View& view) { return retitle(admin, view, wanted); });
    ASSERT_TRUE(done);
    EXPECT_EQ(title(), wanted);
    EXPECT_GE(live.seq(), *done);
  }
}

TEST_F(Authority, WritesNothingForAStepThatWantsNothing) {
  const std::uint64_t before = seq();
  const auto done = commit(context("admin"), live, store,
                           [](const View&) -> Result<Attempt> { return Attempt{}; });
  ASSERT_TRUE(done);
  EXPECT_EQ(done->number, before);
  EXPECT_EQ(seq(), before);
}

TEST_F(Authority, RunsTheStepAgainWhenSomebodyElseWasFaster) {
  const Context admin = context("admin");
  int runs = 0;
  const auto done = commit(admin, live, store, [&](const View& view) -> Result<Attempt> {
    if (++runs == 1) {
      // Between the look and the write, another commit changes what this one stands on.
      Attempt rival = *retitle(admin, view, "rival");
      std::thread([&] {
        store::Commit raw;
        raw.expects.push_back({"organisation", view.mesh.organisation()->id.ulid,
                               view.mesh.rev<Organisation>(view.mesh.organisation()->id.ulid)});
        raw.writes.push_back({"organisation", view.mesh.organisation()->id.ulid,
                              store::body_of(rival.changes[0].after),
                              claims_of(rival.changes[0].after)});
        ASSERT_TRUE(store.commit(std::move(raw)));
      }).join();
    }
    return retitle(admin, view, view.mesh.organisation()->title + "+mine");
  });
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(title(), "rival+mine");
}

TEST_F(Authority, LosesNoUpdateOfManyWriters) {
  constexpr int kThreads = 8;
  constexpr int kEach = 10;
  const Context admin = context("admin");
  std::atomic<int> done = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i)
          if (commit(admin, live, store, [&](const View& view) {
                return retitle(admin, view, view.mesh.organisation()->title + "x");
              }))
            ++done;
      });
  }
  EXPECT_EQ(title().size(), static_cast<std::size_t>(done.load()));
  EXPECT_GT(done.load(), kThreads * kEach / 2);
}

TEST_F(Authority, SaysWhetherAFaultLeftTheChangeBehind) {
  const Context admin = context("admin");
  for (const auto& [fault, code, written] :
       {std::tuple{store::Fault::refused, Code::exhausted, false},
        {store::Fault::lost, Code::unavailable, false},
        {store::Fault::lost_reply, Code::unavailable, true}}) {
    const std::uint64_t before = seq();
    store.fail_at(1, fault);
    const auto done = commit(admin, live, store, [&](const View& view) {
      return retitle(admin, view, "after " + std::to_string(before));
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, code);
    store.fail_at(0);
    if (written) {
      EXPECT_TRUE(live.reach(Seq{before + 1}, std::chrono::seconds(5)));
    }
    EXPECT_EQ(seq(), before + (written ? 1 : 0));
  }
}

TEST_F(Authority, FoundsAnInstallationOnce) {
  EXPECT_FALSE(found_organisation(context("admin"), live, world, sealer, "other",
                                  Secret<std::string>(first_secret + "x")));
  EXPECT_EQ(live.read([](const View& view) { return view.mesh.organisation()->name; }), "acme");
}

TEST_F(Authority, LoadsWhatItWrote) {
  furnish();
  Live again;
  ASSERT_TRUE(again.load(store));
  EXPECT_EQ(again.seq(), live.seq());
  const auto shown = [&](const Live& of) {
    return to_text(to_json(*list_ports(context("ada"), of, {})));
  };
  EXPECT_EQ(shown(again), shown(live));
}

// --- who asks ---

TEST_F(Authority, RefusesEveryTokenThatIsNotGoodInOneText) {
  people({"ada"});
  const auto token =
      *create_token(context("ada"), live, world, sealer,
                    {.name = "ada", .label = "laptop", .expires = clock.now() + Micros{100}});
  const Identity ada = *authenticate(live, token.token, clock.now());
  EXPECT_EQ(ada.principal, context("ada").who.id);
  const auto refused = authenticate(live, "hansa_nonsense", clock.now()).error();
  for (const std::string& wrong :
       {std::string(), std::string("x"), token.token.substr(1), token.token + "x",
        token.token + std::string(200, 'x'), "Hansa" + token.token.substr(5)})
    EXPECT_EQ(authenticate(live, wrong, clock.now()).error(), refused);
  EXPECT_EQ(authenticate(live, token.token, clock.now() + Micros{100}).error(), refused);
  EXPECT_TRUE(authenticate(live, token.token, clock.now() + Micros{99}));
  ASSERT_TRUE(disable_principal(context("admin"), live, world, {.name = "ada", .disabled = true}));
  EXPECT_EQ(authenticate(live, token.token, clock.now()).error(), refused);
  ASSERT_TRUE(disable_principal(context("admin"), live, world, {.name = "ada", .disabled = false}));
  ASSERT_TRUE(authenticate(live, token.token, clock.now()));
  ASSERT_TRUE(revoke_token(context("ada"), live, world, {.name = "ada", .id = token.id}));
  EXPECT_EQ(authenticate(live, token.token, clock.now()).error(), refused);
  EXPECT_TRUE(authenticate(live, first_secret, clock.now()));
}

TEST_F(Authority, KeepsNoTokenOfAnybody) {
  store::Question all{.after = 0, .max = 1'000, .kinds = {}, .who = {}, .subject = {}};
  const auto lines = *store.history(all);
  for (const store::Line& line : lines) EXPECT_FALSE(line.body.contains(first_secret));
  ASSERT_TRUE(store.load(
      [&](store::Row row) { EXPECT_FALSE(row.body->contains(first_secret)) << row.kind; }));
}

TEST_F(Authority, AnswersEveryFailedSignInAlike) {
  people({"ada", "off", "none"});
  people({"gus"}, true);
  const std::string password = "correct horse battery";
  for (const char* name : {"ada", "off", "gus"})
    ASSERT_TRUE(
        set_password(context("admin"), live, world, sign_ins, {.name = name, .password = password}))
        << name;
  ASSERT_TRUE(disable_principal(context("admin"), live, world, {.name = "off", .disabled = true}));
  Context nobody = context("");
  const auto refused =
      sign_in(nobody, live, world, sealer, sign_ins, {.name = "ada", .password = "wrong"}).error();
  EXPECT_EQ(refused.code, Code::denied);
  for (const auto& [name, tried] : {std::pair{"unknown", password},
                                    {"off", password},
                                    {"none", password},
                                    {"none", std::string()},
                                    {"", password},
                                    {"ada", password + " "},
                                    {"ada", std::string()},
                                    {"ADA", password},
                                    {"ada", std::string(100'000, 'x')}}) {
    const auto answer =
        sign_in(nobody, live, world, sealer, sign_ins, {.name = name, .password = tried});
    ASSERT_FALSE(answer) << name;
    EXPECT_EQ(answer.error(), refused) << name;
  }
  for (const char* name : {"ada", "gus"}) {
    const auto token =
        sign_in(nobody, live, world, sealer, sign_ins, {.name = name, .password = password});
    ASSERT_TRUE(token) << name << ": " << token.error().text;
    EXPECT_EQ(authenticate(live, token->token, clock.now())->principal, context(name).who.id);
    EXPECT_FALSE(authenticate(live, token->token, clock.now() + std::chrono::hours(12)));
  }
}

TEST_F(Authority, LetsNobodyHandleTheCredentialsOfOthers) {
  people({"ada", "bob"});
  EXPECT_EQ(
      create_token(context("ada"), live, world, sealer, {.name = "bob", .label = {}, .expires = {}})
          .error()
          .code,
      Code::denied);
  EXPECT_EQ(create_token(context("ada"), live, world, sealer,
                         {.name = "admin", .label = {}, .expires = {}})
                .error()
                .code,
            Code::denied);
  EXPECT_EQ(set_password(context("ada"), live, world, sign_ins,
                         {.name = "bob", .password = "correct horse battery"})
                .error()
                .code,
            Code::denied);
  EXPECT_EQ(list_tokens(context("ada"), live, {.name = "bob", .paging = {}}).error().code,
            Code::denied);
  EXPECT_EQ(create_principal(context("ada"), live, world, {.name = "eve", .administrator = true})
                .error()
                .code,
            Code::denied);
  EXPECT_EQ(disable_principal(context("ada"), live, world, {.name = "bob", .disabled = true})
                .error()
                .code,
            Code::denied);
  EXPECT_EQ(disable_principal(context("admin"), live, world, {.name = "admin", .disabled = true})
                .error()
                .code,
            Code::invalid);
  const auto bobs = *create_token(context("bob"), live, world, sealer,
                                  {.name = "bob", .label = {}, .expires = {}});
  EXPECT_EQ(revoke_token(context("ada"), live, world, {.name = "bob", .id = bobs.id}).error().code,
            Code::denied);
  EXPECT_EQ(revoke_token(context("ada"), live, world, {.name = "ada", .id = bobs.id}).error().code,
            Code::not_found);
  EXPECT_TRUE(authenticate(live, bobs.token, clock.now()));
}

// --- what runs ---

struct Endless : Source {
  Result<std::optional<Chunk>> next(Want) override {
    if (before) before();
    return Chunk{"row\n", 1};
  }
  std::function<void()> before;
};

class Runs : public Authority {
 public:
  Runs() {
    furnish();
    const auto asked = request_access(context("ada"), live, world,
                                      {.port = "shows/payouts",
                                       .purpose = "to count what is paid",
                                       .on_behalf = {},
                                       .from = {},
                                       .until = {}});
    HANSA_ASSERT(asked.has_value());
    number = asked->number;
    HANSA_ASSERT(approve_access(context("sten"), live, world,
                                {.number = number, .until = clock.now() + std::chrono::hours(1)})
                     .has_value());
  }
  Permit permit(std::string_view who) {
    const Context asker = context(who);
    return *live.read([&](const View& view) {
      const Port* port = view.mesh.port(*parse_port_ref("shows/payouts"));
      return policy::decide(
          view.rights, view.mesh,
          {.who = asker.who.id, .what = Action::read, .on = on(*port), .now = asker.now}, view.seq);
    });
  }
  Guard start(std::string_view who, std::function<void()> before = {}) {
    auto rows = std::make_unique<Endless>();
    rows->before = std::move(before);
    return start(permit(who), std::move(rows));
  }
  Guard start(Permit permit, std::unique_ptr<Source> rows) {
    Work work{.id = new_id<QueryId>(clock.now()),
              .who = permit.decision().ask.who,
              .credential = {},
              .started = clock.now(),
              .permits = {},
              .ports = {"shows/payouts@1"},
              .counters = {},
              .kill = [this] { ++kills; },
              .end = [this](const Ending& ending) { endings.push_back(ending.status); }};
    work.permits.push_back(std::move(permit));
    last = work.id;
    return running.guard(live, clock.now(), std::move(work), std::move(rows));
  }
  void revoke() {
    ASSERT_TRUE(revoke_access(context("sten"), live, world, {.number = number, .reason = "over"}));
  }

  std::string number;
  QueryId last;
  std::atomic<int> kills = 0;
  std::vector<std::string> endings;
};

TEST_F(Runs, GivesNothingIfTheRightEndedBeforeItWasGuarded) {
  Permit stale = permit("ada");
  revoke();
  Guard guard = start(std::move(stale), std::make_unique<Endless>());
  EXPECT_TRUE(guard.cut.stop_requested());
  EXPECT_EQ(guard.rows->next({}).error().code, Code::denied);
  EXPECT_EQ(endings, std::vector<std::string>{"revoked"});
  EXPECT_EQ(kills, 1);
}

TEST_F(Runs, IsCutBeforeARevocationIsAcknowledged) {
  Guard guard = start("ada");
  ASSERT_TRUE(guard.rows->next({}));
  revoke();
  EXPECT_TRUE(guard.cut.stop_requested());
  EXPECT_EQ(kills, 1);
  const auto after = guard.rows->next({});
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, Code::denied);
  EXPECT_EQ(endings, std::vector<std::string>{"revoked"});
}

TEST_F(Runs, IsCutWhileItsLastRowsAreStillOnTheirWayToTheClient) {
  Guard guard = start("ada", [] {});
  const PrincipalId ada = context("ada").who.id;
  guard.rows.reset();
  EXPECT_TRUE(running.of(ada).empty());
  EXPECT_EQ(running.count(), 0U);
  EXPECT_FALSE(running.cancel(last, ada)) << "there is nothing left to cancel";
  EXPECT_FALSE(guard.cut.stop_requested());
  revoke();
  EXPECT_TRUE(guard.cut.stop_requested());
  EXPECT_EQ(kills, 0) << "the worker serves somebody else by now";
}

TEST_F(Runs, IsForgottenOnceItsAnswerHasLeft) {
  Guard guard = start("ada");
  guard.rows.reset();
  guard.held.reset();
  revoke();
  EXPECT_FALSE(guard.cut.stop_requested());
}

TEST_F(Runs, KeepsBackRowsThatWereOnTheirWayWhenTheRightEnded) {
  Guard guard = start("ada", [this] { revoke(); });
  const auto rows = guard.rows->next({});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, Code::denied);
  EXPECT_EQ(kills, 1);
}

TEST_F(Runs, IsCutWhenTheWindowEnds) {
  Guard guard = start("ada");
  clock.advance(std::chrono::hours(1) - Micros{1});
  live.read([&](const View& view) {
    running.recheck(view, clock.now());
    return 0;
  });
  ASSERT_TRUE(guard.rows->next({}));
  clock.advance(Micros{1});
  // Nobody commits: the follower looks by itself.
  for (int i = 0; i < 100 && !guard.cut.stop_requested(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_TRUE(guard.cut.stop_requested());
  EXPECT_EQ(guard.rows->next({}).error().code, Code::denied);
}

TEST_F(Runs, IsCutWhenItsPrincipalIsSwitchedOff) {
  Guard guard = start("ada");
  ASSERT_TRUE(disable_principal(context("admin"), live, world, {.name = "ada", .disabled = true}));
  EXPECT_FALSE(guard.rows->next({}));
  EXPECT_EQ(kills, 1);
}

TEST_F(Runs, GoesOnWhenSomethingElseChanges) {
  Guard guard = start("ada");
  Guard owners = start("olga");
  people({"eve"});
  revoke();
  EXPECT_FALSE(guard.rows->next({}));
  EXPECT_TRUE(owners.rows->next({}));
  EXPECT_FALSE(owners.cut.stop_requested());
}

TEST_F(Runs, IsCancelledByItsOwnerOnly) {
  Guard guard = start("ada");
  EXPECT_EQ(running.cancel(last, context("bob").who.id).error(),
            running.cancel(QueryId{{9, 9}}, context("bob").who.id).error());
  EXPECT_EQ(running.cancel(last, context("admin").who.id).error().code, Code::not_found);
  EXPECT_TRUE(running.of(context("bob").who.id).empty());
  ASSERT_EQ(running.of(context("ada").who.id).size(), 1U);
  ASSERT_TRUE(guard.rows->next({}));
  ASSERT_TRUE(running.cancel(last, context("ada").who.id));
  EXPECT_EQ(guard.rows->next({}).error().code, Code::unavailable);
  EXPECT_EQ(endings, std::vector<std::string>{"cancelled"});
  (void)running.cancel(last, context("ada").who.id);
  EXPECT_EQ(kills, 1);
}

TEST_F(Runs, TellsOnceHowItEnded) {
  struct Short : Source {
    int left = 2;
    Result<std::optional<Chunk>> next(Want) override {
      return left-- > 0 ? std::optional(Chunk{"row", 1}) : std::optional<Chunk>();
    }
  };
  struct Broken : Source {
    explicit Broken(Error error) : error(std::move(error)) {}
    Result<std::optional<Chunk>> next(Want) override { return std::unexpected(error); }
    Error error;
  };
  const auto breaks = [&](Error error) {
    EXPECT_FALSE(start(permit("ada"), std::make_unique<Broken>(std::move(error))).rows->next({}));
  };
  {
    Guard guard = start(permit("ada"), std::make_unique<Short>());
    while (*guard.rows->next({})) {
    }
  }
  breaks({Code::unavailable, "the worker died", {}});
  breaks({Code::exhausted, "too many rows", {}});
  {
    const Guard dropped = start("ada");
  }
  EXPECT_EQ(endings, (std::vector<std::string>{"ok", "failed", "limit", "dropped"}));
  EXPECT_EQ(running.count(), 0U);
}

TEST_F(Runs, EndsAllWhenTheServerStops) {
  Guard one = start("ada");
  Guard two = start("olga");
  running.cut_all({Code::unavailable, "the server stops", {}});
  EXPECT_FALSE(one.rows->next({}));
  EXPECT_FALSE(two.rows->next({}));
  EXPECT_EQ(kills, 2);
}

// Readers pull and drop, one thread cancels, one looks, one grants and revokes: for the thread
// sanitizer, and to see that nothing is given once a revocation is acknowledged.
TEST_F(Runs, SurvivesEverythingAtOnce) {
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> pulled = 0;
  std::mutex mutex;
  std::vector<QueryId> ids;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t)
      threads.emplace_back([&] {
        const Permit mine = permit("olga");
        while (!stop) {
          Work work{.id = new_id<QueryId>(clock.now()),
                    .who = mine.decision().ask.who,
                    .credential = {},
                    .started = clock.now(),
                    .permits = {mine},
                    .ports = {},
                    .counters = {},
                    .kill = [this] { ++kills; },
                    .end = [](const Ending&) {}};
          {
            const std::lock_guard lock(mutex);
            ids.push_back(work.id);
          }
          Guard guard =
              running.guard(live, clock.now(), std::move(work), std::make_unique<Endless>());
          for (int i = 0; i < 20 && guard.rows->next({}); ++i) ++pulled;
        }
      });
    threads.emplace_back([&] {
      const PrincipalId olga = context("olga").who.id;
      while (!stop) {
        QueryId id;
        {
          const std::lock_guard lock(mutex);
          if (!ids.empty()) id = ids.back();
        }
        (void)running.cancel(id, olga);
        (void)running.of(olga);
        std::this_thread::yield();
      }
    });
    for (int i = 0; i < 30; ++i) people({("p" + std::to_string(i)).c_str()});
    // On a busy machine the canceller may have been quicker each time.
    while (pulled == 0) std::this_thread::yield();
    stop = true;
  }
  EXPECT_EQ(running.count(), 0U);
}

}  // namespace
}  // namespace hansa::service
