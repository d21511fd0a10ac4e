// Wrong usage, exit codes and help: what can be said without a server.
#include "door/cli/cli.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <filesystem>
#include <set>

#include "api/problem.h"
#include "door/cli/fake_test.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

constexpr int kUsage = 64;

TEST(Usage, WrongArgumentsAre64AndSayWhatToDo) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"frobnicate"}, "hansa help"},
      {{"gte", "ports"}, "did you mean 'hansa get'?"},
      {{"acess", "ls"}, "did you mean 'hansa access'?"},
      {{"access", "aprove", "r-7"}, "did you mean 'hansa access approve'?"},
      {{"access"}, "needs one word more"},
      {{"admin", "token"}, "create, ls, revoke"},
      {{"get"}, "needs WHAT"},
      {{"get", "prots"}, "did you mean ports?"},
      {{"get", "ports", "a/b", "c"}, "does not know what to do with 'c'"},
      {{"get", "teams", "--mine"}, "takes no --mine"},
      {{"get", "ports", "--limit", "x"}, "whole number"},
      {{"get", "ports", "-o", "parquet"}, "one of table"},
      {{"get", "ports", "-o", "xml"}, "is no output"},
      {{"get", "ports", "--json", "-o", "yaml"}, "contradict"},
      {{"get", "ports", "--domian", "a"}, "did you mean --domain?"},
      {{"get", "ports", "--dry"}, "shows its options"},
      {{"get", "products", "plays"}, "for example: hansa get products"},
      {{"get", "snapshots"}, "needs a port"},
      {{"get", "ports", "--timeout", "0s"}, "1s to 1h"},
      {{"get", "ports", "--timeout"}, "--timeout"},
      {{"get", "ports", "--url", "ftp://x"}, "not the URL"},
      {{"sql", "-c", "a", "-f", "b"}, "both"},
      {{"sql", "-c", "a", "-c", "b"}, "--command"},
      {{"sql", "-c", "  "}, "empty"},
      {{"sql", "select 1"}, "hansa sql -c"},
      {{"sql", "-c", "a", "--rows", "0"}, "from 1"},
      {{"access", "request", "a/b"}, "--purpose"},
      {{"access", "request", "a/b", "--purpose", "x", "--until", "soon"}, "2027-01-31"},
      {{"access", "reject", "r-1"}, "--reason"},
      {{"publish"}, "needs PORT"},
      {{"publish", "a/b", "x", "--query", "q.sql"}, "of files or by a query"},
      {{"publish", "a/b", "--every", "1h"}, "go with a query"},
      {{"publish", "a/b", "--query", "q.sql", "--every", "0s"}, "1s to 366d"},
      {{"publish", "a/b", "--query", "q.sql", "--every", "367d"}, "1s to 366d"},
      {{"publish", "a/b", "--query", "q.sql", "--view", "--every", "1h"}, "leave --every out"},
      {{"publish", "a/b", "--query", "q.sql", "--no-query"}, "give it alone"},
      {{"publish", "a", "x"}, ""},
      {{"publish", "a/b", "x", "--in-place", "--overwrite"}, "contradict"},
      {{"publish", "a/b", "x", "--id", "1"}, "ULID"},
      {{"rollback", "a/b"}, "--to"},
      {{"mount", "a/b"}, "--into"},
      {{"init", "."}, "--domain"},
      {{"init", ".", "--domain", "d", "--visibility", "x"}, "open, restricted, hidden"},
      {{"init", "team", "ads"}, "--accounts"},
      {{"lint", "--format", "xml"}, "text, json, github"},
      {{"serve"}, "--data"},
      {{"login", "--token", "--name", "a"}, "one of them"},
  };
  for (const auto& [arguments, says] : cases) {
    Invocation run;
    run.env["HANSA_URL"] = "http://127.0.0.1:1";
    std::string line;
    for (const std::string& argument : arguments) line += argument + " ";
    EXPECT_EQ(run(arguments), kUsage) << line << run.console.said;
    EXPECT_TRUE(run.console.said.starts_with("error: ") ||
                run.console.said.starts_with("{\"error\":"))
        << line;
    EXPECT_NE(run.console.said.find(says), std::string::npos) << line << run.console.said;
    EXPECT_EQ(run.console.printed, "") << line;
  }
}

TEST(Usage, ErrorsAreJsonWhereThatIsAskedFor) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--json", "get"},
                                                    {"get", "-o", "json", "--x"},
                                                    {"nothing", "--json"}}) {
    Invocation run;
    EXPECT_EQ(run(arguments), kUsage);
    const auto json = parse_json(run.console.said);
    ASSERT_TRUE(json) << run.console.said;
    EXPECT_EQ(*json->find("error")->find("code")->as_string(), "usage");
    EXPECT_NE(json->find("error")->find("message"), nullptr);
  }
}

TEST(Usage, WithoutAServerTheExitCodeIs4) {
  Invocation run;
  EXPECT_EQ(run({"whoami"}), static_cast<int>(api::Exit::login));
  EXPECT_NE(run.console.said.find("hansa login"), std::string::npos);
}

