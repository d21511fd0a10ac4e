// Verbs against a server that answers as it is told.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/digest.h"
#include "base/json.h"
#include "door/cli/fake_test.h"
#include "door/cli/session.h"

namespace hansa::cli {
namespace {

struct Folder {
  Folder()
      : path((std::filesystem::temp_directory_path() / ("hansa-cli-" + to_hex(random_bytes(6))))
                 .string()) {
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string write(const std::string& name, std::string_view text) const {
    const std::string at = path + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(at).parent_path());
    std::ofstream(at) << text;
    return at;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string path;
};

Invocation run_against(const FakeServer& server) {
  Invocation run;
  run.env = {{"HANSA_URL", server.url}, {"HANSA_TOKEN", "secret-token"}};
  return run;
}

std::string problem(int status, std::string_view code, std::string_view detail,
                    std::string_view next) {
  Json json{Json::Object{}};
  json.set("type", "/problems/" + std::string(code));
  json.set("title", "t");
  json.set("status", status);
  json.set("detail", detail);
  json.set("code", code);
  json.set("next", next);
  json.set("request_id", "q-9");
  return FakeServer::reply(status, to_text(json), "application/problem+json");
}

constexpr std::string_view kRows =
    "{\"query_id\":\"q\",\"columns\":[{\"name\":\"show\",\"type\":\"VARCHAR\"},{\"name\":\"plays\","
    "\"type\":\"BIGINT\"},{\"name\":\"plays\",\"type\":\"DOUBLE\"}],\"rows\":[\n"
    "[\"Reef\\u001b[31m\",12,0.1],\n[null,\"9007199254740993\",\"NaN\"]],\"outcome\":{\"status\":"
    "\"ok\",\"rows\":2,\"bytes_scanned\":8,\"elapsed_ms\":3,\"notes\":[\"v1 ends soon\"]}}";

TEST(Sql, PrintsATableAndItsFooter) {
  FakeServer server([](const Asked&) { return FakeServer::reply(200, kRows); });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"sql", "-c", "select 1", "-p", "7", "-p", "x", "--catalog", "ads"}), 0)
      << run.console.said;
  EXPECT_EQ(run.console.printed,
            "┌──────────────┬──────────────────┬───────┐\n"
            "│ show         │ plays            │ plays │\n"
            "├──────────────┼──────────────────┼───────┤\n"
            "│ Reef\\x1b[31m │               12 │   0.1 │\n"
            "│ NULL         │ 9007199254740993 │   NaN │\n"
            "└──────────────┴──────────────────┴───────┘\n");
  EXPECT_EQ(run.console.said, "2 rows in 3 ms\nnote: v1 ends soon\n");
  const auto asked = server.asked();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].method, "POST");
  EXPECT_EQ(asked[0].target, "/api/v1/sql");
  EXPECT_NE(asked[0].head.find("Bearer secret-token"), std::string::npos);
  const auto body = parse_json(asked[0].body);
  ASSERT_TRUE(body) << asked[0].body;
  EXPECT_EQ(*body->find("sql")->as_string(), "select 1");
  EXPECT_EQ(to_text(*body->find("parameters")), "[7,\"x\"]");
  EXPECT_EQ(*body->find("catalog")->as_string(), "ads");
}

TEST(Sql, GivesJsonObjectsWithValuesAsTheyCame) {
  FakeServer server([](const Asked&) { return FakeServer::reply(200, kRows); });
  Invocation run = run_against(server);
  run.console.piped = "select 1";
  EXPECT_EQ(run({"sql", "--json"}), 0) << run.console.said;
  EXPECT_EQ(run.console.printed,
            "[\n{\"show\":\"Reef\\u001b[31m\",\"plays\":12,\"plays_1\":0.1},\n{\"show\":null,"
            "\"plays\":\"9007199254740993\",\"plays_1\":\"NaN\"}\n]\n");
}

TEST(Sql, GivesYamlOneEntryARow) {
  FakeServer server([](const Asked&) { return FakeServer::reply(200, kRows); });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"sql", "-c", "x", "-o", "yaml"}), 0) << run.console.said;
  EXPECT_EQ(run.console.printed,
            "- {show: \"Reef\\u001b[31m\", plays: 12, plays_1: 0.1}\n"
            "- {show: null, plays: \"9007199254740993\", plays_1: \"NaN\"}\n");
}

