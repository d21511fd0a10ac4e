#include "contract/document.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "contract/facts.h"
#include "contract/lint.h"

namespace hansa::contract {
namespace {

constexpr std::string_view kTeam =
    "apiVersion: hansa/v1\nkind: Team\nname: ads\ntitle: Ads\nmembers: [ada, bob]\noidcGroup: "
    "team-ads\n"
    "channels:\n  - {channel: \"#ads\", url: \"https://chat.example/ads\", tool: slack, scope: "
    "interactive}\n";
constexpr std::string_view kAccess =
    "apiVersion: hansa/v1\nkind: Access\ninfo: {purpose: forecast, startDate: \"2026-11-22\", "
    "endDate: 2027-01-01}\n"
    "provider: {port: audience/daily_plays@2}\nconsumer: {serviceAccount: airflow}\n";
constexpr std::string_view kProduct =
    "apiVersion: v1.1.0\nkind: DataProduct\nid: listens\nname: Listens\ndomain: audience\nstatus: "
    "active\noutputPorts:\n"
    "  - {name: daily_plays, version: 1.0.0, type: tables, contractId: plays-v1}\n"
    "customProperties:\n  - {property: visibility, value: restricted}\n  - {property: account, "
    "value: audience-prod}\n";
constexpr std::string_view kContract =
    "apiVersion: v3.2.0\nkind: DataContract\nid: plays-v1\nversion: 1.0.0\nschema:\n  - name: "
    "daily_plays\n"
    "    properties:\n      - {name: day, logicalType: date, required: true}\n";

Manifests read(std::string_view text, bool strict = false) {
  const std::vector<SourceFile> files{{"m.yaml", std::string(text)}};
  return read_manifests(files, strict);
}
std::vector<Finding> linted(std::string_view text, bool strict = false) {
  return lint(std::vector<SourceFile>{{"m.yaml", std::string(text)}}, strict);
}
std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const auto at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) out.replace(at, from.size(), to);
  return out;
}
bool has(const std::vector<Finding>& findings, std::string_view rule, std::uint32_t line,
         Severity severity) {
  return std::ranges::any_of(findings, [&](const Finding& f) {
    return f.rule == rule && f.line == line && f.severity == severity;
  });
}

TEST(OwnKinds, RefuseWithTheLineAndANextStep) {
  const std::tuple<std::string_view, std::string_view, std::string_view, std::uint32_t> cases[]{
      {"kind: Team", "kind: Teem", "unknown-kind", 2},
      {"hansa/v1", "hansa/v2", "api-version", 1},
      {"name: ads", "name: Ads!", "manifest", 1},
      {"oidcGroup", "oidcGruop", "manifest", 6},
      {"title: Ads", "title: no", "yaml-ambiguous", 4},
      {"title: Ads", "title: [Ads]", "manifest", 4},
      {"title: Ads", "title: 012", "yaml-ambiguous", 4},
      {"title: Ads", "name: ads", "yaml-duplicate-key", 4},
      {"scope: interactive", "scoop: x", "manifest", 1},
  };
  for (const auto& [from, to, rule, line] : cases) {
    const Manifests manifests = read(replaced(kTeam, from, to));
    EXPECT_TRUE(has(manifests.problems, rule, line, Severity::error))
        << to << (manifests.problems.empty() ? "" : to_text(manifests.problems[0]));
    EXPECT_TRUE(manifests.teams.empty() || rule == "yaml-ambiguous") << to;
  }
}

TEST(OwnKinds, AnAccessHasOneConsumerAndAPurpose) {
  EXPECT_FALSE(
      read(replaced(kAccess, "serviceAccount: airflow", "serviceAccount: airflow, user: ada"))
          .problems.empty());
  EXPECT_FALSE(read(replaced(kAccess, "serviceAccount: airflow", "")).problems.empty());
  EXPECT_FALSE(read(replaced(kAccess, "purpose: forecast", "purpose: \" \"")).problems.empty());
  EXPECT_FALSE(read(replaced(kAccess, "2027-01-01", "2026-01-01")).problems.empty());
  for (const std::string_view bad :
       {"audience", "audience/", "/x", "a/b@", "a/b@-1", "a/b@+1", "a/b@99999", "A/b", "a/b/c"})
    EXPECT_FALSE(read(replaced(kAccess, "audience/daily_plays@2", "\"" + std::string(bad) + "\""))
                     .problems.empty())
        << bad;
}

