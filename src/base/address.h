// IP addresses, and which of them belong to everybody: what dials out on somebody's behalf must not
// reach a machine that only this one can (SSRF).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sockaddr;

namespace hansa {

// IPv4 as ::ffff:a.b.c.d, which is one address in both spellings.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool is_v4() const;
  friend auto operator<=>(const Address&, const Address&) = default;
};

std::optional<Address> parse_address(std::string_view text);
std::string to_text(const Address& address);
// Nothing: neither IPv4 nor IPv6.
std::optional<Address> address_of(const sockaddr& socket);

// "10.0.0.0/8", "::1/128", or one address.
struct Network {
  Address first;
  unsigned bits = 128;  // of the 128
  bool contains(const Address& address) const;
  friend bool operator==(const Network&, const Network&) = default;
};
// Errors: invalid: also bits that are set behind the prefix.
Result<Network> parse_network(std::string_view text);

// A unicast address of the internet. Not: this host, private and shared networks, link-local ones
// and with them what clouds tell their machines, multicast, documentation, tunnels that lead to an
// IPv4 address, and everything unassigned.
bool is_public(const Address& address);

}  // namespace hansa
