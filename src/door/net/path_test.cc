#include "door/net/path.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace hansa::net {
namespace {

TEST(Target, RefusesTricks) {
  using namespace std::string_literals;
  for (const std::string& text : {""s,
                                  "*"s,
                                  "x"s,
                                  "http://localhost/x"s,
                                  "//x"s,
                                  "/x//y"s,
                                  "/x/"s,
                                  "/./x"s,
                                  "/x/.."s,
                                  "/../x"s,
                                  "/%2e/x"s,
                                  "/%2E%2e/x"s,
                                  "/.%2e/x"s,
                                  "/x%2fy"s,
                                  "/x%2Fy"s,
                                  "/x%5cy"s,
                                  "/x\\y"s,
                                  "/x;y"s,
                                  "/x%3by"s,
                                  "/x%00"s,
                                  "/x\0"s,
                                  "/x%0a"s,
                                  "/x%7f"s,
                                  "/x%"s,
                                  "/x%4"s,
                                  "/x%4g"s,
                                  "/x%u0041"s,
                                  "/x y"s,
                                  "/x\"y"s,
                                  "/x<y"s,
                                  "/x|y"s,
                                  "/x^y"s,
                                  "/x#y"s,
                                  "/x%ff"s,
                                  "/%c0%ae%c0%ae/x"s,
                                  "/x%ed%a0%80"s,
                                  "/\xc3\xa9"s,
                                  "/x\ty"s,
                                  "/x?a=%00"s,
                                  "/x?a=%ff"s,
                                  "/x?a b"s,
                                  "/x?a#b"s,
                                  "/x?a\\b"s,
                                  "/x?%"s}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
}

TEST(Target, DecodesOnce) {
  const auto target =
      parse_target("/a%20b/%252e/caf%C3%A9/%3F%23%25?q=1%2B1&empty=&bare&&x=a%3Db=c;d");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/%2e/caf\xc3\xa9/?#%");
  const std::vector<std::pair<std::string, std::string>> query = {
      {"q", "1+1"}, {"empty", ""}, {"bare", ""}, {"x", "a=b=c;d"}};
  EXPECT_EQ(target->query, query);
  EXPECT_EQ(parse_target("/")->path, "/");
  EXPECT_EQ(parse_target("/?a=b")->path, "/");
}

// CVE-2024-28255: a filter that saw another path than the handler. Each mutation is refused or
// reads as something else; only spellings of the same letters read as the same path.
TEST(Target, NoMutationReadsAsTheOriginal) {
  const std::string original = "/api/v1/x";
  const std::vector<std::string> inserts = {
      "/",   "//",  "/.",  "/..", "/./", "/../", ";",      ";a=b",      ";v1/users/login",
      "%2f", "%2F", "%5c", "\\",  "%00", "%2e",  "%2e%2e", "%252f",     "%252e",
      " ",   "%20", "%09", "\t",  ".",   "..",   "%c0%af", "%e2%80%ae", "%ef%bc%8f",
      "X",   "%23", "#",   "%3f", "*",   "@",    ":"};
  std::set<std::string> tried;
  for (std::size_t at = 0; at <= original.size(); ++at) {
    for (const std::string& insert : inserts) {
      const std::string text = original.substr(0, at) + insert + original.substr(at);
      if (!tried.insert(text).second) continue;
      const auto target = parse_target(text);
      if (target) {
        EXPECT_NE(target->path, original) << text;
      }
    }
  }
  EXPECT_GE(tried.size(), 200u);
  EXPECT_EQ(parse_target("/%61pi/v1/x")->path, original);
}

TEST(Host, IsANameOrAnAddress) {
  EXPECT_EQ(*parse_host("LocalHost:8080"), "localhost");
  EXPECT_EQ(*parse_host("[::1]:8080"), "::1");
  EXPECT_EQ(*parse_host("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(*parse_host("a.b"), "a.b");
  for (const char* text : {"", ":80", "a:80:80", "a:8a", "a:123456", "[::1", "::1", "[::1]x", "[]",
                           "a b", "a/b", "a@b", "a,b", "[g]", "a\tb", "a%41"}) {
    EXPECT_FALSE(parse_host(text)) << text;
  }
}

TEST(Host, OnLoopbackOnlyOwnNamesCount) {
  const std::vector<std::string> also = {"Mesh.Example"};
  for (const char* name :
       {"localhost", "a.localhost", "127.0.0.1", "127.9.8.7", "::1", "mesh.example"}) {
    EXPECT_TRUE(is_local_host(name, also)) << name;
  }
  for (const char* name :
       {"evil.example", "localhost.evil", "127.0.0.1.evil", "127.1", "0.0.0.0", "10.0.0.1",
        "xlocalhost", "127.0.0.01", "127.0.0.256", "mesh.example.evil", ".localhost.", "::"}) {
    EXPECT_FALSE(is_local_host(name, also)) << name;
  }
}

}  // namespace
}  // namespace hansa::net
