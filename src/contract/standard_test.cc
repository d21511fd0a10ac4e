#include "contract/standard.h"

#include <gtest/gtest.h>

#include <random>

#include "contract/lint.h"

namespace hansa::contract {
namespace {

using Kind = Requirement::Kind;

JudgedProduct bare() {
  return {.name = "plays",
          .domain = "shows",
          .team = "owners",
          .owned = false,
          .reachable = false,
          .visibility = hansa::Visibility::open,
          .tags = {},
          .described = false,
          .ports = {{.name = "Plays",
                     .major = 2,
                     .described = false,
                     .has_contract = true,
                     .contract = "plays-v2",
                     .columns = {{"Day", false, false}, {"n", true, true}},
                     .promises = {},
                     .tests = 0}}};
}

std::vector<Miss> missed(Requirement asked, const JudgedProduct& product = bare()) {
  Patterns patterns;
  return misses(asked, product, patterns);
}

TEST(Standard, SaysWhatIsMissingWhereAndWhatToWrite) {
  const auto owner = missed({.rule = Kind::owner});
  ASSERT_EQ(owner.size(), 1U);
  EXPECT_EQ(owner[0].says, "nobody is in team owners, which owns domain shows");
  EXPECT_TRUE(missed({.rule = Kind::channel})[0].next.contains("support:"));
  const auto classification = missed({.rule = Kind::classification});
  ASSERT_EQ(classification.size(), 1U);
  EXPECT_EQ(classification[0].where, Miss::Where::contract);
  EXPECT_EQ(classification[0].column, "Day");
  EXPECT_EQ(classification[0].says, "Day of Plays@2 is not classified");
  EXPECT_TRUE(classification[0].next.contains("plays-v2"));
  EXPECT_EQ(missed({.rule = Kind::tests})[0].says, "nothing tests the data of Plays@2");
  EXPECT_EQ(missed({.rule = Kind::slo})[0].says, "Plays@2 promises no service");
  EXPECT_EQ(missed({.rule = Kind::slo, .properties = {"latency", "retention"}})[0].says,
            "Plays@2 promises no latency, no retention");
  EXPECT_TRUE(missed({.rule = Kind::notice, .days = 30}).empty());
}

TEST(Standard, ParsesAPatternOnceForAllThatIsHeldAgainstIt) {
  const Requirement asked{.rule = Kind::naming,
                          .products = {"[a-z]+", "dim_*"},
                          .ports = {"[a-z]+"},
                          .columns = {"[a-z]+", "[A-Z"}};
  Patterns patterns;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(misses(asked, bare(), patterns).size(), 2U);
  EXPECT_EQ(patterns.parsed(), 3U);
}

TEST(Standard, AsksForTheDescriptionsItNames) {
  EXPECT_EQ(missed({.rule = Kind::description}).size(), 3U);
  EXPECT_EQ(missed({.rule = Kind::description, .of = {Requirement::Part::ports}})[0].where,
            Miss::Where::port);
  const Requirement half{
      .rule = Kind::description, .of = {Requirement::Part::columns}, .share = 50};
  EXPECT_TRUE(missed(half).empty());
  Requirement more = half;
  more.share = 51;
  EXPECT_EQ(missed(more).at(0).says,
            "1 of 2 columns of Plays@2 are described, and 51 % must be: Day is not");
}

TEST(Standard, HoldsNamesAgainstPatterns) {
  const auto names = missed({.rule = Kind::naming,
                             .products = {"dim_*", "pl?ys"},
                             .ports = {"[a-z_]+"},
                             .columns = {"[a-z_]+"}});
  ASSERT_EQ(names.size(), 2U);
  EXPECT_EQ(names[0].says, "port Plays does not fit [a-z_]+");
  EXPECT_EQ(names[1].says, "Day of Plays@2 does not fit [a-z_]+");
}

TEST(Standard, FreshnessIsALatency) {
  JudgedProduct product = bare();
  product.ports[0].promises = {"Freshness"};
  EXPECT_TRUE(missed({.rule = Kind::slo, .properties = {"latency"}}, product).empty());
  EXPECT_TRUE(missed({.rule = Kind::slo}, product).empty());
  EXPECT_EQ(missed({.rule = Kind::slo, .properties = {"retention"}}, product).size(), 1U);
}

TEST(Standard, JudgesNothingThatIsNotAtHand) {
  JudgedProduct product = bare();
  product.owned.reset();
  product.reachable.reset();
  product.visibility.reset();
  product.ports[0].has_contract = false;
  product.ports[0].columns.clear();
  for (const Kind kind : {Kind::owner, Kind::channel, Kind::classification, Kind::slo, Kind::tests})
    EXPECT_TRUE(missed({.rule = kind}, product).empty()) << name_of(kind);
  EXPECT_FALSE(speaks_of(hansa::Visibility::open, {}, product));
  EXPECT_TRUE(speaks_of(std::nullopt, {}, product));
}

TEST(Standard, SpeaksOfProductsWithOneOfItsTags) {
  JudgedProduct product = bare();
  EXPECT_FALSE(speaks_of(std::nullopt, {"certified", "core"}, product));
  product.tags = {"x", "core"};
  EXPECT_TRUE(speaks_of(std::nullopt, {"certified", "core"}, product));
  EXPECT_FALSE(speaks_of(hansa::Visibility::restricted, {"core"}, product));
}

// What is written as it was told to be written is asked for no more, and nothing that was met is
// lost by it.
TEST(Standard, MoreIsNeverWorse) {
  std::mt19937_64 random(11);
  const auto coin = [&] { return random() % 2 == 0; };
  for (int i = 0; i < 3'000; ++i) {
    JudgedProduct less = bare();
    less.owned = coin(), less.reachable = coin(), less.described = coin();
    less.ports[0].described = coin(), less.ports[0].tests = coin();
    less.ports[0].columns = {{"a", coin(), coin()}, {"b", coin(), coin()}, {"c", coin(), coin()}};
    if (coin()) less.ports[0].promises = {"latency"};
    JudgedProduct more = less;
    if (coin()) more.owned = true;
    if (coin()) more.reachable = true;
    if (coin()) more.described = true;
    if (coin()) more.ports[0].tests = 3;
    if (coin()) more.ports[0].promises.emplace_back("retention");
    for (ColumnFacts& column : more.ports[0].columns) column.described |= coin();
    const Requirement asked{.rule = static_cast<Kind>(random() % 6),
                            .of = {},
                            .share = static_cast<std::uint32_t>(1 + random() % 100)};
    EXPECT_LE(missed(asked, more).size(), missed(asked, less).size());
    for (const Miss& miss : missed(asked, less)) {
      EXPECT_FALSE(miss.says.empty());
      EXPECT_FALSE(miss.next.empty());
    }
  }
}

std::string standard(const std::string& requirements, const std::string& more = {}) {
  return "apiVersion: hansa/v1\nkind: Standard\nname: basics\n" + more + "requirements:\n" +
         requirements;
}

std::vector<std::string> problems(const std::string& text) {
  const SourceFile file{"s.yaml", text};
  std::vector<std::string> out;
  for (const Finding& each : lint({&file, 1})) out.push_back(to_text(each));
  return out;
}

TEST(StandardManifest, IsWrittenAndReadBack) {
  const SourceFile file{
      "s.yaml", standard("  - {rule: description, severity: warn, of: [columns], share: 80}\n"
                         "  - {rule: naming, severity: block, columns: [\"[a-z_]+\"]}\n"
                         "  - {rule: notice, severity: block, days: 30}\n",
                         "title: T\nscope: {domains: [shows], visibility: open, tags: [core]}\n")};
  const Manifests read = read_manifests({&file, 1});
  ASSERT_TRUE(read.problems.empty()) << to_text(read.problems.front());
  ASSERT_EQ(read.standards.size(), 1U);
  const SourceFile again{"t.yaml", to_yaml(read.standards[0].value)};
  const Manifests second = read_manifests({&again, 1});
  ASSERT_TRUE(second.problems.empty()) << to_text(second.problems.front());
  EXPECT_EQ(second.standards.at(0).value, read.standards[0].value);
}

TEST(StandardManifest, RefusesWhatSaysNothing) {
  const auto wrong = [](const std::string& requirement, const std::string& says) {
    const auto found = problems(standard("  - {" + requirement + "}\n"));
    ASSERT_FALSE(found.empty()) << requirement;
    EXPECT_TRUE(found[0].contains("s.yaml:5:5") && found[0].contains(says)) << found[0];
  };
  wrong("rule: owner", "'severity'");
  wrong("rule: owner, severity: block, days: 3", "belongs to rule: notice");
  wrong("rule: tests, severity: block, columns: [a]", "belongs to rule: naming");
  wrong("rule: notice, severity: block", "needs days");
  wrong("rule: notice, severity: block, days: 731", "needs days");
  wrong("rule: naming, severity: block", "needs patterns");
  wrong("rule: naming, severity: block, ports: [\"[a-z\"]", "not closed");
  wrong("rule: naming, severity: block, ports: [\"" + std::string(61, 'a') + "\"]", "longer");
  wrong("rule: description, severity: warn, share: 101", "from 1 to 100");
  wrong("rule: description, severity: warn, of: [ports], share: 10", "of the columns");
  EXPECT_TRUE(problems(standard("  - {rule: owners, severity: warn}\n")).at(0).contains("owner"));
  EXPECT_TRUE(problems(standard("  - {rule: owner, severity: warn, why: x}\n"))
                  .at(0)
                  .contains("unknown field"));
  EXPECT_TRUE(problems(standard("  []\n")).at(0).contains("at least one"));
  EXPECT_TRUE(
      problems(standard("  - {rule: owner, severity: warn}\n  - {rule: owner, severity: block}\n"))
          .at(0)
          .contains("stands twice"));
}

TEST(StandardManifest, IsHeldAgainstTheProductsBesideIt) {
  const std::string all =
      standard(
          "  - {rule: classification, severity: block}\n  - {rule: channel, severity: warn}\n") +
      "---\napiVersion: v1.1.0\nkind: DataProduct\nid: plays\nname: Plays\nversion: 1.0.0\nstatus: "
      "active\ndomain: shows\noutputPorts:\n  - {name: plays, version: 1.0.0, type: table, "
      "contractId: plays-v1}\nsupport:\n  - {channel: \"#p\", url: \"https://p.example\"}\n"
      "---\napiVersion: v3.2.0\nkind: DataContract\nid: plays-v1\nversion: 1.0.0\nstatus: active\n"
      "schema:\n  - name: plays\n    properties:\n      - {name: a, logicalType: integer}\n"
      "      - {name: b, logicalType: integer, classification: internal}\n";
  const SourceFile file{"s.yaml", all};
  const auto found = lint({&file, 1});
  ASSERT_EQ(found.size(), 1U) << to_text(found.at(1));
  EXPECT_EQ(found[0].severity, Severity::error);
  EXPECT_EQ(found[0].line, 28U);
  EXPECT_TRUE(found[0].message.contains(
      "a of plays@1 is not classified (standard basics, classification)"));
}

}  // namespace
}  // namespace hansa::contract
