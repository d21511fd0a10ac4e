#include "door/cli/config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>

#include "base/digest.h"
#include "base/text.h"

namespace hansa::cli {
namespace {

Environment environment(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

const Config kTwo{.current = "ada",
                  .contexts = {{"ada", "http://a:1", "ta"}, {"ben", "https://b", "tb"}}};

struct Case {
  std::string says;
  Chosen flags;
  std::map<std::string, std::string> env;
  std::string url, token;
};

TEST(Endpoint, AFlagWinsOverTheEnvironmentAndThatOverTheFile) {
  const std::vector<Case> cases{
      {"the file alone", {}, {}, "http://a:1", "ta"},
      {"the context of the environment", {}, {{"HANSA_CONTEXT", "ben"}}, "https://b", "tb"},
      {"a flag over it",
       {.context = "ada"},
       {{"HANSA_CONTEXT", "ben"}, {"HANSA_URL", "http://c"}, {"HANSA_TOKEN", "tc"}},
       "http://a:1",
       "ta"},
      {"URL and token of the environment",
       {},
       {{"HANSA_URL", "http://c"}, {"HANSA_TOKEN", "tc"}},
       "http://c",
       "tc"},
      {"the token of the environment for the server of the file",
       {},
       {{"HANSA_TOKEN", "tc"}},
       "http://a:1",
       "tc"},
      {"a URL flag",
       {.url = "http://c/"},
       {{"HANSA_URL", "http://d"}, {"HANSA_TOKEN", "tc"}},
       "http://c",
       "tc"},
      {"an empty variable is none",
       {},
       {{"HANSA_URL", ""}, {"HANSA_CONTEXT", ""}},
       "http://a:1",
       "ta"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.says);
    const auto endpoint = choose_endpoint(one.flags, environment(one.env), kTwo);
    ASSERT_TRUE(endpoint) << endpoint.error().text;
    EXPECT_EQ(endpoint->url, one.url);
    EXPECT_EQ(endpoint->token, one.token);
  }
}

TEST(Endpoint, ASavedTokenNeverGoesToAnotherServer) {
  for (const std::string url : {"http://evil", "http://a:10", "https://a:1", "http://a:1/x"}) {
    EXPECT_EQ(choose_endpoint({.url = url}, environment({}), kTwo)->token, "") << url;
    EXPECT_EQ(choose_endpoint({}, environment({{"HANSA_URL", url}}), kTwo)->token, "") << url;
    EXPECT_EQ(choose_endpoint({.context = "ada", .url = url}, environment({}), kTwo)->token, "")
        << url;
  }
  EXPECT_EQ(choose_endpoint({.url = "http://a:1/"}, environment({}), kTwo)->token, "ta");
}

TEST(Endpoint, SuggestsTheContextThatWasMeant) {
  const auto endpoint = choose_endpoint({.context = "adda"}, environment({}), kTwo);
  ASSERT_FALSE(endpoint);
  EXPECT_EQ(endpoint.error().code, Code::not_found);
  EXPECT_NE(endpoint.error().next.find("'ada'"), std::string::npos);
}

TEST(Url, IsAServerAndNothingElse) {
  EXPECT_EQ(*canonical_url("http://127.0.0.1:8080/"), "http://127.0.0.1:8080");
  EXPECT_EQ(*canonical_url("https://data.example.org/mesh//"), "https://data.example.org/mesh");
  for (const char* text :
       {"", "data.example.org", "ftp://a", "file:///etc/passwd", "http://", "http:///x",
        "http://u:p@host", "http://h?q", "http://h#f", "http://h h", "http://:80"})
    EXPECT_FALSE(canonical_url(text)) << text;
  EXPECT_TRUE(is_loopback("http://127.0.0.1:8080/x"));
  EXPECT_TRUE(is_loopback("http://[::1]:80"));
  EXPECT_FALSE(is_loopback("http://127.0.0.1.example.org"));
}

TEST(Config, RoundTripsWhateverItHolds) {
  const Config config{
      .current = "a: b",
      .contexts = {
          {"a: b", "http://h", "no"}, {"#", "http://i", ""}, {"\"q\"", "http://j", "1e3"}}};
  const auto read = config_from_text(to_text(config));
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(*read, config);
  EXPECT_EQ(*config_from_text(""), Config{});
}

TEST(Config, NamesTheLineThatIsWrong) {
  for (const char* text : {"current: [", "contexts: 1", "contexts:\n  - {name: a}", "colour: blue",
                           "current: a\ncurrent: b", "- a"})
    EXPECT_FALSE(config_from_text(text)) << text;
  EXPECT_NE(config_from_text("current: a\ncolour: blue").error().text.find("line 2"),
            std::string::npos);
}

TEST(Config, IsReadableByItsOwnerOnly) {
  const std::string folder =
      (std::filesystem::temp_directory_path() / ("hansa-cli-" + to_hex(random_bytes(6)))).string();
  const std::string path = folder + "/hansa/config.yaml";
  EXPECT_EQ(*read_config(path), Config{});
  ASSERT_TRUE(write_config(path, kTwo));
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(*read_config(path), kTwo);
  std::filesystem::remove_all(folder);
}

TEST(Config, LiesWhereTheStandardSays) {
  EXPECT_EQ(*config_path(environment({{"XDG_CONFIG_HOME", "/x"}, {"HOME", "/h"}})),
            "/x/hansa/config.yaml");
  EXPECT_EQ(*config_path(environment({{"XDG_CONFIG_HOME", "rel"}, {"HOME", "/h"}})),
            "/h/.config/hansa/config.yaml");
  EXPECT_FALSE(config_path(environment({})));
}

}  // namespace
}  // namespace hansa::cli
