#include "world/outbound/outbound.h"

#include <gtest/gtest.h>

namespace hansa::outbound {
namespace {

TEST(Url, ShowsSchemeAndHostAlone) {
  EXPECT_EQ(*check_url("https://hooks.example/T1/B2/secret"), "https://hooks.example");
  EXPECT_EQ(*check_url("http://10.0.0.1:8080?token=x"), "http://10.0.0.1:8080");
  EXPECT_EQ(*check_url("https://[2001:db8::1]:443/x"), "https://[2001:db8::1]:443");
  EXPECT_EQ(*check_url("https://a.example#secret"), "https://a.example");
}

TEST(Url, IsHttpWithAHostAndNothingElse) {
  for (const char* bad : {"",
                          "hooks.example/x",
                          "ftp://a.example/",
                          "file:///etc/passwd",
                          "gopher://a.example/",
                          "HTTPS://a.example",
                          "https://",
                          "https:///x",
                          "https://user:secret@a.example/",
                          "https://a.example@b.example/",
                          "https://a.example:0/",
                          "https://a.example:65536/",
                          "https://a.example:port/",
                          "https://a example/",
                          "https://a.example/\r\nX: y",
                          "https://a.example\\@b.example/",
                          "https://-a.example/",
                          "https://a..example/",
                          "https://[::1",
                          "https://[]/",
                          "https://[::1%25eth0]/",
                          "https://a_b.example/",
                          "https://\xC3\xA4.example/",
                          "https://a.example./"})
    EXPECT_FALSE(check_url(bad)) << bad;
  EXPECT_TRUE(check_url("https://a.example/" + std::string(2'000 - 18, 'x')));
  EXPECT_FALSE(check_url("https://a.example/" + std::string(2'001 - 18, 'x')));
}

TEST(MailAddress, IsPlain) {
  for (const char* good : {"ada@example.org", "a.b+c@x", "o'hara@mail.example.org"})
    EXPECT_TRUE(check_mail_address(good)) << good;
  for (const char* bad :
       {"", "ada", "@example.org", "ada@", "ada@example..org", "a b@example.org", ".a@example.org",
        "a.@example.org", "a..b@example.org", "ada@example.org\r\nRCPT TO:<eve@example.org>",
        "ada@example.org>", "<ada@example.org>", "ada@[127.0.0.1]", "\"a b\"@example.org",
        "a,b@example.org", "a@b@example.org", "\xC3\xA4@example.org", "ada@-example.org"})
    EXPECT_FALSE(check_mail_address(bad)) << bad;
  EXPECT_TRUE(check_mail_address(std::string(64, 'a') + "@example.org"));
  EXPECT_FALSE(check_mail_address(std::string(65, 'a') + "@example.org"));
}

}  // namespace
}  // namespace hansa::outbound
