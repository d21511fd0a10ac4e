// The sender against a network that fails as a test says, and a policy that changes meanwhile.
#include "service/sending.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <set>

#include "service/channels.h"
#include "service/house_test.h"
#include "service/step/outbox.h"

namespace hansa::service {
namespace {

using store::DeliveryState;

struct FakeOutbound : outbound::Outbound {
  Result<int> post(const outbound::Request& request) override {
    const std::lock_guard lock(mutex);
    posts.emplace_back(request.body);
    return answer();
  }
  Result<void> mail(const outbound::Mail& mail) override {
    const std::lock_guard lock(mutex);
    mails.push_back(mail.to);
    return {};
  }
  void stop() override {}

  std::mutex mutex;
  std::vector<std::string> posts, mails;
  std::function<Result<int>()> answer = [] { return 200; };
};

class SendingTest : public House {
 protected:
  SendingTest() { furnish(); }

  ChannelId channel(const char* who, const char* name, ChannelKind kind, const char* owner = "") {
    const char* at = kind == ChannelKind::mail ? "x@mail.example" : "https://a.example/x";
    const auto made = make_channel(context(who), live, world, sealer,
                                   {.name = name, .owner = owner, .kind = kind, .address = at});
    EXPECT_TRUE(made) << made.error().text;
    return made ? ChannelId{*parse_ulid(made->channel.id)} : ChannelId{};
  }
  ProductId product_id(const char* name) {
    return live.read([&](const View& view) {
      const auto* domain = view.mesh.named<Domain>(claim::domain("shows"));
      return view.mesh.named<Product>(claim::product(domain->id, name))->id;
    });
  }
  // Written with some change, as every message is.
  void tell(const Grantee& to, Ulid about) {
    store::Commit commit;
    commit.messages.push_back(
        message_to(context("admin"), to, about, "quality.failed", Json::Object{{"port", "p"}}));
    HANSA_ASSERT(store.commit(std::move(commit)).has_value());
  }
  Grantee user(const char* name) { return {GranteeKind::user, context(name).who.id.ulid}; }
  Grantee owners() {
    return {GranteeKind::team,
            live.read([](const View& view) { return view.mesh.named<Team>(claim::team("owners")); })
                ->id.ulid};
  }
  void round() {
    ASSERT_TRUE(route_messages(sender));
    ASSERT_TRUE(send_due(sender, {}));
  }
  std::vector<store::Delivery> log() { return *store.outbox().deliveries({}); }

