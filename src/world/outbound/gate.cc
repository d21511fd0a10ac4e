#include "world/outbound/gate.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

namespace hansa::outbound {

// Neither the name nor the address is told: whoever asked need not learn what names mean in here.
std::unexpected<Error> not_allowed() {
  return denied("the address is not one of the internet, and was not dialled",
                "an administrator allows networks of the house: outbound_networks in the "
                "configuration");
}

Result<std::vector<Address>> resolve_by_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &first) != 0)
    return unavailable("the host's name has no address");
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(first, &::freeaddrinfo);
  std::vector<Address> out;
  for (const addrinfo* each = first; each != nullptr; each = each->ai_next)
    if (const auto address = address_of(*each->ai_addr);
        address && std::ranges::find(out, *address) == out.end())
      out.push_back(*address);
  if (out.empty()) return unavailable("the host's name has no address");
  return out;
}

bool Gate::may_dial(const Address& address) const {
  return is_public(address) ||
         std::ranges::any_of(allowed_, [&](const Network& each) { return each.contains(address); });
}

Result<std::vector<Address>> Gate::resolve(const std::string& host) const {
  if (const auto address = parse_address(host)) return std::vector{*address};
  return resolve_(host);
}

Result<std::vector<Address>> Gate::open(const std::string& host) const {
  HANSA_TRY(auto all, resolve(host));
  if (!std::ranges::all_of(all, [&](const Address& each) { return may_dial(each); }))
    return not_allowed();
  return all;
}

}  // namespace hansa::outbound
