// Links that answer: once, for whom they were sent to, until they are over; and nothing else does.
#include "service/answer_links.h"

#include <algorithm>

#include "service/channels.h"
#include "service/deprecation.h"
#include "service/publish_house_test.h"
#include "service/retirement.h"
#include "service/step/answer_link.h"

namespace hansa::service {
namespace {

class AnswerLinks : public Publish {
 protected:
  static constexpr std::chrono::hours kDay{24};

  AnswerLinks() {
    const PortId id = live.read(
        [&](const View& view) { return view.mesh.port(*parse_port_ref("shows/plays"))->id; });
    for (const char* who : {"ada", "bob"}) {
      auto ticket = store.count({.all = {{.port = id,
                                          .who = context(who).who.id,
                                          .makes = {},
                                          .columns = {"a"},
                                          .at = clock.now(),
                                          .client = "test"}}});
      HANSA_ASSERT(ticket && (*ticket)->durable());
    }
    clock.advance(kDay);
    HANSA_ASSERT(deprecate(context("olga"), live, world, rules,
                           {.port = "shows/plays@1",
                            .use = {},
                            .until = clock.now() + 60 * kDay,
                            .why = "w",
                            .renamed = {},
                            .override_ = false})
                     .has_value());
  }
  ChannelId inbox(const char* who) {
    const auto made = make_channel(context(who), live, world, sealer,
                                   {.name = "inbox",
                                    .owner = {},
                                    .kind = ChannelKind::mail,
                                    .address = std::string(who) + "@mail.example"});
    HANSA_ASSERT(made.has_value());
    return {*parse_ulid(made->channel.id)};
  }
  Migration notice(const char* who) {
    const Ulid id = context(who).who.id.ulid;
    return live.read([&](const View& view) {
      for (const auto& [each, entry] : view.mesh.all<Migration>())
        if (entry.noun->consumer.id == id) return *entry.noun;
      return Migration{};
    });
  }
  std::string token(const AnswerLink& link) {
    return token_of(link, sealer.derive(answer_link_purpose));
  }
  AnswerLink link(const char* who, ChannelId channel, Answer answer = Answer::moved) {
    return {.message = new_ulid(clock.now()),
            .channel = channel,
            .notice = notice(who).id,
            .answer = answer,
            .expires = clock.now() + answer_link_lasts};
  }
  // As nobody: without signing in.
  Result<LinkShown> use(const std::string& text, std::optional<Time> until = {},
                        const std::string& words = {}) {
    return use_link(context("nobody"), live, world, sealer, text, until, words);
  }
  Code refusal(const std::string& text) {
    const auto looked = look_at_link(context("nobody"), live, sealer, text);
    const auto used = use(text);
    EXPECT_FALSE(used);
    EXPECT_FALSE(looked);
    if (used || looked) return Code::internal;
    EXPECT_EQ(looked.error().code, used.error().code);
    return used.error().code;
  }
};

TEST_F(AnswerLinks, AnswerOnceAndSayHow) {
  const ChannelId channel = inbox("ada");
  const std::string text = token(link("ada", channel));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(look_at_link(context("nobody"), live, sealer, text));
  EXPECT_EQ(notice("ada").answer, Answer::none);
  const auto used = use(text);
  ASSERT_TRUE(used) << used.error().text;
  EXPECT_EQ(notice("ada").answer, Answer::moved);
  EXPECT_EQ(notice("ada").answered_by, context("ada").who.id);
  EXPECT_EQ(notice("ada").answered_via, "a link mailed to inbox of ada");
  EXPECT_EQ(notice("bob").answer, Answer::none);
  EXPECT_EQ(refusal(text), Code::blocked);
  // Another one of the same mail is another one.
  EXPECT_TRUE(use(token(link("ada", channel, Answer::needs_until)), clock.now() + 5 * kDay));
  EXPECT_EQ(notice("ada").answer, Answer::needs_until);
}

TEST_F(AnswerLinks, AreForTheirRecipientAlone) {
  const ChannelId ada = inbox("ada");
  const ChannelId olga = inbox("olga");
  EXPECT_EQ(refusal(token(link("bob", ada))), Code::blocked) << "ada does not answer for bob";
  EXPECT_EQ(refusal(token(link("ada", olga))), Code::blocked);
  AnswerLink none = link("ada", ada);
  none.notice = {{7, 7}};
  EXPECT_EQ(refusal(token(none)), Code::blocked);
  const auto team = make_channel(context("olga"), live, world, sealer,
                                 {.name = "all",
                                  .owner = "team:owners",
                                  .kind = ChannelKind::mail,
                                  .address = "all@mail.example"});
  ASSERT_TRUE(team);
  EXPECT_EQ(refusal(token(link("ada", {*parse_ulid(team->channel.id)}))), Code::blocked);
  const std::string removed = token(link("ada", ada));
  ASSERT_TRUE(remove_channel(context("ada"), live, world, {to_text(ada)}));
  EXPECT_EQ(refusal(removed), Code::blocked);
  const std::string shut = token(link("ada", inbox("ada")));
  ASSERT_TRUE(disable_principal(context("admin"), live, world, {"ada", true}));
  EXPECT_EQ(refusal(shut), Code::blocked);
  EXPECT_EQ(notice("ada").answer, Answer::none);
}

TEST_F(AnswerLinks, AreOverAfterTheirTimeAndTheVersions) {
  const ChannelId channel = inbox("ada");
  AnswerLink late = link("ada", channel);
  late.expires = clock.now();
  EXPECT_EQ(refusal(token(late)), Code::blocked);
  late.expires = clock.now() + Micros(1);
  EXPECT_TRUE(use(token(late)));
  const std::string fresh = token(link("ada", channel));
  rules.quiet = Seconds(0);
  ASSERT_TRUE(retire_version(context("olga"), live, world, rules, {"shows", "plays@1", true, "w"}));
  EXPECT_EQ(refusal(fresh), Code::blocked);
  ASSERT_TRUE(restore_version(context("olga"), live, world, rules, {"shows", "plays@1"}));
  ASSERT_TRUE(withdraw_deprecation(context("olga"), live, world, {"shows", "plays@1"}));
  EXPECT_EQ(refusal(fresh), Code::blocked);
}

TEST_F(AnswerLinks, AreNotToBeMade) {
  const AnswerLink real = link("ada", inbox("ada"));
  const std::string text = token(real);
  const auto key = sealer.derive(answer_link_purpose);
  const Sealer other{Secret<std::string>(std::string(32, 'x'))};
  EXPECT_EQ(refusal(token_of(real, other.derive(answer_link_purpose))), Code::not_found);
  EXPECT_EQ(refusal(""), Code::not_found);
  EXPECT_EQ(refusal(text + "A"), Code::not_found);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    ASSERT_NE(link_of(changed, key), real) << i;
    ASSERT_FALSE(link_of(text.substr(0, i), key)) << i;
  }
  EXPECT_EQ(link_of(text, key), real);
}

TEST_F(AnswerLinks, TakeNoMoreThanSigningInDoes) {
  const ChannelId channel = inbox("ada");
  const std::string text = token(link("ada", channel, Answer::needs_until));
  EXPECT_EQ(use(text).error().code, Code::invalid);
  EXPECT_EQ(use(text, clock.now()).error().code, Code::invalid);
  EXPECT_EQ(use(text, clock.now() + 9 * kDay, std::string(501, 'w')).error().code, Code::invalid);
  EXPECT_EQ(use(text, clock.now() + 9 * kDay, "a\r\nb").error().code, Code::invalid);
  EXPECT_TRUE(use(text, clock.now() + 9 * kDay, "w")) << "what was refused used nothing up";
  EXPECT_EQ(use(token(link("ada", channel)), clock.now() + kDay).error().code, Code::invalid);
  EXPECT_EQ(use(token(link("ada", channel, Answer::question))).error().code, Code::invalid);
}

// Two who press the button at once: one answers.
TEST_F(AnswerLinks, AreUsedByOneOfTwoAtOnce) {
  const std::string text = token(link("ada", inbox("ada")));
  bool once = false;
  store.before = [&] {
    if (std::exchange(once, true)) return;
    EXPECT_TRUE(use(text));
  };
  const auto second = use(text);
  store.before = {};
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::blocked);
}

}  // namespace
}  // namespace hansa::service
