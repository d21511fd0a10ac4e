#include "base/address.h"

#include <gtest/gtest.h>

namespace hansa {
namespace {

TEST(Address, HasOneSpelling) {
  EXPECT_EQ(parse_address("10.1.2.3"), parse_address("::ffff:10.1.2.3"));
  EXPECT_EQ(parse_address("::FFFF:a01:203"), parse_address("10.1.2.3"));
  EXPECT_EQ(to_text(*parse_address("::ffff:10.1.2.3")), "10.1.2.3");
  EXPECT_EQ(to_text(*parse_address("2001:0DB8::0001")), "2001:db8::1");
  for (const char* bad : {"", "10.1.2", "10.1.2.3.4", "010.1.2.3x", "0x7f.0.0.1", "2130706433",
                          "localhost", "fe80::1%eth0", "[::1]", " 10.1.2.3"})
    EXPECT_EQ(parse_address(bad), std::nullopt) << bad;
  EXPECT_EQ(parse_address(std::string_view("10.1.2.3\0.evil", 14)), std::nullopt);
}

TEST(Address, OfTheInternetOrNot) {
  for (const char* open :
       {"1.1.1.1",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.0",       "169.253.255.255", "169.255.0.0",    "172.15.255.255",
        "172.32.0.0",      "192.167.255.255", "192.169.0.0",     "198.17.255.255", "198.20.0.0",
        "223.255.255.255", "168.63.129.15",   "2606:4700::1111", "2000::",         "2003::1",
        "3ffe::1"})
    EXPECT_TRUE(is_public(*parse_address(open))) << open;
  for (const char* closed : {"0.0.0.0",
                             "0.255.255.255",
                             "10.0.0.0",
                             "10.255.255.255",
                             "100.64.0.0",
                             "100.100.100.200",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.255.255",
                             "169.254.0.0",
                             "169.254.169.254",
                             "172.16.0.0",
                             "172.31.255.255",
                             "192.0.0.1",
                             "192.0.2.1",
                             "192.88.99.1",
                             "192.168.0.1",
                             "198.18.0.0",
                             "198.19.255.255",
                             "198.51.100.7",
                             "203.0.113.9",
                             "224.0.0.1",
                             "239.255.255.255",
                             "240.0.0.1",
                             "255.255.255.255",
                             "168.63.129.16",
                             "::",
                             "::1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "::127.0.0.1",
                             "64:ff9b::7f00:1",
                             "fe80::1",
                             "fc00::1",
                             "fd00:ec2::254",
                             "ff02::1",
                             "2001::1",
                             "2001:db8::1",
                             "2002:7f00:1::",
                             "3fff::1",
                             "1fff::1",
                             "4000::1"})
    EXPECT_FALSE(is_public(*parse_address(closed))) << closed;
}

TEST(Network, ContainsWhatItsPrefixSays) {
  const auto within = [](const char* network, const char* address) {
    const auto read = parse_network(network);
    EXPECT_TRUE(read) << network;
    return read && read->contains(*parse_address(address));
  };
  EXPECT_TRUE(within("10.0.0.0/8", "10.255.0.1"));
  EXPECT_TRUE(within("10.0.0.0/8", "::ffff:10.255.0.1"));
  EXPECT_FALSE(within("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(within("10.0.0.0/9", "10.127.255.255"));
  EXPECT_FALSE(within("10.0.0.0/9", "10.128.0.0"));
  EXPECT_TRUE(within("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(within("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(within("0.0.0.0/0", "1.2.3.4"));
  EXPECT_FALSE(within("0.0.0.0/0", "::1"));
  EXPECT_TRUE(within("::/0", "1.2.3.4"));
  EXPECT_TRUE(within("fd00::/8", "fdff::1"));
  EXPECT_FALSE(within("fd00::/8", "fe00::1"));
  for (const char* bad : {"", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/-1", "10/8",
                          "fd00::/129", "fd00::1/8", "localhost/8", "10.0.0.0/8/8"})
    EXPECT_FALSE(parse_network(bad)) << bad;
}

}  // namespace
}  // namespace hansa