TEST(Plan, WhatWouldBreakReadersIsBlocked) {
  FakeServer server([](const Asked&) {
    return problem(409, "blocked", "plays@1: dropping column a breaks those who read plays@1 now",
                   "give it a new major version");
  });
  Invocation run = run_against(server);
  run.console.piped = "kind: Team\n";
  EXPECT_EQ(run({"plan", "-f", "-"}), 6) << run.console.said;
  EXPECT_NE(run.console.said.find("give it a new major version"), std::string::npos);
}

TEST(One, IsALineOfCsvBelowItsNames) {
  FakeServer server([](const Asked&) {
    return FakeServer::reply(200,
                             "{\"name\":\"ada, \\\"x\\\"\",\"kind\":\"user\",\"organisation\":"
                             "\"acme\",\"member\":true,\"administrator\":false,\"teams\":[\"a\"]}");
  });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"whoami", "-o", "csv"}), 0) << run.console.said;
  EXPECT_EQ(run.console.printed,
            "name,kind,organisation,member,administrator,teams\n"
            "\"ada, \"\"x\"\"\",user,acme,true,false,\"[\"\"a\"\"]\"\n");
}

TEST(Sql, AFailureInTheTailIsAFailure) {
  const std::string text =
      "{\"query_id\":\"q\",\"columns\":[{\"name\":\"a\",\"type\":\"INTEGER\"}],\"rows\":[\n[1]],"
      "\"outcome\":{\"status\":\"failed\",\"problem\":"
      "{\"type\":\"/problems/denied\",\"title\":\"t\",\"status\":403,\"detail\":\"your grant was "
      "revoked\",\"code\":\"denied\",\"next\":\"ask again\"}}}";
  FakeServer server([&](const Asked&) { return FakeServer::reply(200, text); });
  Invocation table = run_against(server);
  EXPECT_EQ(table({"sql", "-c", "x"}), 1);
  EXPECT_NE(table.console.printed.find("│ 1 │"), std::string::npos);
  EXPECT_EQ(table.console.said, "error: your grant was revoked\n  ask again\n");
  Invocation json = run_against(server);
  EXPECT_EQ(json({"sql", "-c", "x", "-o", "json"}), 1);
  EXPECT_EQ(json.console.printed, "[\n{\"a\":1}");  // Open: nobody takes it for all.
  EXPECT_EQ(json.console.said,
            "{\"error\":{\"code\":\"denied\",\"message\":\"your grant was revoked\",\"next\":\"ask "
            "again\",\"request_id\":\"q-1\"}}\n");
}

TEST(Sql, ACutStreamIsAFailure) {
  const std::string whole = FakeServer::reply(200, kRows);
  FakeServer server([&](const Asked&) { return whole.substr(0, whole.size() - 60); });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"sql", "-c", "x"}), 1);
  EXPECT_NE(run.console.said.find("was lost"), std::string::npos) << run.console.said;
}

TEST(Sql, ARefusalHasItsExitCodeAndTheWayIn) {
  FakeServer server([](const Asked&) {
    return problem(403, "denied", "you may not read finance/payouts@1",
                   "hansa access request finance/payouts --purpose \"...\"");
  });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"sql", "-c", "x"}), 5);
  EXPECT_EQ(run.console.said,
            "error: you may not read finance/payouts@1\n  hansa access request finance/payouts "
            "--purpose \"...\"\n");
}

TEST(Sql, CsvPassesThroughAndAFileAppearsWhole) {
  FakeServer server(
      [](const Asked&) { return FakeServer::reply(200, "a,b\n1,\"x\x1b\"\n", "text/csv"); });
  Invocation pipe = run_against(server);
  EXPECT_EQ(pipe({"sql", "-c", "x", "-o", "csv"}), 0);
  EXPECT_EQ(pipe.console.printed, "a,b\n1,\"x\x1b\"\n");
  Invocation terminal = run_against(server);
  terminal.console.terminal = true;
  EXPECT_EQ(terminal({"sql", "-c", "x", "-o", "csv"}), 0);
  EXPECT_EQ(terminal.console.printed, "a,b\n1,\"x\\x1b\"\n");
  const Folder folder;
  Invocation file = run_against(server);
  EXPECT_EQ(file({"sql", "-c", "x", "-o", "csv", "--out", folder.path + "/r.csv"}), 0)
      << file.console.said;
  EXPECT_EQ(folder.read("r.csv"), "a,b\n1,\"x\x1b\"\n");
  EXPECT_FALSE(std::filesystem::exists(folder.path + "/r.csv.part"));
}

