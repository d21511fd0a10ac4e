#include "base/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/text.h"

namespace hansa {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kMappedBits = 96;

// What is not the internet's, though it lies among IPv4, or in 2000::/3.
constexpr std::string_view kSpecial[] = {
    "0.0.0.0/8",          // this network
    "10.0.0.0/8",         // private
    "100.64.0.0/10",      // shared by carriers
    "127.0.0.0/8",        // loopback
    "169.254.0.0/16",     // link-local, metadata of clouds
    "172.16.0.0/12",      // private
    "192.0.0.0/24",       // protocol assignments
    "192.0.2.0/24",       // documentation
    "192.88.99.0/24",     // relays to 6to4
    "192.168.0.0/16",     // private
    "198.18.0.0/15",      // benchmarks
    "198.51.100.0/24",    // documentation
    "203.0.113.0/24",     // documentation
    "224.0.0.0/3",        // multicast, reserved, broadcast
    "168.63.129.16",      // Azure's own, from inside a machine of it
    "2001::/23",          // protocol assignments, Teredo among them
    "2001:db8::/32",      // documentation
    "2002::/16",          // 6to4
    "3fff::/20",          // documentation
    "2620:4f:8000::/48",  // sinks of reverse lookups
};
constexpr std::string_view kUnicast = "2000::/3";

const std::vector<Network>& special() {
  static const std::vector<Network> all = [] {
    std::vector<Network> out;
    for (const std::string_view each : kSpecial) {
      const auto network = parse_network(each);
      HANSA_ASSERT(network);
      out.push_back(*network);
    }
    return out;
  }();
  return all;
}

Address v4(const void* four) {
  Address out;
  std::ranges::copy(kMapped, out.bytes.begin());
  std::memcpy(out.bytes.data() + kMapped.size(), four, 4);
  return out;
}

}  // namespace

bool Address::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

std::optional<Address> parse_address(std::string_view text) {
  const std::string spelt(text);
  // A text with a zero byte in it ends there for the C library alone.
  if (text.size() != std::strlen(spelt.c_str())) return std::nullopt;
  in_addr four{};
  if (::inet_pton(AF_INET, spelt.c_str(), &four) == 1) return v4(&four);
  Address out;
  if (::inet_pton(AF_INET6, spelt.c_str(), out.bytes.data()) != 1) return std::nullopt;
  return out;
}

std::string to_text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.is_v4())
    ::inet_ntop(AF_INET, address.bytes.data() + kMapped.size(), text, sizeof text);
  else ::inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
  return text;
}

std::optional<Address> address_of(const sockaddr& socket) {
  if (socket.sa_family == AF_INET)
    return v4(&reinterpret_cast<const sockaddr_in&>(socket).sin_addr);
  if (socket.sa_family != AF_INET6) return std::nullopt;
  Address out;
  std::memcpy(out.bytes.data(), &reinterpret_cast<const sockaddr_in6&>(socket).sin6_addr,
              out.bytes.size());
  return out;
}

bool Network::contains(const Address& address) const {
  for (unsigned at = 0; 8 * at < bits; ++at) {
    const unsigned kept = std::min(8U, bits - 8 * at);
    const auto mask = static_cast<std::uint8_t>(0xFF00U >> kept);
    if (((address.bytes[at] ^ first.bytes[at]) & mask) != 0) return false;
  }
  return true;
}

Result<Network> parse_network(std::string_view text) {
  const auto bad = [&] {
    return invalid(fmt::format("'{}' is no network", text.substr(0, 80)),
                   "write it like 10.0.0.0/8, fd00::/8 or 192.168.1.7");
  };
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return bad();
  Network out{*address, 128};
  // A mapped address in its long spelling counts all 128 bits.
  const bool short_form = address->is_v4() && text.find(':') == std::string_view::npos;
  if (slash != std::string_view::npos) {
    const auto bits = parse_int(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > (short_form ? 32 : 128)) return bad();
    out.bits = static_cast<unsigned>(*bits) + (short_form ? kMappedBits : 0);
  }
  for (unsigned bit = out.bits; bit < 128; ++bit)
    if ((address->bytes[bit / 8] & (0x80U >> (bit % 8))) != 0) return bad();
  return out;
}

bool is_public(const Address& address) {
  static const Network unicast = *parse_network(kUnicast);
  if (!address.is_v4() && !unicast.contains(address)) return false;
  return std::ranges::none_of(special(),
                              [&](const Network& each) { return each.contains(address); });
}

}  // namespace hansa
