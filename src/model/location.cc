#include "model/location.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hansa {
namespace {

constexpr std::size_t kKeyBytesMax = 1024;

std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 120))
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return is_utf8(out) ? out : "(not UTF-8)";
}

}  // namespace

Result<void> check_bucket(std::string_view bucket) {
  const auto edge = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto inner = [&](char c) { return edge(c) || c == '-'; };
  if (bucket.size() >= 3 && bucket.size() <= 63 && edge(bucket.front()) && edge(bucket.back()) &&
      std::ranges::all_of(bucket, inner))
    return {};
  return invalid(fmt::format("'{}' cannot be the name of a bucket", shown(bucket)),
                 "use 3 to 63 lower-case letters, digits and '-', a letter or digit at both ends");
}

Result<Location> Location::make(std::string_view bucket, std::string_view key) {
  HANSA_CHECK(check_bucket(bucket));
  const auto bad = [&](std::string_view why) {
    return invalid(fmt::format("'{}' cannot be the key of an object: {}", shown(key), why));
  };
  if (key.empty()) return bad("it is empty");
  if (key.size() > kKeyBytesMax)
    return bad(fmt::format("it is longer than {} bytes", kKeyBytesMax));
  if (!is_utf8(key)) return bad("it is not UTF-8");
  const auto control = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\';
  };
  if (std::ranges::any_of(key, control)) return bad("it holds a control character or a backslash");
  for (const std::string_view part : split(key, '/')) {
    if (part.empty()) return bad("a part between two '/' is empty");
    if (part == "." || part == "..") return bad("'.' and '..' are not names");
  }
  return Location(std::string(bucket), std::string(key));
}

Result<Location> Location::parse(std::string_view text) {
  std::string_view rest = text;
  for (const std::string_view scheme : {"s3://", "s3a://", "s3n://"}) {
    if (!text.starts_with(scheme)) continue;
    rest.remove_prefix(scheme.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos)
      return invalid(fmt::format("'{}' names no object in its bucket", shown(text)));
    return make(rest.substr(0, slash), rest.substr(slash + 1));
  }
  return invalid(fmt::format("'{}' is not a location", shown(text)), "write s3://BUCKET/KEY");
}

Result<Location> Location::below(std::string_view name) const {
  return make(bucket_, key_ + "/" + std::string(name));
}

bool Location::contains(const Location& other) const {
  if (bucket_ != other.bucket_ || !other.key_.starts_with(key_)) return false;
  return other.key_.size() == key_.size() || other.key_[key_.size()] == '/';
}

}  // namespace hansa
