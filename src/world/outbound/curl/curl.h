// The door out over libcurl.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "world/outbound/gate.h"
#include "world/outbound/outbound.h"

namespace hansa::outbound {

// The mail server, which is dialled wherever it stands: an administrator named it.
struct MailServer {
  std::string url;   // smtp://HOST[:PORT] or smtps://
  std::string from;  // the envelope's sender
  std::string user;
  Secret<std::string> password;  // sent over TLS only, save to this machine
};

struct CurlOptions {
  std::vector<Network> allowed;
  std::optional<MailServer> mail;
  Micros patience = std::chrono::seconds(10);  // for one exchange, its resolving apart
  Resolve resolve = resolve_by_system;
};

// Errors: invalid: the mail server's URL.
Result<std::unique_ptr<Outbound>> open_curl(CurlOptions options);

}  // namespace hansa::outbound