  FakeOutbound out;
  Pool pool{{.threads = 2}};
  Sender sender{live, store.outbox(), {out, sealer, "hansa@mesh.example", "/acme"}, clock, {},
                pool};
};

TEST_F(SendingTest, WaitsLongerEachTimeAndGivesUpInTheEnd) {
  channel("ada", "talk", ChannelKind::slack);
  out.answer = [] { return 500; };
  tell(user("ada"), product_id("plays").ulid);
  round();
  EXPECT_EQ(log().at(0).state, DeliveryState::waiting);
  EXPECT_EQ(log().at(0).said, "HTTP 500");
  round();
  EXPECT_EQ(out.posts.size(), 1U) << "before its time";
  Micros last{0};
  while (log().at(0).state == DeliveryState::waiting) {
    const Micros wait = *log().at(0).due - clock.now();
    EXPECT_LE(wait, Micros(sender.persistence.longest));
    EXPECT_GE(wait * 4, std::min(last, Micros(sender.persistence.longest)));
    last = wait;
    clock.advance(wait);
    round();
  }
  EXPECT_EQ(log().at(0).state, DeliveryState::given_up);
  EXPECT_LE(log().at(0).last, log().at(0).message.at + Micros(sender.persistence.all));
  EXPECT_EQ(std::set(out.posts.begin(), out.posts.end()).size(), 1U) << "each time the same";
}

TEST_F(SendingTest, WhatIsRefusedForGoodIsGivenUp) {
  channel("ada", "talk", ChannelKind::slack);
  out.answer = [] { return 410; };
  tell(user("ada"), product_id("plays").ulid);
  round();
  EXPECT_EQ(log().at(0).state, DeliveryState::given_up);
  EXPECT_EQ(log().at(0).attempts, 1U);
}

TEST_F(SendingTest, OneThatWaitsHoldsBackItsRowAlone) {
  channel("ada", "talk", ChannelKind::slack);
  tell(user("ada"), product_id("plays").ulid);
  tell(user("ada"), product_id("plays").ulid);
  tell(user("ada"), context("ada").who.id.ulid);
  int calls = 0;
  out.answer = [&]() -> Result<int> { return ++calls <= 1 ? 503 : 200; };
  round();
  const auto count = [&](DeliveryState state) {
    return std::ranges::count(log(), state, &store::Delivery::state);
  };
  EXPECT_EQ(out.posts.size() - 1, static_cast<std::size_t>(count(DeliveryState::sent)));
  EXPECT_LE(out.posts.size(), 3U);
  EXPECT_GE(count(DeliveryState::waiting), 1);
  clock.advance(Micros(sender.persistence.first));
  round();
  EXPECT_EQ(count(DeliveryState::waiting), 0);
}

TEST_F(SendingTest, AChannelThatIsDownCostsItsTimeOnce) {
  channel("ada", "talk", ChannelKind::slack);
  Pool one({.threads = 1});
  Sender alone{live, store.outbox(), {out, sealer, "", "/acme"}, clock, {}, one};
  out.answer = [] { return 503; };
  for (std::uint64_t n = 1; n <= 10; ++n) tell(user("ada"), {9, n});
  ASSERT_TRUE(route_messages(alone));
  for (std::size_t attempt = 1; attempt <= 4; ++attempt) {
    ASSERT_TRUE(send_due(alone, {}));
    EXPECT_EQ(out.posts.size(), attempt);
    clock.advance(Micros(alone.persistence.first) * (1 << attempt));
  }
  out.answer = [] { return 200; };
  ASSERT_TRUE(send_due(alone, {}));
  EXPECT_EQ(*store.outbox().waiting(), 0U);
}

TEST_F(SendingTest, ATeamIsToldWhereItWantsElseItsMembers) {
  channel("olga", "inbox", ChannelKind::mail);
  tell(owners(), product_id("plays").ulid);
  round();
  EXPECT_EQ(out.mails.size(), 1U);
  channel("olga", "talk", ChannelKind::slack, "team:owners");
  tell(owners(), product_id("plays").ulid);
  round();
  EXPECT_EQ(out.mails.size(), 1U);
  EXPECT_EQ(out.posts.size(), 1U);
  // Whoever has no channel has the feed.
  tell(user("bob"), product_id("plays").ulid);
  round();
  EXPECT_EQ(*store.outbox().waiting(), 0U);
}

TEST_F(SendingTest, NobodyLearnsOfWhatTheyMayNotKnowWhenItIsSent) {
  ASSERT_TRUE(apply("olga", product("secret", "hidden")));
  const Ulid secret = product_id("secret").ulid;
  channel("ada", "talk", ChannelKind::slack);
  tell(user("ada"), secret);
  round();
  EXPECT_TRUE(out.posts.empty());
  EXPECT_TRUE(log().empty());
  // Known when it was routed, and not any more when it is sent.
  tell(user("ada"), product_id("plays").ulid);
  ASSERT_TRUE(route_messages(sender));
  ASSERT_TRUE(apply("olga", product("plays", "hidden")));
  ASSERT_TRUE(send_due(sender, {}));
  EXPECT_TRUE(out.posts.empty());
  ASSERT_EQ(log().size(), 1U);
  EXPECT_EQ(log()[0].state, DeliveryState::given_up);
  EXPECT_EQ(log()[0].attempts, 0U);
}

TEST_F(SendingTest, ARemovedChannelAndADisabledPersonGetNothing) {
  const ChannelId first = channel("ada", "talk", ChannelKind::slack);
  channel("bob", "talk", ChannelKind::slack);
  tell(user("ada"), product_id("plays").ulid);
  tell(user("bob"), product_id("plays").ulid);
  ASSERT_TRUE(route_messages(sender));
  ASSERT_TRUE(remove_channel(context("ada"), live, world, {to_text(first)}));
  ASSERT_TRUE(disable_principal(context("admin"), live, world, {"bob", true}));
  ASSERT_TRUE(send_due(sender, {}));
  EXPECT_TRUE(out.posts.empty());
  for (const store::Delivery& each : log()) EXPECT_EQ(each.state, DeliveryState::given_up);
}

TEST_F(SendingTest, WhatIsNotMarkedIsSentAgainUnderItsId) {
  channel("ada", "talk", ChannelKind::slack);
  tell(user("ada"), product_id("plays").ulid);
  ASSERT_TRUE(route_messages(sender));
  store.fail_at(1, store::Fault::lost);
  EXPECT_FALSE(send_due(sender, {}));
  store.fail_at(0);
  ASSERT_TRUE(send_due(sender, {}));
  ASSERT_EQ(out.posts.size(), 2U);
  EXPECT_EQ(out.posts[0], out.posts[1]);
}

TEST_F(SendingTest, AnEndOfTheProgramBeginsNothing) {
  channel("ada", "talk", ChannelKind::slack);
  tell(user("ada"), product_id("plays").ulid);
  ASSERT_TRUE(route_messages(sender));
  std::stop_source stop;
  stop.request_stop();
  ASSERT_TRUE(send_due(sender, stop.get_token()));
  EXPECT_TRUE(out.posts.empty());
  EXPECT_EQ(log()[0].state, DeliveryState::waiting);
}

struct Gathering : SendingTest {
  ChannelId with_rhythm(const char* name, ChannelKind kind, api::RhythmView rhythm) {
    const ChannelId id = channel("ada", name, kind);
    const auto set = set_rhythm(context("ada"), live, world, {to_text(id), std::move(rhythm)});
    EXPECT_TRUE(set) << set.error().text;
    return id;
  }
  void tell_of(Ulid about, const char* type) {
    store::Commit commit;
    commit.messages.push_back(
        message_to(context("admin"), user("ada"), about, type, Json::Object{{"port", type}}));
    HANSA_ASSERT(store.commit(std::move(commit)).has_value());
  }
  void rounds() {
    for (int i = 0; i < 3; ++i) round();
  }
};

TEST_F(Gathering, SeveralBecomeOneDigest) {
  with_rhythm("talk", ChannelKind::slack,
              {.digest = DigestEvery::daily, .at = {}, .quiet = {}, .zone = {}});
  tell_of(product_id("plays").ulid, "quality.failed");
  tell_of(product_id("plays").ulid, "version.deprecated");
  tell_of(product_id("payouts").ulid, "version.extended");
  rounds();
  EXPECT_TRUE(out.posts.empty());
  clock.advance(std::chrono::hours(24));
  // Made since the digest was due: it is of the next one.
  tell_of(product_id("payouts").ulid, "issue.raised");
  out.answer = [] { return 503; };
  rounds();
  out.answer = [] { return 200; };
  clock.advance(Micros(sender.persistence.first));
  rounds();
  ASSERT_EQ(out.posts.size(), 2U);
  EXPECT_EQ(out.posts[0], out.posts[1]) << "again the same, under one id";
  EXPECT_TRUE(out.posts[0].contains("3 messages"));
  for (const store::Delivery& each : log()) {
    const bool next = each.message.type == "issue.raised";
    EXPECT_EQ(each.state, next ? DeliveryState::waiting : DeliveryState::sent);
    EXPECT_NE(next, out.posts[0].contains(to_text(each.message.id)));
  }
  EXPECT_LT(out.posts[0].find("checks"), out.posts[0].find("will end on"));
}

// More is due than is looked at together, of many channels in turn: each gets its one digest.
TEST_F(Gathering, ADigestIsWholeHoweverMuchElseIsDue) {
  constexpr int kChannels = 8;
  constexpr int kSubjects = 70;
  std::string products;
  for (int i = 0; i < kSubjects; ++i) products += product(fmt::format("p{}", i), "open");
  ASSERT_TRUE(apply("olga", products));
  for (int i = 0; i < kChannels; ++i)
    with_rhythm(fmt::format("talk{}", i).c_str(), ChannelKind::slack,
                {.digest = DigestEvery::daily, .at = {}, .quiet = {}, .zone = {}});
  for (const char* type : {"version.deprecated", "version.extended"})
    for (int i = 0; i < kSubjects; ++i)
      tell_of(product_id(fmt::format("p{}", i).c_str()).ulid, type);
  rounds();
  EXPECT_TRUE(out.posts.empty());
  clock.advance(std::chrono::hours(24));
  for (int i = 0; i < 4; ++i) rounds();
  ASSERT_EQ(out.posts.size(), 2U * kChannels) << "a hundred each, and what is left";
  const auto count = [&](std::string_view text) {
    return std::ranges::count_if(out.posts, [&](const auto& each) { return each.contains(text); });
  };
  EXPECT_EQ(count("100 messages"), kChannels);
  EXPECT_EQ(count("40 messages"), kChannels);
  EXPECT_EQ(*store.outbox().waiting(), 0U);
}

TEST_F(Gathering, WhatIsUrgentTakesWhatStandsBeforeItAlong) {
  with_rhythm("talk", ChannelKind::slack,
              {.digest = DigestEvery::weekly, .at = {}, .quiet = {}, .zone = {}});
  tell_of(product_id("plays").ulid, "version.deprecated");
  tell_of(product_id("payouts").ulid, "version.deprecated");
  rounds();
  tell_of(product_id("plays").ulid, "version.retired");
  tell_of(product_id("plays").ulid, "version.restored");
  rounds();
  ASSERT_EQ(out.posts.size(), 2U) << "in their order, and nothing else";
  EXPECT_TRUE(out.posts[0].contains("will end on"));
  EXPECT_TRUE(out.posts[1].contains("is retired"));
  EXPECT_EQ(*store.outbox().waiting(), 2U);
}

TEST_F(Gathering, QuietHoursEnd) {
  // It is night for 12 hours around now, wherever the clock stands.
  const auto hour = static_cast<int>(clock.now().us / 3'600'000'000 % 24);
  const auto text = [](int h) { return std::string(1, '0' + h / 10) + char('0' + h % 10) + ":00"; };
  const ChannelId id = with_rhythm("talk", ChannelKind::slack,
                                   {.digest = {},
                                    .at = {},
                                    .quiet = text(hour) + "-" + text((hour + 12) % 24),
                                    .zone = "+00:00"});
  tell_of(product_id("plays").ulid, "version.deprecated");
  rounds();
  EXPECT_TRUE(out.posts.empty());
  EXPECT_EQ(log()[0].attempts, 0U);
  tell_of(product_id("payouts").ulid, "incident.opened");
  rounds();
  EXPECT_EQ(out.posts.size(), 1U);
  clock.advance(std::chrono::hours(12));
  rounds();
  EXPECT_EQ(out.posts.size(), 2U);
  // And whoever wants everything at once again has not to wait.
  clock.advance(std::chrono::hours(12));
  tell_of(product_id("plays").ulid, "version.changed");
  rounds();
  EXPECT_EQ(out.posts.size(), 2U);
  ASSERT_TRUE(set_rhythm(context("ada"), live, world, {to_text(id), {}}));
  rounds();
  EXPECT_EQ(out.posts.size(), 3U);
}

TEST_F(Gathering, HasItsTimeFromWhenItMaySend) {
  with_rhythm("talk", ChannelKind::slack,
              {.digest = DigestEvery::weekly, .at = {}, .quiet = {}, .zone = {}});
  tell_of(product_id("plays").ulid, "version.deprecated");
  rounds();
  ASSERT_TRUE(log()[0].due);
  clock.advance(*log()[0].due - clock.now());
  out.answer = [] { return 503; };
  rounds();
  EXPECT_EQ(log()[0].state, DeliveryState::waiting) << "however long it was held back";
}

TEST_F(Gathering, RefusesWhatIsNoRhythm) {
  const ChannelId hook = channel("ada", "hook", ChannelKind::webhook);
  const ChannelId talk = channel("ada", "talk", ChannelKind::slack);
  const auto set = [&](const char* who, ChannelId id, api::RhythmView rhythm) {
    const auto done = set_rhythm(context(who), live, world, {to_text(id), std::move(rhythm)});
    return done ? Code::internal : done.error().code;
  };
  EXPECT_EQ(set("bob", talk, {}), Code::not_found);
  EXPECT_EQ(set("ada", hook, {.digest = DigestEvery::daily, .at = {}, .quiet = {}, .zone = {}}),
            Code::invalid);
  for (const char* at : {"8:00", "24:00", "08:60", "08-00", "08:00 ", "0800"})
    EXPECT_EQ(set("ada", talk, {.digest = DigestEvery::daily, .at = at, .quiet = {}, .zone = {}}),
              Code::invalid)
        << at;
  for (const char* quiet :
       {"22:00", "22:00-22:00", "22:00-7:00", "22:00 07:00", "-", "22:00-07:00x"})
    EXPECT_EQ(set("ada", talk, {.digest = {}, .at = {}, .quiet = quiet, .zone = {}}), Code::invalid)
        << quiet;
  for (const char* zone : {"Europe/Berlin", "+14:01", "02:00", "+2:00", "CET"})
    EXPECT_EQ(set("ada", talk, {.digest = {}, .at = {}, .quiet = {}, .zone = zone}), Code::invalid)
        << zone;
  EXPECT_EQ(set("ada", talk, {.digest = {}, .at = "08:00", .quiet = {}, .zone = {}}),
            Code::invalid);
  EXPECT_EQ(
      set("ada", talk,
          {.digest = DigestEvery::daily, .at = "23:59", .quiet = "00:00-23:59", .zone = "-14:00"}),
      Code::internal);
}

TEST(WaitAfter, IsBetweenHalfAndAll) {
  const Persistence persistence;
  EXPECT_EQ(wait_after(persistence, 1, 0), Micros(Seconds(5)));
  EXPECT_GT(wait_after(persistence, 1, UINT64_MAX), Micros(Seconds(5)) / 2 - Micros(1));
  EXPECT_EQ(wait_after(persistence, 2, 0), Micros(Seconds(10)));
  EXPECT_EQ(wait_after(persistence, 4'000'000'000, 0), Micros(Seconds(3'600)));
}

}  // namespace
}  // namespace hansa::service