TEST(Sql, KeepsParquetAwayFromATerminal) {
  FakeServer server([](const Asked&) { return FakeServer::reply(200, "PAR1"); });
  Invocation run = run_against(server);
  run.console.terminal = true;
  EXPECT_EQ(run({"sql", "-c", "x", "-o", "parquet"}), 64);
  EXPECT_TRUE(server.asked().empty());
}

TEST(Get, FollowsPagesAndShowsWhatPeopleRead) {
  FakeServer server([](const Asked& asked) {
    const bool second = asked.target.find("after=n1") != std::string::npos;
    return FakeServer::reply(
        200,
        second ? "{\"items\":[{\"name\":\"b\",\"owner\":\"y\\u001b\",\"products\":12,\"later\":1}]}"
               : "{\"items\":[{\"name\":\"a\",\"owner\":\"x\",\"products\":3,\"stewards\":[\"s\","
                 "\"t\"]}],\"next\":\"n1\"}");
  });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"get", "domains"}), 0) << run.console.said;
  EXPECT_EQ(run.console.printed,
            "DOMAIN  OWNER  VISIBILITY  PRODUCTS  STEWARDS  ACCOUNTS  ABOUT\n"
            "a       x                         3  s, t\n"
            "b       y\\x1b                    12\n");
  EXPECT_EQ(server.asked().size(), 2u);
  Invocation names = run_against(server);
  EXPECT_EQ(names({"get", "domains", "-o", "name"}), 0);
  EXPECT_EQ(names.console.printed, "a\nb\n");
  Invocation csv = run_against(server);
  EXPECT_EQ(csv({"get", "domains", "-o", "csv", "--limit", "1"}), 0);
  EXPECT_EQ(csv.console.printed,
            "name,title,owner,visibility,products,stewards,accounts,description\na,,x,,3,\"["
            "\"\"s\"\",\"\"t\"\"]\",,\n");
  EXPECT_NE(csv.console.said.find("--limit 0"), std::string::npos);
  Invocation one = run_against(server);
  EXPECT_EQ(one({"get", "domains", "b", "-o", "json"}), 0);
  EXPECT_EQ(*parse_json(one.console.printed)->find("later")->as_int(), 1)
      << "what a newer server says is not lost";
  Invocation none = run_against(server);
  EXPECT_EQ(none({"get", "domains", "c"}), 1);
}

TEST(Get, AProductShowsWhatPeopleAskOfItsPorts) {
  FakeServer server([](const Asked&) {
    return FakeServer::reply(
        200,
        "{\"ref\":\"a/"
        "b\",\"description\":\"One.\\n\\nTwo.\",\"ports\":[{\"id\":\"01M\",\"ref\":\"a/b@1\","
        "\"readable\":true,\"data\":{\"at\":\"2020-01-01T00:00:00.5Z\",\"rows\":7,\"bytes\":2000,"
        "\"made_by\":{\"job\":\"j\"}}}]}");
  });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"get", "products", "a/b"}), 0) << run.console.said;
  EXPECT_TRUE(
      run.console.printed.starts_with("ref          a/b\n"
                                      "description  One.\n\n             Two.\n\nports\n"
                                      "ref    readable  rows    size  changed\n"
                                      "a/b@1  yes          7  2.0 kB  "))
      << run.console.printed;
}

TEST(Get, AListShowsTheFirstParagraph) {
  FakeServer server([](const Asked&) {
    return FakeServer::reply(
        200, "{\"items\":[{\"name\":\"a\",\"description\":\"One\\nline.\\n\\nMore.\"}]}");
  });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"get", "teams"}), 0) << run.console.said;
  EXPECT_EQ(run.console.printed,
            "TEAM  DOMAINS  MEMBERS  ABOUT\na                       One line.\n");
}

TEST(Get, SaysWhereToLookForWhatIsNotThere) {
  FakeServer server([](const Asked&) { return problem(404, "not_found", "no port 'a/b'", ""); });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"get", "ports", "a/b"}), 1);
  EXPECT_EQ(run.console.said, "error: no port 'a/b'\n  hansa get ports lists what there is\n");
}