TEST(OwnKinds, AreReadAndWrittenAsTheSameValue) {
  const Manifests manifests =
      read(std::string(kTeam) + "---\n" + std::string(kAccess) +
           "---\n{apiVersion: hansa/v1, kind: Organisation, id: acme, name: Acme}\n"
           "---\n{apiVersion: hansa/v1, kind: Domain, name: ads, owner: ads, visibility: "
           "restricted, stewards: [ada]}\n"
           "---\n{apiVersion: hansa/v1, kind: Account, name: ads-dev, domain: ads, quota: 2TB}\n");
  ASSERT_TRUE(manifests.problems.empty()) << to_text(manifests.problems[0]);
  EXPECT_EQ(manifests.accounts.at(0).value.quota->bytes, 2'000'000'000'000U);
  EXPECT_EQ(manifests.accesses.at(0).value.provider.port,
            (PortReference{"audience", "daily_plays", 2}));
  EXPECT_EQ(read(to_yaml(manifests.teams.at(0).value)).teams.at(0).value, manifests.teams[0].value);
  EXPECT_EQ(read(to_yaml(manifests.accesses[0].value)).accesses.at(0).value,
            manifests.accesses[0].value);
  EXPECT_EQ(read(to_yaml(manifests.organisations.at(0).value)).organisations.at(0).value,
            manifests.organisations[0].value);
  EXPECT_EQ(read(to_yaml(manifests.domains.at(0).value)).domains.at(0).value,
            manifests.domains[0].value);
  EXPECT_EQ(read(to_yaml(manifests.accounts[0].value)).accounts.at(0).value,
            manifests.accounts[0].value);
}

TEST(Manifests, ReportEveryProblemNotOnlyTheFirst) {
  const Manifests manifests =
      read("kind: Nothing\n---\napiVersion: hansa/v1\nkind: Team\nnam: x\n---\n- a\n---\n" +
           std::string(kTeam));
  EXPECT_GE(manifests.problems.size(), 4U);
  EXPECT_EQ(manifests.teams.size(), 1U);
}

TEST(Standards, TolerateAndSayWhichLine) {
  const std::string text = replaced(kContract, "version: 1.0.0", "version: 1.0.0\nownner: ada");
  EXPECT_TRUE(read(text).problems.empty());
  EXPECT_TRUE(has(read(text).warnings, "odcs-unknown-field", 5, Severity::warning));
  EXPECT_TRUE(has(read(text, true).problems, "odcs-unknown-field", 5, Severity::error));
  EXPECT_EQ(read(text).contracts.at(0).value.rest.size(), 1U);
}

TEST(Standards, NameTheVersionThatBroughtAField) {
  const auto findings = linted(replaced(replaced(kProduct, "v1.1.0", "v1.0.0"), "status: active",
                                        "status: active\ndeprecated: true"),
                               true);
  const auto found = std::ranges::find(findings, "odps-wrong-version", &Finding::rule);
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->line, 7U);
  EXPECT_NE(found->message.find("v1.1.0"), std::string::npos);
}

TEST(Standards, RefuseVersionsTheyDoNotKnow) {
  for (const std::string_view version : {"v2.2.2", "v4.0.0", "hansa/v1", "3"})
    EXPECT_TRUE(
        has(read(replaced(kContract, "v3.2.0", "\"" + std::string(version) + "\"")).problems,
            "api-version", 1, Severity::error))
        << version;
  EXPECT_TRUE(read(replaced(kContract, "v3.2.0", "3.2.0")).problems.empty());
}

TEST(Standards, ANumberIsNoVersion) {
  const Manifests manifests = read(replaced(kContract, "version: 1.0.0", "version: 1.10"));
  EXPECT_TRUE(has(manifests.problems, "odcs-unreadable", 4, Severity::error));
}

