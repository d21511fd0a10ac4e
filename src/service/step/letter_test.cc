// What messages say, and that nothing somebody wrote is more than text in any channel.
#include "service/step/letter.h"

#include <gtest/gtest.h>

#include <set>

#include "base/json.h"
#include "base/text.h"
#include "service/step/render.h"

namespace hansa::service {
namespace {

constexpr std::string_view kEvil =
    "<b>&\"'\r\nBcc: eve@mail.example\r\n\r\n.\r\n<!channel> [x](y) \xE2\x80\xAE";

store::Message message(std::string_view why, std::string_view type = "version.deprecated") {
  return {.id = {1, 2},
          .to_kind = "user",
          .to = {3, 4},
          .about = {5, 6},
          .type = std::string(type),
          .at = Time{1'700'000'000'000'000},
          .facts = to_text(Json(Json::Object{{"port", "a/b@1"},
                                             {"by", "2027-01-01 00:00 UTC"},
                                             {"why", why},
                                             {"next", "hansa answer a/b@1 --moved"}}))};
}

std::string unfolded(std::string_view mail, std::string_view header) {
  std::string out;
  for (const std::string_view line : split(mail, '\n')) {
    const std::string_view bare = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    if (bare.empty()) break;
    if (!out.empty() && !bare.starts_with(' ')) break;
    if (bare.starts_with(header) || !out.empty()) out += bare;
  }
  return out;
}

TEST(Letter, SaysWhatItsFactsAre) {
  const Letter letter = letter_of(message("names are titles now"));
  EXPECT_EQ(letter.title, "a/b@1 will end on 2027-01-01 00:00 UTC");
  EXPECT_EQ(letter.next, "hansa answer a/b@1 --moved");
  EXPECT_EQ(letter.lines, (std::vector<Letter::Line>{{"Version", "a/b@1"},
                                                     {"Read until", "2027-01-01 00:00 UTC"},
                                                     {"Why", "names are titles now"}}));
  EXPECT_EQ(letter_of(message("x", "new.kind")).title, "new.kind");
}

TEST(Letter, HasOneLineAFactOfBoundedLength) {
  const Letter evil = letter_of(message(kEvil));
  EXPECT_FALSE(evil.lines[2].text.contains('\n') || evil.lines[2].text.contains('\r'));
  EXPECT_EQ(letter_of(message(std::string(1'000, 'x'))).lines[2].text.size(), 1'000U);
  const std::string cut = letter_of(message(std::string(999, 'x') + "\xC3\xA4")).lines[2].text;
  EXPECT_EQ(cut, std::string(999, 'x') + "...");
  store::Message broken = message("x");
  broken.facts = "no JSON";
  EXPECT_TRUE(letter_of(broken).lines.empty());
}

TEST(Render, AMailHasTheHeadersThatWereMeant) {
  store::Message evil = message(kEvil);
  evil.facts = to_text(Json(Json::Object{{"port", kEvil}, {"by", kEvil}}));
  const std::string mail = as_mail(letter_of(evil), "hansa@mesh.example", "ann@mail.example");
  std::set<std::string> names;
  const std::string head = mail.substr(0, mail.find("\r\n\r\n"));
  for (const std::string_view line : split(head, '\n'))
    if (!line.starts_with(' ')) names.emplace(line.substr(0, line.find(':')));
  EXPECT_EQ(names, (std::set<std::string>{"From", "To", "Subject", "Date", "Message-ID",
                                          "Auto-Submitted", "MIME-Version", "Content-Type"}));
  EXPECT_FALSE(mail.contains("\r\n.\r\n"));
  for (const std::string_view line : split(mail, '\n')) EXPECT_LE(line.size(), 999U);
  EXPECT_EQ(unfolded(mail, "Date"), "Date: Tue, 14 Nov 2023 22:13:20 +0000");
  EXPECT_EQ(unfolded(mail, "To"), "To: <ann@mail.example>");
}

TEST(Render, HtmlHoldsNoMarkupOfOthers) {
  const std::string html = as_html(letter_of(message(kEvil)));
  EXPECT_TRUE(html.contains("&lt;b&gt;&amp;&quot;&#39;")) << html;
  EXPECT_FALSE(html.contains("<b>"));
}

TEST(Render, SlackAndTeamsTakeTextAlone) {
  const auto slack = parse_json(as_slack(letter_of(message(kEvil))));
  ASSERT_TRUE(slack);
  EXPECT_FALSE(slack->find("text")->as_string()->contains('<'));
  EXPECT_TRUE(slack->find("text")->as_string()->contains("&lt;!channel&gt;"));
  EXPECT_EQ(*slack->find("mrkdwn")->as_bool(), false);
  const std::string card = as_teams(letter_of(message(kEvil)));
  ASSERT_TRUE(parse_json(card));
  EXPECT_FALSE(card.contains("\"TextBlock\""));
}

TEST(Render, SignsAsStandardWebhooksDo) {
  // The example of the specification's reference library.
  const std::vector<Secret<std::string>> secrets{
      Secret<std::string>("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
      Secret<std::string>("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx")};
  const auto headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", Time{1'614'265'330'000'000},
                                      R"({"test": 2432232314})", secrets);
  EXPECT_EQ(headers[0].second, "msg_p5jXN8AQM9LWM0D4loKWxJek");
  EXPECT_EQ(headers[1].second, "1614265330");
  EXPECT_TRUE(headers[2].second.starts_with("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,"))
      << headers[2].second;
}

TEST(Render, AnEventIsACloudEvent) {
  const auto event = parse_json(as_event(message("why"), "/mesh"));
  ASSERT_TRUE(event);
  EXPECT_EQ(*event->find("type")->as_string(), "hansa.version.deprecated");
  EXPECT_EQ(*event->find("id")->as_string(), to_text(Ulid{1, 2}));
  EXPECT_EQ(*event->find("data")->find("why")->as_string(), "why");
}

TEST(Letters, StatementsAndLinksAreText) {
  Letter letter = letter_of(message("w"));
  letter.statements = {{"You asked", "select '</pre><b>' -- <!channel>\nfrom a.b"}};
  letter.links = {{"I <moved>", "https://h.example/answer/a\"><script>"}};
  const std::string html = as_html(letter);
  EXPECT_TRUE(html.contains("&lt;/pre&gt;&lt;b&gt;")) << html;
  EXPECT_TRUE(html.contains("\nfrom a.b</pre>")) << html;
  EXPECT_FALSE(html.contains("<script>") || html.contains("<!channel>")) << html;
  EXPECT_EQ(html.find("\"><script"), std::string::npos) << html;
  const std::string plain = as_plain(letter);
  EXPECT_TRUE(plain.contains("-- <!channel>\nfrom a.b\n")) << "a comment ends where it ended";
  EXPECT_FALSE(as_slack(letter).contains("<!channel>"));
  EXPECT_TRUE(as_teams(letter).contains("from a.b"));
}

TEST(Letters, ADigestNamesAllAndIsTheSameForTheSame) {
  const store::Message one = message("w"), two = message("v");
  store::Message other = message("w");
  other.id = {1, 3};
  const Letter both = digest_of({&one, &other});
  EXPECT_EQ(both.lines.size(), 2U);
  EXPECT_EQ(both.title, "2 messages");
  EXPECT_TRUE(both.lines[1].text.contains(to_text(other.id)));
  EXPECT_EQ(both.id, digest_of({&two, &other}).id) << "of the ids";
  EXPECT_NE(both.id, digest_of({&other, &one}).id);
  store::Message evil = message(kEvil);
  evil.id = {1, 4};
  const Letter with_evil = digest_of({&one, &evil});
  EXPECT_FALSE(as_html(with_evil).contains("<b>"));
  EXPECT_EQ(with_evil.lines[1].text.find_first_of("\r\n"), std::string::npos);
}

}  // namespace
}  // namespace hansa::service
