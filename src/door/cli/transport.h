// HTTP/1.1 to one server, a call at a time. The only file behind this that knows curl is
// transport.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/route.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace hansa::cli {

struct Call {
  api::Method method = api::Method::get;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // A file to send instead of `body`, read while it is sent.
  const File* file = nullptr;
  std::uint64_t file_bytes = 0;
  // For the whole call. Zero: as long as it takes, for streams.
  Seconds timeout{30};
  // The body of a 2xx answer as it arrives; without it, all of it stands in the reply.
  std::function<Result<void>(std::string_view)> receive;
  // Bytes of the body so far, several times a second. False ends the call.
  std::function<bool(std::uint64_t sent, std::uint64_t received)> progress;
};

struct Reply {
  int status = 0;
  std::string type;        // media type, without parameters
  std::string request_id;  // what the server calls this request; may be empty
  std::string body;
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Any status is a reply. Errors: unavailable: no connection, or it was lost, and the outcome is
  // unknown; those of `receive`. Redirects are not followed: they could carry a token to another
  // host.
  virtual Result<Reply> send(const Call& call) = 0;
};

Result<std::unique_ptr<Transport>> open_transport(std::string_view user_agent);

}  // namespace hansa::cli
