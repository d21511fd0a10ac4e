#include "door/net/path.h"

#include <algorithm>

#include "base/text.h"

namespace hansa::net {

namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 3986 pchar without ';' (parameters of path parts: seen by some readers, not by others).
bool is_path_char(char c) {
  return is_alphanumeric(c) ||
         std::string_view("-._~!$&'()*+,=:@%").find(c) != std::string_view::npos;
}

// Browsers leave more than RFC 3986 allows as it is; nothing of it ends or splits a query.
bool is_query_char(char c) {
  return c > ' ' && c < '\x7f' && std::string_view("\"<>#\\").find(c) == std::string_view::npos;
}

// What a path must not hold even when it was escaped.
bool is_refused_in_path(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f' || c == '/' || c == '\\' || c == ';';
}

Result<std::string> decode_part(std::string_view part) {
  if (part.empty()) {
    return invalid("the path has an empty part",
                   "Write one '/' between parts and none at the end.");
  }
  if (!std::ranges::all_of(part, is_path_char)) {
    return invalid("the path holds a character that must be written as %XX",
                   "Escape everything but letters, digits and -._~ in each part of the path.");
  }
  auto decoded = percent_decode(part);
  if (!decoded) return decoded;
  if (*decoded == "." || *decoded == "..") {
    return invalid("the path has a part '.' or '..'", "Write the path that is meant.");
  }
  if (std::ranges::any_of(*decoded, is_refused_in_path)) {
    return invalid("a part of the path holds '/', '\\', ';' or a control character, escaped",
                   "No name of a mesh holds these characters.");
  }
  return decoded;
}

Result<std::string> decode_path(std::string_view text) {
  if (text == "/") return std::string(text);
  std::string path;
  for (const std::string_view part : split(text.substr(1), '/')) {
    HANSA_TRY(const std::string decoded, decode_part(part));
    path += '/';
    path += decoded;
  }
  return path;
}

Result<std::string> decode_query_text(std::string_view text) {
  std::string blanks(text);
  std::ranges::replace(blanks, '+', ' ');
  return percent_decode(blanks);
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  if (text.empty() || text.front() != '/') {
    return invalid("the request target must begin with '/'",
                   "Send the path alone: this is a server, not a proxy.");
  }
  const std::size_t mark = text.find('?');
  Target target;
  HANSA_TRY(target.path, decode_path(text.substr(0, mark)));
  if (mark == std::string_view::npos) return target;
  const std::string_view query = text.substr(mark + 1);
  if (!std::ranges::all_of(query, is_query_char)) {
    return invalid("the query holds a character that must be written as %XX");
  }
  for (const std::string_view pair : split(query, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const bool bare = equals == std::string_view::npos;
    HANSA_TRY(std::string name, decode_query_text(pair.substr(0, equals)));
    HANSA_TRY(std::string value,
              decode_query_text(bare ? std::string_view() : pair.substr(equals + 1)));
    target.query.emplace_back(std::move(name), std::move(value));
  }
  return target;
}

namespace {

bool is_port(std::string_view text) {
  return text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_name_char(char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; }

bool is_address6_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
         c == '.';
}

}  // namespace

Result<std::string> parse_host(std::string_view text) {
  const auto refuse = [] {
    return invalid("the Host header is not a name or address with an optional port");
  };
  const bool bracketed = text.starts_with('[');
  const std::size_t end = bracketed ? text.find(']') : text.find(':');
  const std::string_view host = bracketed
                                    ? text.substr(1, end == std::string_view::npos ? end : end - 1)
                                    : text.substr(0, end);
  if (bracketed && end == std::string_view::npos) return refuse();
  std::string_view rest =
      end == std::string_view::npos ? "" : text.substr(end + (bracketed ? 1 : 0));
  if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return refuse();
  if (host.empty() || host.size() > 255) return refuse();
  if (!std::ranges::all_of(host, bracketed ? is_address6_char : is_name_char)) return refuse();
  return lower_ascii(host);
}

namespace {

// 127.0.0.0/8 in the one usual spelling: "127.1" and "0x7f000001" are what an attack writes.
bool is_loopback4(std::string_view host) {
  const auto parts = split(host, '.');
  return parts.size() == 4 && parts[0] == "127" &&
         std::ranges::all_of(parts, [](std::string_view part) {
           const auto number = parse_int(part);
           return number && *number >= 0 && *number <= 255 && std::to_string(*number) == part;
         });
}

}  // namespace

bool is_local_host(std::string_view host, std::span<const std::string> also) {
  // Names below .localhost never leave the machine (RFC 6761); services in development use them.
  if (host == "localhost" || host.ends_with(".localhost") || host == "::1" || is_loopback4(host))
    return true;
  return std::ranges::any_of(also,
                             [&](const std::string& name) { return lower_ascii(name) == host; });
}

}  // namespace hansa::net