TEST(Usage, AServerThatDoesNotAnswerIsAFailure) {
  Invocation run;
  run.env["HANSA_URL"] = "http://127.0.0.1:1";
  EXPECT_EQ(run({"whoami"}), static_cast<int>(api::Exit::failed));
  EXPECT_NE(run.console.said.find("hansa serve"), std::string::npos);
}

TEST(Usage, OperandsBehindTwoDashesAreNoOptions) {
  Invocation run;
  run.env["HANSA_URL"] = "http://127.0.0.1:1";
  EXPECT_EQ(run({"publish", "a/b", "--", "--odd.parquet"}), static_cast<int>(api::Exit::failed));
  EXPECT_NE(run.console.said.find("--odd.parquet"), std::string::npos) << run.console.said;
}

TEST(Usage, ThereIsNobodyToAskInAPipe) {
  Invocation run;
  run.env = {{"HANSA_URL", "http://127.0.0.1:1"}, {"HOME", "/nonexistent"}};
  EXPECT_EQ(run({"login", "--token"}), kUsage);
  EXPECT_NE(run.console.said.find("standard input"), std::string::npos);
}

TEST(Help, BeginsWithAnExampleForEveryVerb) {
  for (const Verb& verb : all_verbs()) {
    SCOPED_TRACE(verb.path);
    ASSERT_FALSE(verb.examples.empty());
    ASSERT_NE(verb.run, nullptr);
    std::vector<std::string> words{"help"};
    std::string word;
    for (const char c : verb.path + " ") {
      if (c != ' ') word += c;
      else words.push_back(std::exchange(word, {}));
    }
    Invocation run;
    EXPECT_EQ(run(words), 0);
    const auto usage = run.console.printed.find("Usage:");
    for (const std::string_view line :
         split(std::string_view(run.console.printed).substr(usage), '\n'))
      EXPECT_LE(line.size(), 80u) << line;
    EXPECT_LT(run.console.printed.find(verb.examples[0].second),
              run.console.printed.find("Usage:"));
    words.erase(words.begin());
    words.push_back("--help");
    Invocation same;
    EXPECT_EQ(same(words), 0);
    EXPECT_EQ(same.console.printed, run.console.printed);
  }
}

TEST(Help, NamesEveryVerb) {
  Invocation run;
  EXPECT_EQ(run({}), 0);
  for (const Verb& verb : all_verbs())
    EXPECT_NE(run.console.printed.find(verb.path.substr(0, verb.path.find(' '))), std::string::npos)
        << verb.path;
  for (const char* group : {"access", "admin", "context", "admin user", "admin token"}) {
    Invocation one;
    std::vector<std::string> words{"help"};
    for (const std::string_view word : split(group, ' ')) words.emplace_back(word);
    EXPECT_EQ(one(words), 0) << group;
    EXPECT_FALSE(one.console.printed.starts_with(".")) << group;
  }
}

TEST(Verbs, NeverUseAGlobalOptionsName) {
  for (const Verb& verb : all_verbs()) {
    std::set<std::string> names;
    for (const auto* options : {&global_options(), &verb.options})
      for (const Option& option : *options)
        for (const std::string_view name : split(option.names, ','))
          EXPECT_TRUE(names.insert(std::string(name)).second) << verb.path << " " << name;
    EXPECT_TRUE(verb.outputs.empty() || verb.outputs.starts_with("table")) << verb.path;
  }
}

TEST(Serve, IsHandedToMain) {
  Invocation run;
  ServeOptions seen;
  run.tools.serve = [&](const ServeOptions& options) { return seen = options, 7; };
  EXPECT_EQ(run({"serve", "--data", "d", "--listen", "127.0.0.1:0", "--demo"}), 7);
  EXPECT_EQ(seen.data, "d");
  EXPECT_EQ(seen.listen, "127.0.0.1:0");
  EXPECT_TRUE(seen.demo);
  EXPECT_FALSE(seen.config);
}

TEST(Verbs, AReaderThatHasSeenEnoughIsNoFailure) {
  Invocation run;
  run.console.out_gone = true;
  EXPECT_EQ(run({"version"}), 0);
}

TEST(Binary, AnswersWrongUsageAsTheLibraryDoes) {
  const char* build = ::getenv("HANSA_BUILD");
  const std::string binary = std::string(build ? build : "") + "/hansa";
  if (!build || !std::filesystem::exists(binary)) GTEST_SKIP() << "no built program";
  const auto exit_of = [&](const std::string& arguments) {
    const int status =
        std::system(("'" + binary + "' " + arguments + " >/dev/null 2>&1 </dev/null").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  EXPECT_EQ(exit_of("frobnicate"), kUsage);
  EXPECT_EQ(exit_of("get ports --wat"), kUsage);
  EXPECT_EQ(exit_of("help"), 0);
  EXPECT_EQ(exit_of("version"), 0);
}

}  // namespace
}  // namespace hansa::cli
