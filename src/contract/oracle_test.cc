// The contracts of others, which stay outside this tree: the verdict of `lint --strict` against
// that of the schema of each document's own version.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "contract/draft.h"
#include "contract/lint.h"
#include "contract/yaml.h"

namespace hansa::contract {
namespace {

std::filesystem::path corpus() {
  const char* shared = std::getenv("HANSA_SHARED");
  return std::filesystem::path(shared != nullptr ? shared : "../shared") / "corpus" / "contracts";
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Case {
  std::string file;
  std::string text;
  bool legal = false;
};

// What the schema of its own version says; a document that says none is judged by all.
bool verdict_of(const Json& line) {
  const Json* version = line.find("apiVersion");
  const std::string* text = version == nullptr ? nullptr : version->as_string();
  const bool old = text != nullptr && text->starts_with("v3.0");
  for (const std::string_view key :
       {std::string_view("odps-1.0.0"), std::string_view(old ? "v3.0.2" : "v3.1.0")})
    if (const Json* verdict = line.find(key)) return *verdict->as_bool();
  return false;
}

std::vector<Case> cases() {
  std::vector<Case> out;
  std::ifstream oracle(corpus() / "ORACLE.jsonl");
  for (std::string line; std::getline(oracle, line);) {
    const auto json = parse_json(line);
    if (!json) continue;
    const std::string file = *json->find("file")->as_string();
    out.push_back({file, bytes_of(corpus() / file), verdict_of(*json)});
  }
  return out;
}

#define HANSA_NEEDS_CORPUS()                               \
  if (!std::filesystem::exists(corpus() / "ORACLE.jsonl")) \
  GTEST_SKIP() << "the corpus of contracts is not here; HANSA_SHARED names its folder"

TEST(Oracle, StrictLintGivesTheVerdictOfTheStandardsOwnSchema) {
  HANSA_NEEDS_CORPUS();
  std::size_t agree = 0;
  const auto all = cases();
  for (const Case& one : all) {
    const std::vector<SourceFile> files{{one.file, one.text}};
    const auto findings = lint(files, true);
    agree += any_error(findings) != one.legal ? 1 : 0;
    EXPECT_NE(any_error(findings), one.legal) << one.file;
    if (any_error(findings) == one.legal)
      for (const Finding& finding : findings) ADD_FAILURE() << to_text(finding);
  }
  RecordProperty("agreement", std::to_string(agree) + " of " + std::to_string(all.size()));
  std::printf("oracle: %zu of %zu agree\n", agree, all.size());
  EXPECT_FALSE(all.empty());
}

TEST(Oracle, WhatIsReadIsWrittenAndReadAgainWithoutLoss) {
  HANSA_NEEDS_CORPUS();
  std::size_t contracts = 0;
  for (const Case& one : cases()) {
    const std::vector<SourceFile> files{{one.file, one.text}};
    for (const auto& read : read_manifests(files).contracts) {
      ++contracts;
      const std::vector<SourceFile> written{{"written", to_yaml(to_json(read.value))}};
      const Manifests again = read_manifests(written);
      ASSERT_EQ(again.contracts.size(), 1U)
          << one.file << (again.problems.empty() ? "" : to_text(again.problems[0]));
      EXPECT_EQ(again.contracts[0].value, read.value) << one.file;
      const std::vector<SourceFile> canonical{{"canonical", to_yaml(read.value)}};
      const auto judged = lint(canonical, one.legal);
      EXPECT_FALSE(any_error(judged)) << one.file << ": " << to_text(judged[0]);
    }
  }
  EXPECT_GT(contracts, 20U);
}

TEST(Oracle, NoTruncationOrMutationOfAFileEndsTheReader) {
  HANSA_NEEDS_CORPUS();
  for (const Case& one : cases()) {
    for (std::size_t cut = 0; cut < one.text.size(); cut += 1 + one.text.size() / 23) {
      const std::vector<SourceFile> shorter{{one.file, one.text.substr(0, cut)}};
      lint(shorter, true);
      std::string mutated = one.text;
      mutated[cut] = "{}[]:-\"'|>&*!%#\t"[cut % 16];
      const std::vector<SourceFile> other{{one.file, mutated}};
      lint(other, false);
    }
  }
}

}  // namespace
}  // namespace hansa::contract