TEST(Access, ExplainsATeamByItsMembers) {
  FakeServer server([](const Asked& asked) {
    return asked.target.contains("explain")
               ? problem(404, "not_found",
                         asked.target.contains("planning") ? "no principal 'planning'"
                                                           : "no principal 'nobody'",
                         "hansa get principals lists those you may know of")
               : FakeServer::reply(
                     200, "{\"items\":[{\"name\":\"planning\",\"members\":[\"ada\",\"mia\"]}]}");
  });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"access", "explain", "planning", "a/b"}), 1);
  EXPECT_EQ(run.console.said,
            "error: 'planning' is a team; ask about one of its members\n"
            "  hansa access explain ada a/b\n  hansa access explain mia a/b\n");
  Invocation other = run_against(server);
  EXPECT_EQ(other({"access", "explain", "nobody", "a/b"}), 1);
  EXPECT_NE(other.console.said.find("hansa get principals"), std::string::npos);
}

TEST(Times, AreRoundedForPeople) {
  const Time now{1'800'000'000'000'000};
  const auto after = [&](std::int64_t seconds) {
    return relative(Time{now.us + seconds * 1'000'000}, now);
  };
  EXPECT_EQ(after(90 * 86'400 - 5), "in 90 days");
  EXPECT_EQ(after(-90 * 86'400), "90 days ago");
  EXPECT_EQ(after(180 * 86'400 - 5), "in 6 months");
  EXPECT_EQ(after(400 * 86'400), "in 1 year");
  EXPECT_EQ(after(-100), "2 minutes ago");
  EXPECT_EQ(after(-5), "just now");
}

TEST(Get, WithoutLoginTheExitCodeIs4) {
  FakeServer server(
      [](const Asked&) { return problem(401, "unauthenticated", "who are you?", ""); });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"get", "ports", "--json"}), 4);
  EXPECT_EQ(run.console.said,
            "{\"error\":{\"code\":\"unauthenticated\",\"message\":\"who are "
            "you?\",\"next\":\"hansa login --url " +
                server.url + "\",\"request_id\":\"q-9\"}}\n");
}

TEST(Access, AsksAndSaysWhatFollows) {
  FakeServer server([](const Asked&) {
    return FakeServer::reply(200,
                             "{\"id\":\"i\",\"number\":\"r-7\",\"port\":\"finance/"
                             "payouts\",\"grantee\":\"ada\",\"grantee_kind\":\"user\",\"state\":"
                             "\"requested\",\"purpose\":\"p\","
                             "\"requested_by\":\"ada\",\"requested_at\":\"2026-11-22T09:00:00Z\","
                             "\"stewards\":[\"mia\"]}");
  });
  Invocation run = run_against(server);
  EXPECT_EQ(
      run({"access", "request", "finance/payouts", "--purpose", "p", "--until", "2027-01-31"}), 0)
      << run.console.said;
  EXPECT_EQ(run.console.printed, "Request r-7 for finance/payouts sent to mia.\n");
  EXPECT_EQ(run.console.said, "follow it: hansa get access r-7\n");
  EXPECT_NE(server.asked()[0].body.find("2027-01-31T23:59:59Z"), std::string::npos)
      << "the day itself is included";
}

TEST(Debug, NeverPrintsASecret) {
  FakeServer server([](const Asked&) { return FakeServer::reply(200, "{}"); });
  Invocation run = run_against(server);
  run.console.piped = "hunter2\n";
  EXPECT_EQ(run({"admin", "password", "ada", "--debug"}), 0) << run.console.said;
  EXPECT_NE(run.console.said.find("> PUT " + server.url + "/api/v1/principals/ada/password"),
            std::string::npos);
  EXPECT_EQ(run.console.said.find("hunter2"), std::string::npos);
  EXPECT_EQ(run.console.said.find("secret-token"), std::string::npos);
  EXPECT_NE(server.asked()[0].body.find("hunter2"), std::string::npos);
}

TEST(Login, RemembersTheServerAndForgetsIt) {
  FakeServer server([](const Asked&) {
    return FakeServer::reply(200,
                             "{\"name\":\"ada\",\"title\":\"\",\"kind\":\"user\",\"organisation\":"
                             "\"o\",\"member\":true,\"administrator\":false}");
  });
  const Folder folder;
  Invocation run;
  run.env["XDG_CONFIG_HOME"] = folder.path;
  run.console.piped = "tok\n";
  EXPECT_EQ(run({"login", "--url", server.url, "--token"}), 0) << run.console.said;
  const auto saved = read_config(folder.path + "/hansa/config.yaml");
  EXPECT_EQ(saved->contexts, (std::vector<SavedContext>{{"ada", server.url, "tok"}}));
  EXPECT_EQ(saved->current, "ada");
  EXPECT_EQ(run({"whoami", "-o", "name"}), 0);
  EXPECT_NE(server.asked().back().head.find("Bearer tok"), std::string::npos);
  EXPECT_EQ(run({"logout"}), 0);
  EXPECT_EQ(read_config(folder.path + "/hansa/config.yaml")->contexts[0].token, "");
  EXPECT_EQ(run({"context", "use", "adda"}), 1);
  EXPECT_EQ(run({"context", "rm", "ada"}), 0);
  EXPECT_EQ(*read_config(folder.path + "/hansa/config.yaml"), Config{});
}

constexpr std::string_view kPlan =
    "{\"changes\":[{\"sign\":\"+\",\"kind\":\"product\",\"name\":\"shows/"
    "reviews\",\"details\":[{\"sign\":\"+\",\"what\":\"port "
    "reviews\",\"from\":\"\",\"to\":\"1.0.0\"}]}],"
    "\"findings\":[],\"adds\":1,\"updates\":0,\"digest\":\"d1\"}";

TEST(Apply, SendsTheDigestItShowed) {
  FakeServer server([](const Asked& asked) {
    return FakeServer::reply(200, asked.target == "/api/v1/plan"
                                      ? std::string(kPlan)
                                      : "{\"plan\":" + std::string(kPlan) + ",\"seq\":12}");
  });
  const Folder folder;
  folder.write("a/team.yaml", "apiVersion: hansa/v1\nkind: Team\nname: ads\n");
  folder.write("a/docker-compose.yaml", "services: {}\n");
  Invocation refused = run_against(server);
  EXPECT_EQ(refused({"apply", "-f", folder.path}), 64) << "no terminal and no --yes";
  EXPECT_EQ(server.asked().size(), 1u);
  Invocation run = run_against(server);
  EXPECT_EQ(run({"apply", "-f", folder.path, "--yes"}), 0) << run.console.said;
  EXPECT_EQ(run.console.printed,
            "  + product shows/reviews\n      + port reviews  1.0.0\n\nPlan: 1 to add, 0 to "
            "change.\nApplied 1 change in commit 12.\n");
  const auto body = parse_json(server.asked().back().body);
  EXPECT_EQ(*body->find("digest")->as_string(), "d1");
  EXPECT_EQ(body->find("files")->as_array()->size(), 1u);
  EXPECT_NE(run.console.said.find("passed over 1 YAML file"), std::string::npos);
  Invocation pending = run_against(server);
  EXPECT_EQ(pending({"plan", "-f", folder.path, "--detailed-exitcode"}), 2);
  Invocation no = run_against(server);
  no.console.typed = {"n"};
  EXPECT_EQ(no({"apply", "-f", folder.path}), 1);
}

TEST(Publish, UploadsThenMakesVisibleAndRepeatsOnceWithTheSameId) {
  int failures = 2;  // one upload, one publish
  FakeServer server([&](const Asked& asked) -> std::string {
    if (asked.method == "PUT" && asked.target.find("/1?") != std::string::npos && failures == 2)
      return --failures, "";
    if (asked.method == "PUT")
      return FakeServer::reply(200, "{\"publish\":\"p\",\"file\":0,\"bytes\":1,\"sha256\":\"\"}");
    if (failures == 1) return --failures, "";
    return FakeServer::reply(
        200,
        "{\"port\":\"shows/"
        "reviews@1\",\"snapshot\":\"77\",\"seq\":5,\"added_files\":2,\"added_rows\":3,\"added_"
        "bytes\":1200,\"rows\":30,\"bytes\":9,\"skipped_files\":0,\"repeated\":false}");
  });
  const Folder folder;
  const std::string big(3 << 20, 'x');
  const std::string one = folder.write("a.parquet", "PAR1-one");
  const std::string two = folder.write("b.parquet", big);
  Invocation run = run_against(server);
  EXPECT_EQ(run({"publish", "shows/reviews", one, two, "--job", "nightly"}), 0) << run.console.said;
  EXPECT_EQ(
      run.console.printed,
      "Published to shows/reviews@1: 3 rows in 2 files (1.2 kB), 30 rows in all. Snapshot 77.\n");
  EXPECT_NE(run.console.said.find("from shows.reviews limit 5"), std::string::npos);
  const auto asked = server.asked();
  ASSERT_EQ(asked.size(), 5u);
  EXPECT_EQ(asked[0].body, "PAR1-one");
  EXPECT_EQ(asked[1].target, asked[2].target);
  EXPECT_EQ(asked[2].body, big);
  EXPECT_TRUE(asked[2].target.ends_with("/1?port=shows%2Freviews")) << asked[2].target;
  EXPECT_EQ(asked[3].body, asked[4].body);
  const auto body = parse_json(asked[4].body);
  EXPECT_NE(asked[0].target.find(*body->find("publish")->as_string()), std::string::npos);
  EXPECT_EQ(*body->find("files")->as_int(), 2);
  EXPECT_EQ(to_text(*body->find("made_by")), "{\"job\":\"nightly\"}");
  Invocation twice = run_against(server);
  EXPECT_EQ(twice({"publish", "shows/reviews", one, one}), 64);
}

TEST(Publish, FindsTheBucketOfKeysInPlace) {
  FakeServer server([](const Asked& asked) {
    if (asked.target == "/api/v1/ports/shows/reviews")
      return FakeServer::reply(200, "{\"product\":\"reviews\"}");
    if (asked.target == "/api/v1/products/shows/reviews")
      return FakeServer::reply(200, "{\"account\":\"shows-prod\"}");
    if (asked.target.starts_with("/api/v1/accounts"))
      return FakeServer::reply(200,
                               "{\"items\":[{\"name\":\"shows-prod\",\"bucket\":\"shows-b\"}]}");
    return FakeServer::reply(
        200,
        "{\"port\":\"shows/"
        "reviews@1\",\"snapshot\":\"7\",\"seq\":5,\"added_files\":0,\"added_rows\":0,\"added_"
        "bytes\":0,\"rows\":3,\"bytes\":9,\"skipped_files\":2,\"repeated\":false}");
  });
  Invocation run = run_against(server);
  EXPECT_EQ(run({"publish", "shows/reviews", "--in-place", "r/a.parquet", "s3://other/b.parquet"}),
            0)
      << run.console.said;
  EXPECT_EQ(to_text(*parse_json(server.asked().back().body)->find("locations")),
            "[\"s3://shows-b/r/a.parquet\",\"s3://other/b.parquet\"]");
  EXPECT_EQ(run.console.printed, "Nothing new for shows/reviews@1. 2 files known already.\n");
}

TEST(Init, WritesManifestsThatLintAndNeverOverwrites) {
  const Folder folder;
  folder.write("reviews/day=2026-11-01/a.parquet", "x");
  folder.write("reviews/day=2026-11-02/b.parquet", "x");
  folder.write("reviews/_temporary/c.parquet", "x");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path);
  Invocation run;
  std::vector<std::string> looked;
  run.tools.inspect = [&](const std::vector<std::string>& paths,
                          const std::optional<Dialect>&) -> Result<std::vector<Footer>> {
    looked = paths;
    std::vector<Footer> out;
    for (const std::string& path : paths)
      out.push_back({.path = path,
                     .rows = 5,
                     .bytes = 100,
                     .schema = {.columns = {{.name = "stars",
                                             .type = {.kind = TypeKind::int32},
                                             .required = true}}}});
    return out;
  };
  EXPECT_EQ(run({"init", "reviews", "--domain", "shows", "--account", "shows-prod", "--visibility",
                 "restricted"}),
            0)
      << run.console.said;
  EXPECT_EQ(looked, (std::vector<std::string>{"reviews/day=2026-11-01/a.parquet",
                                              "reviews/day=2026-11-02/b.parquet"}));
  EXPECT_NE(folder.read("reviews.odps.yaml").find("restricted"), std::string::npos);
  EXPECT_NE(folder.read("reviews.odcs.yaml").find("partitioned: true"), std::string::npos)
      << folder.read("reviews.odcs.yaml");
  Invocation lint;
  EXPECT_EQ(lint({"lint", "--strict"}), 0) << lint.console.printed << lint.console.said;
  EXPECT_EQ(run({"init", "reviews", "--domain", "shows"}), 1);
  EXPECT_EQ(run({"init", "reviews", "--domain", "shows", "--force"}), 0) << run.console.said;
  EXPECT_EQ(run({"init", "team", "ads", "--domain", "ads", "--accounts", "dev,prod"}), 0)
      << run.console.said;
  EXPECT_NE(folder.read("ads.team.yaml").find("ads-prod"), std::string::npos);
  folder.write("bad.odcs.yaml", "apiVersion: v3.2.0\nkind: DataContract\nid: a\nid: b\n");
  Invocation bad;
  EXPECT_EQ(bad({"lint", "bad.odcs.yaml", "--format", "github"}), 3);
  EXPECT_NE(bad.console.printed.find("::error file=bad.odcs.yaml,line=4"), std::string::npos)
      << bad.console.printed;
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace hansa::cli
