#include "world/outbound/gate.h"

#include <gtest/gtest.h>

namespace hansa::outbound {
namespace {

std::vector<Address> addresses(std::initializer_list<const char*> all) {
  std::vector<Address> out;
  for (const char* each : all) out.push_back(*parse_address(each));
  return out;
}

Gate gate(std::initializer_list<const char*> found, std::vector<Network> allowed = {}) {
  return {std::move(allowed), [all = addresses(found)](const std::string&) { return all; }};
}

TEST(Gate, OpensForTheInternetAlone) {
  EXPECT_EQ(*gate({"1.1.1.1", "2606:4700::1111"}).open("a.example"),
            addresses({"1.1.1.1", "2606:4700::1111"}));
  for (const char* inside : {"127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"})
    EXPECT_EQ(gate({inside}).open("a.example").error().code, Code::denied) << inside;
}

TEST(Gate, OneAddressInsideClosesIt) {
  EXPECT_EQ(gate({"1.1.1.1", "10.0.0.1"}).open("a.example").error().code, Code::denied);
  EXPECT_EQ(gate({"10.0.0.1", "1.1.1.1"}).open("a.example").error().code, Code::denied);
}

TEST(Gate, AnAddressIsNoName) {
  EXPECT_EQ(gate({"1.1.1.1"}).open("10.0.0.1").error().code, Code::denied);
  EXPECT_EQ(gate({"1.1.1.1"}).open("::1").error().code, Code::denied);
}

TEST(Gate, AnAdministratorAllowsNetworks) {
  const std::vector<Network> allowed{*parse_network("10.1.0.0/16")};
  EXPECT_TRUE(gate({"10.1.255.255", "1.1.1.1"}, allowed).open("a.example"));
  EXPECT_FALSE(gate({"10.2.0.0"}, allowed).open("a.example"));
  EXPECT_FALSE(gate({"10.0.255.255"}, allowed).open("a.example"));
  EXPECT_TRUE(gate({"127.0.0.1"}).resolve("a.example")) << "of what an administrator named";
}

TEST(Gate, ErrorsTellNoAddress) {
  const Error error = gate({"10.9.8.7"}).open("inside.example").error();
  EXPECT_FALSE(error.text.contains("10.9") || error.text.contains("inside.example")) << error.text;
}

}  // namespace
}  // namespace hansa::outbound
