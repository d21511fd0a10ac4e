// The address of a request, read once and in one way: whoever routes and whoever answers see the
// same decoded text, so that no filter can be passed by a second spelling.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace hansa::net {

struct Target {
  std::string path;  // decoded; "/" or parts that are not empty, "." or ".."
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
};

// Reads what stands between method and version. Only the origin form ("/a/b?c=d") is taken. Escapes
// are decoded once; an escaped '/', a backslash, ';', a control character, or bytes that are not
// UTF-8 are refused in the path, plain or escaped. In the query '+' is a blank, ';' an ordinary
// character. Errors: invalid.
Result<Target> parse_target(std::string_view text);

// The name or address of a Host header, lower-case, without the port and without brackets.
// Errors: invalid.
Result<std::string> parse_host(std::string_view text);

// Whether a listener on loopback answers to this name (from parse_host): loopback's own names and
// addresses, and `also`. A browser that was led here by another name (DNS rebinding) is not
// answered.
bool is_local_host(std::string_view host, std::span<const std::string> also);

}  // namespace hansa::net