TEST(Lint, FindsReferencesThatLeadNowhereAndNamesThatClash) {
  EXPECT_TRUE(linted(std::string(kProduct) + "---\n" + std::string(kContract), true).empty());
  EXPECT_TRUE(has(linted(kProduct), "contract-reference", 8, Severity::warning));
  const std::string both = std::string(kContract) + "---\n" + std::string(kContract);
  EXPECT_TRUE(has(linted(both), "duplicate", 10, Severity::error));
  EXPECT_TRUE(
      has(linted(replaced(kProduct, "daily_plays", "plays_v2")), "name", 8, Severity::error));
  EXPECT_TRUE(has(linted(replaced(kProduct, "type: tables", "type: carrier-pigeon")), "port-type",
                  8, Severity::error));
  EXPECT_TRUE(has(linted(replaced(kProduct, "version: 1.0.0", "version: one")), "port-version", 8,
                  Severity::error));
  const std::string untyped =
      std::string(kProduct) + "---\n" + replaced(kContract, "logicalType: date, ", "");
  EXPECT_TRUE(has(linted(untyped), "contract-schema", 8, Severity::error));
}

TEST(Facts, AreWhatThePlatformNeeds) {
  const auto facts = facts_of(read(kProduct).products.at(0).value);
  ASSERT_TRUE(facts) << facts.error().text;
  EXPECT_EQ(facts->name, "listens");
  EXPECT_EQ(facts->account, "audience-prod");
  EXPECT_EQ(facts->visibility, Visibility::restricted);
  ASSERT_EQ(facts->ports.size(), 1U);
  EXPECT_EQ(facts->ports[0].kind, hansa::PortKind::table);
  EXPECT_EQ(facts->ports[0].major, 1U);
}

TEST(Facts, AColumnIsClassifiedAsItsHighestPart) {
  const std::string parts =
      replaced(kContract, "required: true}\n",
               "classification: internal}\n      - {name: plain, logicalType: string}\n"
               "      - name: who\n        physicalName: person\n        logicalType: object\n"
               "        classification: public\n        properties:\n"
               "          - {name: a, logicalType: string, classification: confidential}\n"
               "          - {name: b, logicalType: string, classification: internal}\n");
  const auto manifests = read(parts);
  const auto found = classified(manifests.contracts.at(0).value, "daily_plays");
  const std::vector<std::pair<std::string, std::string>> wanted{{"day", "internal"},
                                                                {"person", "confidential"}};
  EXPECT_EQ(found, wanted);
}

TEST(Facts, TheMajorVersionIsTheFirstNumber) {
  EXPECT_EQ(major_of("2.1.0").value_or(99), 2U);
  EXPECT_EQ(major_of("v3").value_or(99), 3U);
  EXPECT_EQ(major_of("0.9.0").value_or(99), 0U);
  for (const std::string_view bad : {"", "v", "-1", "+1", "one", "10000", "99999999999999999999"})
    EXPECT_FALSE(major_of(bad)) << bad;
}

TEST(Facts, AContractIsFoundByIdThenVersion) {
  DataContract one, two;
  one.id = two.id = "c";
  one.version = "1.2.0";
  two.version = "2.0.0";
  const std::vector<const DataContract*> both{&one, &two};
  EXPECT_EQ(resolve(both, "c", "2.0.0"), &two);
  EXPECT_EQ(resolve(both, "c", "1.0.0"), &one);
  EXPECT_EQ(resolve(both, "c", "3.0.0"), nullptr);
  EXPECT_EQ(resolve({&one}, "c", "3.0.0"), &one);
  EXPECT_EQ(resolve(both, "d", "1.0.0"), nullptr);
}

TEST(Canonical, BringsOlderSpellingsUpToDateAndLosesNothing) {
  const std::string old = replaced(replaced(kContract, "v3.2.0", "v3.0.2"), "version: 1.0.0",
                                   "version: 1.0.0\nstatus: active\nteam:\n  - {username: ada, "
                                   "role: owner}\nprice: {priceAmount: 5}");
  const Manifests manifests = read(old, true);
  ASSERT_TRUE(manifests.problems.empty()) << to_text(manifests.problems[0]);
  const std::string text = to_yaml(manifests.contracts.at(0).value);
  const Manifests again = read(text, true);
  ASSERT_TRUE(again.problems.empty()) << to_text(again.problems[0]);
  EXPECT_EQ(again.contracts.at(0).value.api_version, "v3.2.0");
  EXPECT_TRUE(again.contracts[0].value.team.find("members") != nullptr);
  EXPECT_EQ(again.contracts[0].value.rest, manifests.contracts[0].value.rest);
  EXPECT_EQ(to_yaml(again.contracts[0].value), text);
}

}  // namespace
}  // namespace hansa::contract
