// Passwords and tokens over their life, and what guards passwords against being tried out.
#include <future>
#include <thread>

#include "base/limits.h"
#include "service/house_test.h"

namespace hansa::service {
namespace {

const std::string kPassword = "correct horse battery";
constexpr Time kNow{1'000'000'000};

class Credentials : public House {
 public:
  Result<api::Nothing> set(const char* who, std::string password, std::string old = {}) {
    return set_password(context(who), live, world, sign_ins,
                        {.name = "ada", .password = std::move(password), .old = std::move(old)});
  }
  Result<api::Token> enter(std::string password, std::string peer = {}) {
    Context nobody = context("");
    nobody.who.peer = std::move(peer);
    return sign_in(nobody, live, world, sealer, sign_ins,
                   {.name = "ada", .password = std::move(password)});
  }
  std::size_t credentials() {
    return live.read([](const View& view) { return view.mesh.all<Credential>().size(); });
  }
};

TEST_F(Credentials, NeedThePasswordBeforeButFromAnAdministrator) {
  people({"ada"});
  ASSERT_TRUE(set("ada", kPassword)) << "the first one needs none";
  EXPECT_EQ(set("ada", kPassword + " two").error().code, Code::denied);
  EXPECT_EQ(set("ada", kPassword + " two", "not it").error().code, Code::denied);
  EXPECT_TRUE(enter(kPassword)) << "nothing was changed";
  ASSERT_TRUE(set("ada", kPassword + " two", kPassword));
  EXPECT_EQ(enter(kPassword).error().code, Code::denied);
  EXPECT_TRUE(enter(kPassword + " two"));
  ASSERT_TRUE(set("admin", kPassword));
  EXPECT_TRUE(enter(kPassword));
}

TEST_F(Credentials, ANewPasswordEndsTheSessionsOfTheOldOne) {
  people({"ada", "bob"});
  ASSERT_TRUE(set("ada", kPassword));
  const auto mine = enter(kPassword), theirs = enter(kPassword);
  const auto program = create_token(context("ada"), live, world, sealer,
                                    {.name = "ada", .label = "airflow", .expires = {}});
  ASSERT_TRUE(mine && theirs && program);
  Context here = context("ada");
  here.who.credential = {*parse_ulid(mine->id)};
  ASSERT_TRUE(set_password(here, live, world, sign_ins,
                           {.name = "ada", .password = kPassword + " two", .old = kPassword}));
  const auto good = [&](const api::Token& token) {
    return live.read([&](const View& view) {
      return !view.mesh.find<Credential>(*parse_ulid(token.id))->revoked;
    });
  };
  EXPECT_TRUE(good(*mine)) << "it changed the password";
  EXPECT_FALSE(good(*theirs));
  EXPECT_TRUE(good(*program)) << "nobody signs in with it";
  // An administrator ends all of them.
  ASSERT_TRUE(set("admin", kPassword));
  EXPECT_FALSE(good(*mine));
}

TEST_F(Credentials, OfTwoFirstPasswordsAtOnceOneWins) {
  people({"ada"});
  for (int round = 0; round < 5; ++round) {
    const std::string name = "user" + std::to_string(round);
    people({name.c_str()});
    const auto one_of = [&](const std::string& password) {
      return std::async(std::launch::async, [this, name, password] {
        const Context self = context(name);
        return set_password(self, live, world, sign_ins, {.name = name, .password = password})
            .has_value();
      });
    };
    auto one = one_of(kPassword + " one");
    auto two = one_of(kPassword + " two");
    const bool first = one.get();
    const bool second = two.get();
    EXPECT_NE(first, second);
    const auto signs_in = [&](const char* ending) {
      return sign_in(context(""), live, world, sealer, sign_ins,
                     {.name = name, .password = kPassword + ending})
          .has_value();
    };
    EXPECT_EQ(signs_in(" one"), first);
    EXPECT_EQ(signs_in(" two"), second);
  }
}

TEST_F(Credentials, WrongPasswordsOfOneNameAreCountedForKnownAndUnknownAlike) {
  people({"ada"});
  ASSERT_TRUE(set("admin", kPassword));
  for (std::size_t i = 0; i < limits::attempts_per_name_max; ++i) {
    EXPECT_TRUE(enter(kPassword, "right " + std::to_string(i))) << "those that are right are free";
    EXPECT_EQ(enter("wrong", "wrong " + std::to_string(i)).error().code, Code::denied);
  }
  const Error full = enter("wrong", "another").error();
  EXPECT_EQ(full.code, Code::exhausted);
  EXPECT_EQ(full.wait_s, std::chrono::seconds(limits::attempts_window).count());
  EXPECT_EQ(enter(kPassword, "another").error(), full) << "a right guess is not told either";
  Context nobody = context("");
  for (std::size_t i = 0; i < limits::attempts_per_name_max; ++i)
    EXPECT_EQ(sign_in(nobody, live, world, sealer, sign_ins, {.name = "who", .password = "x"})
                  .error()
                  .code,
              Code::denied);
  EXPECT_EQ(
      sign_in(nobody, live, world, sealer, sign_ins, {.name = "who", .password = "x"}).error(),
      full);
  clock.advance(limits::attempts_window - Micros{1});
  EXPECT_EQ(enter(kPassword).error().code, Code::exhausted);
  clock.advance(Micros{1});
  EXPECT_TRUE(enter(kPassword));
}

TEST_F(Credentials, AGuessAtTheOldPasswordCountsAsWell) {
  people({"ada"});
  ASSERT_TRUE(set("ada", kPassword));
  for (std::size_t i = 0; i < limits::attempts_per_name_max; ++i)
    EXPECT_EQ(set("ada", kPassword, "guess").error().code, Code::denied);
  EXPECT_EQ(set("ada", kPassword, kPassword).error().code, Code::exhausted);
}

TEST(SignIns, CountsAnAddressWhateverTheName) {
  SignIns sign_ins;
  for (std::size_t i = 0; i < limits::attempts_per_address_max; ++i)
    ASSERT_TRUE(sign_ins.attempt("name" + std::to_string(i), "10.0.0.1", kNow)) << i;
  EXPECT_EQ(sign_ins.attempt("fresh", "10.0.0.1", kNow).error().code, Code::exhausted);
  EXPECT_TRUE(sign_ins.attempt("fresh", "10.0.0.2", kNow));
  sign_ins.was_right("name0", "10.0.0.1");
  EXPECT_TRUE(sign_ins.attempt("fresh", "10.0.0.1", kNow));
  EXPECT_TRUE(sign_ins.attempt("fresh", "10.0.0.1", kNow + limits::attempts_window));
}

TEST(SignIns, RemembersOnlySoMany) {
  Attempts attempts(1);
  for (std::size_t i = 0; i < limits::attempts_remembered_max; ++i)
    ASSERT_EQ(attempts.take(std::to_string(i), kNow).count(), 0);
  EXPECT_EQ(attempts.size(), limits::attempts_remembered_max);
  EXPECT_GT(attempts.take("0", kNow).count(), 0);
  EXPECT_EQ(attempts.take("one more", kNow).count(), 0);
  EXPECT_EQ(attempts.size(), limits::attempts_remembered_max);
  EXPECT_EQ(attempts.take("0", kNow).count(), 0) << "the oldest is forgotten";
  EXPECT_EQ(attempts.take("last", kNow + limits::attempts_window).count(), 0);
  EXPECT_EQ(attempts.size(), 1U);
}

TEST(SignIns, LetsSoManyHashAtOnceAndSoManyWait) {
  SignIns sign_ins;
  std::vector<SignIns::Turn> turns;
  for (std::size_t i = 0; i < limits::password_checks_max; ++i) {
    auto turn = sign_ins.turn();
    ASSERT_TRUE(turn);
    turns.push_back(*std::move(turn));
  }
  // All that may wait do so; the first who leaves lets one of them in, the rest are told to come
  // back.
  std::vector<std::future<bool>> waiting;
  for (std::size_t i = 0; i < limits::password_checks_waiting_max; ++i)
    waiting.push_back(std::async(std::launch::async, [&] { return sign_ins.turn().has_value(); }));
  while (sign_ins.waiting() < limits::password_checks_waiting_max) std::this_thread::yield();
  const auto refused = sign_ins.turn();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::exhausted);
  EXPECT_EQ(refused.error().wait_s, 1U);
  turns.clear();
  for (auto& each : waiting) EXPECT_TRUE(each.get());
  EXPECT_TRUE(sign_ins.turn());
}

TEST_F(Credentials, EndedTokensAreRemovedOnceTheyGather) {
  people({"ada", "bob"});
  const auto make = [&](const char* who, std::optional<Time> expires) {
    return create_token(context(who), live, world, sealer,
                        {.name = who, .label = "job", .expires = expires});
  };
  const Time soon = clock.now() + std::chrono::hours(1);
  const std::size_t before = credentials();
  ASSERT_TRUE(make("bob", std::nullopt));
  for (std::size_t i = 0; i < limits::ended_tokens_kept_max - 1; ++i)
    ASSERT_TRUE(make("ada", soon));
  clock.advance(std::chrono::hours(1));
  ASSERT_TRUE(make("bob", std::nullopt));
  EXPECT_EQ(credentials(), before + limits::ended_tokens_kept_max + 1) << "they have not gathered";
  const auto last = make("bob", std::nullopt);
  ASSERT_TRUE(revoke_token(context("bob"), live, world, {.name = "bob", .id = last->id}));
  const auto kept = make("bob", std::nullopt);
  EXPECT_EQ(credentials(), before + 3) << "what ended has gone, whose it may be";
  EXPECT_TRUE(authenticate(live, kept->token, clock.now()));
  EXPECT_FALSE(authenticate(live, last->token, clock.now()));
}

TEST_F(Credentials, OnePrincipalHasOnlySoManyGoodTokens) {
  people({"ada", "bob"});
  const auto make = [&](const char* who) {
    return create_token(context(who), live, world, sealer,
                        {.name = who, .label = "job", .expires = {}});
  };
  for (std::size_t i = 0; i < limits::tokens_per_principal_max; ++i) ASSERT_TRUE(make("ada")) << i;
  EXPECT_EQ(make("ada").error().code, Code::exhausted);
  EXPECT_TRUE(make("bob"));
  const auto page = *list_tokens(context("ada"), live, {.name = "ada", .paging = {.limit = 1}});
  ASSERT_TRUE(
      revoke_token(context("ada"), live, world, {.name = "ada", .id = page.items.front().id}));
  EXPECT_TRUE(make("ada"));
}

}  // namespace
}  // namespace hansa::service
