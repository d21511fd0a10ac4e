#include "world/store/body/body.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/text.h"
#include "model/channel.h"
#include "model/checks.h"
#include "model/deletion.h"
#include "model/deprecation.h"
#include "model/derivation.h"
#include "model/domain.h"
#include "model/grant.h"
#include "model/incident.h"
#include "model/issue.h"
#include "model/mount.h"
#include "model/people.h"
#include "model/product.h"
#include "model/replay.h"
#include "model/slo.h"
#include "model/standard.h"
#include "model/subscription.h"

namespace hansa::store {
namespace {

constexpr Rev kRev{41};

Column column(std::string name, Type type) {
  return {.id = 3,
          .name = std::move(name),
          .type = std::move(type),
          .required = true,
          .description = "words"};
}

TableState state(Seq seq) {
  return {.metadata = *Location::parse("s3://ads-prod/tables/x/metadata/1.json"),
          .snapshot = -7,
          .operation = "append",
          .at = Time{-1'234'567},
          .by = {{2, 2}},
          .rows = UINT64_MAX,
          .bytes = 1,
          .files = 300,
          .made_by = {{"commit", "abc"}, {"job", ""}},
          .seq = seq,
          .made_of = {{.port = {{9, 9}},
                       .state = "12",
                       .demands = {Sensitivity::confidential, Closed::hidden}}}};
}

Grant grant(Seq seq) {
  return {.id = {{3, 3}},
          .number = 7,
          .product = {{4, 4}},
          .port = "plays",
          .majors = {1, 2},
          .grantee = {GranteeKind::service_account, {5, 5}},
          .scope = {.columns = {"day", "plays"},
                    .filter = *parse_predicate("country = 'SE'"),
                    .masks = {{"day", Mask::year}},
                    .conditions = {{"principal.kind", {"user"}}}},
          .state = GrantState::active,
          .purpose = "to count plays \xC3\xA9",
          .requested_by = {{6, 6}},
          .requested_at = Time{1},
          .decided_by = PrincipalId{{7, 7}},
          .decided_at = Time{2},
          .reason = "",
          .not_before = {},
          .until = Time{INT64_MAX},
          .steps = {{.act = GrantAct::approved, .by = {{7, 7}}, .at = Time{2}, .seq = seq}},
          .carried = {2},
          .prompted_at = Time{99}};
}

// One of each kind, every member with a value of its own.
std::vector<Noun> nouns() {
  const Type list{.kind = TypeKind::list,
                  .fields = {column("element", {.kind = TypeKind::int32, .fields = {}})}};
  const std::vector<Column> columns{
      column("a", {.kind = TypeKind::decimal, .precision = 9, .scale = 2, .fields = {}}),
      column("b", {.kind = TypeKind::structure, .fields = {column("c", list)}})};
  return {
      share(Organisation{.id = {{1, 1}}, .name = "o", .title = "O"}),
      share(Team{.id = {{1, 2}},
                 .name = "t",
                 .title = "T",
                 .description = "d",
                 .members = {{{9, 9}}},
                 .channels = {{"#a", "https://x", "slack", "issues"}},
                 .aliases = {"s"}}),
      share(Domain{.id = {{1, 3}},
                   .name = "d",
                   .title = "D",
                   .description = "x",
                   .owner = {{1, 2}},
                   .parent = DomainId{{1, 9}},
                   .visibility = Visibility::restricted,
                   .stewards = {{{9, 8}}},
                   .aliases = {"e", "f"}}),
      share(Account{.id = {{1, 4}},
                    .name = "a",
                    .domain = {{1, 3}},
                    .bucket = "a-prod",
                    .catalog = "c",
                    .quota_bytes = 1ULL << 40,
                    .aliases = {}}),
      share(Principal{.id = {{1, 5}},
                      .kind = PrincipalKind::role,
                      .name = "p",
                      .title = "P",
                      .organisation = {{9, 8}},
                      .administrator = true,
                      .disabled = true,
                      .belongs_to = {{{9, 7}}},
                      .team = TeamId{{1, 2}},
                      .aliases = {"q"}}),
      share(Credential{.id = {{1, 6}},
                       .kind = CredentialKind::password,
                       .principal = {{1, 5}},
                       .label = "l",
                       .lookup = "k",
                       .verifier = "v",
                       .sealed = "s",
                       .created = Time{5},
                       .expires = Time{6},
                       .revoked = true}),
      share(Product{.id = {{1, 7}},
                    .name = "p",
                    .domain = {{1, 3}},
                    .account = {{1, 4}},
                    .title = "T",
                    .description = "d",
                    .version = "1.0.0",
                    .status = "active",
                    .visibility = Visibility::restricted,
                    .hidden = true,
                    .tags = {"x"},
                    .inputs = {{"i", "1.0.0", "c"}},
                    .repository = "r",
                    .manifest = PackedText(std::string(300, 'm')),
                    .aliases = {"q"},
                    .deprecated = true,
                    .synonyms = {"w"},
                    .reachable = true}),
      share(Port{.id = {{1, 8}},
                 .product = {{1, 7}},
                 .domain = {{1, 3}},
                 .name = "p",
                 .major = 2,
                 .is_default = false,
                 .version = "2.0.0",
                 .kind = PortKind::topic,
                 .description = "d",
                 .contract = {{1, 9}},
                 .aliases = {"q"},
                 .deprecated = true,
                 .tags = {"g"},
                 .synonyms = {"w"}}),
      share(Contract{.id = {{1, 9}},
                     .port = {{1, 8}},
                     .key = "k",
                     .version = "1",
                     .status = "s",
                     .schema = {.id = -1, .columns = columns},
                     .manifest = PackedText("m"),
                     .classified = {{"a", "internal"}},
                     .synonyms = {{"c", "w"}, {"", "v"}},
                     .objectives = {{.property = "freshness",
                                     .element = "e",
                                     .value = "24 h",
                                     .kind = Objective::Kind::latency,
                                     .seconds = 86'400,
                                     .schedule = "0 6 * * *",
                                     .not_measured = "n"}},
                     .tests = 3}),
      share(Table{.id = {{1, 8}},
                  .location = *Location::parse("s3://ads-prod/tables/x"),
                  .states = {state(Seq{3}), state(Seq{40})},
                  .registered = {*Location::parse("s3://ads-prod/in/1.parquet")},
                  .earlier = {{.port = {{8, 8}}, .state = "", .demands = {}}},
                  .expiries = {{.metadata = *Location::parse("s3://ads-prod/tables/x/m"),
                                .at = Time{5},
                                .by = {{1, 5}},
                                .until = Time{6},
                                .snapshots = 2,
                                .files = 3,
                                .bytes = 4}},
                  .data_at = {Time{3}, Time{4}},
                  .replaced_at = Time{4},
                  .held = {{.run = {.at = Time{5},
                                    .by = {{1, 5}},
                                    .snapshot = 0,
                                    .publish = "01J",
                                    .rows = 9,
                                    .failed = 1,
                                    .results = {{.name = "n", .columns = {"a"}}}},
                            .replaces = true,
                            .files = 2,
                            .rows = 9,
                            .bytes = 8,
                            .made_by = {{"job", "j"}},
                            .dropped = Time{6}}}}),
      share(grant(Seq{9})),
      share(Mount{.id = {{1, 10}},
                  .into = {{1, 4}},
                  .kind = MountKind::catalog,
                  .schema = "s",
                  .table = "t",
                  .target = {8, 8},
                  .target_port = "p",
                  .target_major = 3,
                  .ended = "w"}),
      share(Derivation{.id = {{1, 8}},
                       .sql = "select 1",
                       .catalog = "mesh",
                       .schema = "s",
                       .runs_as = {{1, 5}},
                       .every_seconds = 60,
                       .set_by = {{1, 5}},
                       .set_at = Time{7},
                       .tables = {{"mesh", "s", "t"}},
                       .sources = {{{{1, 11}}, "1.0.0", "12", "p", {"a", "b"}}},
                       .moves = true,
                       .snapshot = 12,
                       .ran_at = Time{8},
                       .stopped = "w",
                       .next = "n",
                       .stopped_at = Time{9}}),
      share(Deletion{.id = {{1, 12}},
                     .kind = DeletionKind::account,
                     .name = "ads-prod",
                     .domain = {{1, 3}},
                     .hidden = true,
                     .bucket = "ads-prod",
                     .by = {{1, 5}},
                     .at = Time{9},
                     .why = "w",
                     .plan = "d"}),
      share(Deprecation{
          .id = {{1, 11}},
          .use = PortId{{1, 13}},
          .by = Time{20},
          .why = "w",
          .renamed = {{"a", "b"}},
          .set_by = {{1, 5}},
          .set_at = Time{10},
          .retired_at = Time{21},
          .retired_by = {{1, 5}},
          .retired_why = "r",
          .joined = 3,
          .reminded_at = Time{22},
          .brownouts =
              {{.from = Time{23}, .until = Time{24}, .by = {{1, 5}}, .announced = Time{22}}},
          .bridge = Bridge{.sql = "select",
                           .columns = {{"a", {"b", "c"}}},
                           .set_by = {{1, 5}},
                           .set_at = Time{25}}}),
      share(Migration{.id = {{1, 14}},
                      .port = {{1, 11}},
                      .consumer = {GranteeKind::team, {1, 2}},
                      .because = {"reads"},
                      .told_at = Time{10},
                      .answer = Answer::needs_until,
                      .text = "t",
                      .answered_by = {{1, 5}},
                      .answered_at = Time{12},
                      .wanted = Time{26},
                      .agreed = Time{25},
                      .reminded_at = Time{22},
                      .answered_via = "a link",
                      .spent = {"0a"}}),
      share(Checks{.id = {{1, 8}},
                   .runs = {{.at = Time{9},
                             .by = {{1, 5}},
                             .snapshot = 12,
                             .publish = "p",
                             .rows = 7,
                             .passed = 1,
                             .failed = 2,
                             .warned = 3,
                             .not_run = 4,
                             .results = {{.name = "n",
                                          .kind = Check::Kind::sql,
                                          .columns = {"c"},
                                          .status = CheckStatus::failed,
                                          .warns = true,
                                          .measured = "m",
                                          .wanted = "w",
                                          .why = "y"}}}}}),
      share(Subscription{.id = {{1, 13}},
                         .port = {{1, 7}},
                         .pinned = true,
                         .subscriber = {GranteeKind::team, {1, 2}},
                         .purpose = "p",
                         .by = {{1, 5}},
                         .at = Time{9}}),
      share(Replay{.id = {{1, 7}},
                   .on = {{1, 11}},
                   .renamed = {{"a", "b"}},
                   .ran = true,
                   .by = {{1, 5}},
                   .at = Time{9},
                   .left_out = 2,
                   .queries = {{.who = {{1, 5}},
                                .makes = {{1, 8}},
                                .line = 17,
                                .reads = 3,
                                .last = Time{8},
                                .verdict = ReplayVerdict::differs,
                                .why = "y",
                                .rewrite = true}}}),
      share(NoticeChannel{.id = {{1, 14}},
                          .owner = {GranteeKind::team, {1, 2}},
                          .name = "n",
                          .kind = ChannelKind::webhook,
                          .shown = "s",
                          .sealed_url = "u",
                          .sealed_secret = "k",
                          .sealed_earlier = "e",
                          .earlier_until = Time{8},
                          .by = {{1, 5}},
                          .at = Time{9},
                          .rhythm = {.digest = DigestEvery::weekly,
                                     .digest_at = 420,
                                     .zone = -90,
                                     .quiet_from = 1320,
                                     .quiet_until = 390}}),
      share(Slo{.id = {{1, 8}},
                .lines = {{.property = "latency",
                           .element = "e",
                           .state = SloState::late,
                           .since = Time{9},
                           .cause = PortId{{1, 9}}}},
                .told = true}),
      share(Issue{.id = {{1, 15}},
                  .product = {{1, 7}},
                  .port = PortId{{1, 8}},
                  .kind = IssueKind::problem,
                  .text = "t",
                  .askers = {{{{1, 5}}, Time{9}}},
                  .state = IssueState::fulfilled,
                  .reply = "r",
                  .version = PortId{{1, 9}},
                  .incident = IncidentId{{1, 16}},
                  .answered_by = {{1, 5}},
                  .answered_at = Time{10},
                  .ended_at = Time{11}}),
      share(Incident{.id = {{1, 16}},
                     .port = {{1, 8}},
                     .text = "t",
                     .cause = IncidentCause::report,
                     .issue = IssueId{{1, 15}},
                     .began = Time{8},
                     .opened_by = {{1, 5}},
                     .opened_at = Time{9},
                     .expected = Time{20},
                     .updates = {{Time{10}, {{1, 5}}, "u", Time{21}}},
                     .resolved_at = Time{11},
                     .resolved_by = {{1, 5}},
                     .resolution = "r"}),
      share(Standard{.id = {{1, 17}},
                     .name = "n",
                     .title = "T",
                     .description = "d",
                     .domains = {{{1, 3}}},
                     .visibility = Visibility::restricted,
                     .tags = {"t"},
                     .requirements = {{.rule = Requirement::Kind::naming,
                                       .severity = Requirement::Severity::block,
                                       .of = {Requirement::Part::columns},
                                       .share = 80,
                                       .properties = {"latency"},
                                       .products = {"p*"},
                                       .ports = {"q*"},
                                       .columns = {"c*"},
                                       .days = 30}}}),
  };
}

bool same(const Noun& a, const Noun& b) {
  return a.index() == b.index() && std::visit(
                                       [&]<class T>(const std::shared_ptr<const T>& one) {
                                         return *one == *std::get<std::shared_ptr<const T>>(b);
                                       },
                                       a);
}

TEST(Body, GivesBackEveryNounAsItWas) {
  ASSERT_EQ(nouns().size(), std::size(kNounKinds));
  for (const Noun& noun : nouns()) {
    const auto read = noun_of(kind_of(noun), body_of(noun), kRev);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_TRUE(same(*read, noun)) << kind_of(noun);
    EXPECT_EQ(body_of(*read), body_of(noun));
  }
}

TEST(Body, NumbersWhatTheCommitItselfMade) {
  const auto table = *noun_of("table",
                              body_of(share(Table{.id = {},
                                                  .location = *Location::parse("s3://ads-prod/t"),
                                                  .states = {state(Seq{3}), state({})}})),
                              kRev);
  const auto& states = std::get<std::shared_ptr<const Table>>(table)->states;
  EXPECT_EQ(states[0].seq, Seq{3});
  EXPECT_EQ(states[1].seq, kRev);
  const auto read = *noun_of("grant", body_of(share(grant({}))), kRev);
  EXPECT_EQ(std::get<std::shared_ptr<const Grant>>(read)->steps[0].seq, kRev);
}

// Whatever is cut off or changed is refused by name, or read as another value that writes itself
// back to the same bytes: no two spellings of one noun.
TEST(Body, RefusesEveryDamageOrReadsAnotherValue) {
  for (const Noun& noun : nouns()) {
    const std::string body = body_of(noun);
    for (std::size_t at = 0; at < body.size(); ++at) {
      const auto cut = noun_of(kind_of(noun), body.substr(0, at), kRev);
      ASSERT_FALSE(cut) << kind_of(noun) << " cut at " << at;
      EXPECT_EQ(cut.error().code, Code::corrupt);
      for (int bit = 0; bit < 8; ++bit) {
        std::string damaged = body;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
        const auto read = noun_of(kind_of(noun), damaged, {});
        if (read) EXPECT_EQ(body_of(*read), damaged) << kind_of(noun) << " at " << at;
        else EXPECT_TRUE(is_utf8(read.error().text));
      }
    }
    const auto longer = noun_of(kind_of(noun), body + '\0', kRev);
    ASSERT_FALSE(longer);
    EXPECT_TRUE(longer.error().text.contains("after its end")) << longer.error().text;
  }
}

TEST(Body, SaysWhichMemberIsWrong) {
  const std::string body = body_of(share(Organisation{.id = {{1, 1}}, .name = "o", .title = "O"}));
  std::string fewer = body.substr(0, body.size() - 2);
  fewer[1] = 2;
  EXPECT_EQ(noun_of("organisation", fewer, kRev).error().text,
            "the body of a organisation: title is missing");
  std::string more = body + '\0';
  more[1] = 4;
  EXPECT_TRUE(noun_of("organisation", more, kRev).error().text.contains("does not know"));
  std::string bytes = body;
  bytes.back() = '\xFF';
  EXPECT_TRUE(noun_of("organisation", bytes, kRev).error().text.contains("title: not UTF-8"));
  // 1 as two bytes: a second spelling.
  std::string superfluous = body.substr(0, body.size() - 2) + "\x81" + '\0' + "O";
  EXPECT_TRUE(
      noun_of("organisation", superfluous, kRev).error().text.contains("title: not a number"));
  EXPECT_EQ(noun_of("planet", body, kRev).error().code, Code::corrupt);
  EXPECT_EQ(noun_of("organisation", "", kRev).error().code, Code::corrupt);
  EXPECT_EQ(noun_of("organisation", "{\"level\":1}", kRev).error().code, Code::unavailable);
}

TEST(Body, EndsNestingAtItsLimit) {
  // A contract, its schema, and for each level a column and its type.
  const auto nested = [](std::size_t levels) {
    Type type{.kind = TypeKind::int32, .fields = {}};
    for (std::size_t i = 1; i < levels; ++i)
      type = {.kind = TypeKind::structure, .fields = {column("c", std::move(type))}};
    Contract contract{
        .id = {}, .port = {}, .key = {}, .version = {}, .status = {}, .schema = {}, .manifest = {}};
    contract.schema.columns = {column("c", std::move(type))};
    return noun_of("contract", body_of(share(std::move(contract))), kRev);
  };
  constexpr std::size_t most = (limits::nesting_max - 2) / 2;
  EXPECT_TRUE(nested(most));
  ASSERT_FALSE(nested(most + 1));
  EXPECT_TRUE(nested(most + 1).error().text.contains("too deeply"));
}

}  // namespace
}  // namespace hansa::store
