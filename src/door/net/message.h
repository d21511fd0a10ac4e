// HTTP as values: what a handler gets and gives. No other file of the house knows the library below.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/stream.h"

namespace hansa::net {

enum class Method { get, head, post, put, delete_, patch };
std::string_view name_of(Method method);

struct Header {
  std::string name;
  std::string value;
};

// A request whose head has been read and checked; the body is pulled by the handler.
struct Request {
  Method method = Method::get;
  std::string path;    // decoded, checked: begins with '/', no empty part, no "." or ".."
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::vector<Header> headers;  // names in lower case
  std::string peer;    // the real address of the other end
  std::optional<std::uint64_t> content_length;
  std::unique_ptr<Source> body;  // never null; ends after the body
  std::stop_token stop;          // requested when the client has gone

  // The first header of that (lower-case) name, or nullptr.
  const std::string* header(std::string_view name) const;
  const std::string* parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::vector<Header> headers;  // content-type among them; length and connection are the server's
  std::string text;             // the whole body, if `body` is null
  std::unique_ptr<Source> body; // else streamed, chunked; an error in the middle cuts the connection
};

// Who answers. `inline_` handlers run on the I/O thread and must not wait; others run on the pool.
struct Handler {
  bool waits = true;
  std::size_t body_bytes_max = 0;  // 0: the handler streams a body of any size
  std::function<Response(Request&)> answer;
};

// Finds the handler of a request by its head, before any of its body is read.
using Router = std::function<const Handler*(Method, std::string_view path)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  unsigned short port = 8080;  // 0: any free one
  std::size_t io_threads = 1;
  std::size_t job_threads = 32;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t headers_max = 100;
  int idle_seconds = 60;        // keep-alive without a request
  int head_seconds = 10;        // from the first byte to the end of the head
  int stall_seconds = 30;       // a body that makes no progress, either way
  std::size_t connections_max = 10'000;
  std::size_t waiting_max = 1'024;  // requests waiting for a thread; more are refused with 503 at once
};

// Listens until destroyed. Slow and idle clients cost memory, never a thread.
class Server {
 public:
  // Errors: conflict: the port is taken (the text names it and says what to do); invalid: not an address.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Router router);
  virtual ~Server() = default;  // stops listening, cuts what runs, joins
  virtual unsigned short port() const = 0;
  // Stops accepting, lets running requests finish until `seconds` have passed, then cuts.
  virtual void drain(int seconds) = 0;
};

}  // namespace hansa::net
