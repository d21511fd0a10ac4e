#include "world/outbound/outbound.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hansa::outbound {
namespace {

constexpr std::size_t kUrlBytesMax = 2'000;
constexpr std::size_t kMailBytesMax = 254;
constexpr std::size_t kLocalPartMax = 64;
constexpr std::size_t kLabelMax = 63;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_host_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(split(name, '.'), [](std::string_view label) {
    return !label.empty() && label.size() <= kLabelMax && label.front() != '-' &&
           label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_word(c) || c == '-'; });
  });
}

bool is_port(std::string_view text) {
  const auto port = parse_int(text);
  return port && *port >= 1 && *port <= 65'535;
}

// A name, an IPv4 address, or an IPv6 one in brackets; perhaps a port.
bool is_authority(std::string_view text) {
  std::string_view host = text;
  const auto colon = text.rfind(':');
  if (colon != std::string_view::npos && !text.substr(colon).contains(']')) {
    if (!is_port(text.substr(colon + 1))) return false;
    host = text.substr(0, colon);
  }
  if (!host.starts_with('[')) return is_host_name(host);
  return host.size() > 2 && host.ends_with(']') &&
         std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
           return c == ':' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
                  (c >= 'A' && c <= 'F');
         });
}

}  // namespace

Result<std::string> check_url(std::string_view url) {
  const auto bad = [](std::string_view why) {
    return invalid(fmt::format("the URL {}", why), "write https://HOST/PATH");
  };
  if (url.size() > kUrlBytesMax) return bad(fmt::format("is longer than {} bytes", kUrlBytesMax));
  if (!std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; }))
    return bad("holds spaces or bytes that no URL has");
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos ||
      (url.substr(0, scheme) != "https" && url.substr(0, scheme) != "http"))
    return bad("begins with neither https:// nor http://");
  const std::string_view rest = url.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.contains('@')) return bad("names a user");
  if (!is_authority(authority)) return bad("names no host");
  return std::string(url.substr(0, scheme + 3 + authority.size()));
}

Result<void> check_mail_address(std::string_view address) {
  const auto at = address.rfind('@');
  const std::string_view local = address.substr(0, at);
  const bool plain = std::ranges::all_of(local, [](char c) {
    return is_word(c) || std::string_view(".!#$%&'*+/=?^_`{|}~-").contains(c);
  });
  if (at == std::string_view::npos || address.size() > kMailBytesMax || local.empty() ||
      local.size() > kLocalPartMax || !plain || local.starts_with('.') || local.ends_with('.') ||
      local.contains("..") || !is_host_name(address.substr(at + 1)))
    return invalid("this is no mail address", "write NAME@HOST");
  return {};
}

}  // namespace hansa::outbound
