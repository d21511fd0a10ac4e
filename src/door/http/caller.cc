#include "door/http/caller.h"

#include "base/text.h"
#include "service/authority/authenticate.h"

namespace hansa::http {
namespace {

// What the client calls itself, fit for records: short and printable.
std::string client_of(const net::Request& request) {
  const std::string* agent = request.header("user-agent");
  std::string out;
  if (agent != nullptr)
    for (const char c : agent->substr(0, 120)) out += c >= ' ' && c < 0x7F ? c : '?';
  return out;
}

std::optional<std::string> token_of(const net::Request& request) {
  const std::string* header = request.header("authorization");
  if (header == nullptr) return std::nullopt;
  const auto space = header->find(' ');
  const std::string scheme = lower_ascii(header->substr(0, space));
  const std::string value = space == std::string::npos ? "" : trim(header->substr(space + 1));
  if (scheme == "bearer") return value;
  if (scheme != "basic") return std::nullopt;
  const auto pair = from_base64(value);
  const auto colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return pair->substr(colon + 1);
}

}  // namespace

service::Caller stranger(const net::Request& request) {
  return {.id = {},
          .credential = {},
          .door = "http",
          .client = client_of(request),
          .peer = request.peer};
}

Result<service::Caller> caller_of(const service::Live& live, const net::Request& request,
                                  Time now) {
  const auto token = token_of(request);
  if (!token)
    return denied("no token was sent",
                  "sign in: hansa login; then send Authorization: Bearer TOKEN");
  HANSA_TRY(const service::Identity identity, service::authenticate(live, *token, now));
  service::Caller caller = stranger(request);
  caller.id = identity.principal;
  caller.credential = identity.credential;
  return caller;
}

}  // namespace hansa::http
