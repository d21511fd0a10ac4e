// HTTP as values: what a handler gets and gives. No other file of the house knows the library
// below.
#pragma once

#include <cstdint>
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
#include "base/time.h"

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
  std::string path;  // decoded, checked: begins with '/', no empty part, no "." or ".."
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::vector<Header> headers;                             // names in lower case
  std::string peer;  // the real address of the other end, without its port
  std::optional<std::uint64_t> content_length;
  std::unique_ptr<Source> body;  // never null; ends after the body
  // Requested when the client has gone: a reset, or the end of what it sends. Callbacks run on the
  // I/O thread and must not wait.
  std::stop_token stop;

  // The first header of that (lower-case) name, or nullptr.
  const std::string* header(std::string_view name) const;
  const std::string* parameter(std::string_view name) const;
};

// A body that goes on for as long as something happens. An empty piece means that there is nothing
// now: no thread is held until it rings.
struct Feed : Source {
  // Before each `next`: `ring` is called once, from any thread, if there may be more than the next
  // call gives.
  virtual void when(std::function<void()> ring) = 0;
};

struct Response {
  int status = 200;
  std::vector<Header>
      headers;       // content-type among them; length, connection and date are the server's
  std::string text;  // the whole body, if `body` is null
  // Else streamed, chunked. An error of the first piece is answered as a problem, since nothing has
  // been sent; a later one cuts the connection.
  std::unique_ptr<Source> body;
  // What `body` will give in all, if known: sent as the content length instead of chunks. Giving
  // another number of bytes cuts the connection.
  std::optional<std::uint64_t> body_bytes;
  // Requested to reset the connection in the middle of the answer, what the system has not sent yet
  // included: a revocation reaches a client that does not read. Once the request has returned,
  // nothing of the answer goes to the system any more.
  std::stop_token cut;
  // Let go when the answer has left or is given up.
  std::shared_ptr<const void> held;
};

// Who answers. `inline_` handlers run on the I/O thread and must not wait; others run on the pool.
struct Handler {
  bool waits = true;
  // Larger bodies are refused with 413; a smaller one is read before the handler runs, so that a
  // slow sender holds no thread. 0: the handler streams a body of any size (gets none if it does
  // not wait).
  std::size_t body_bytes_max = 0;
  // Has threads of its own, so that it never queues behind queries: revocations, decisions,
  // cancels.
  bool control = false;
  std::function<Response(Request&)> answer;
};

// Finds the handler of a request by its head, before any of its body is read. A HEAD without a
// handler of its own gets that of GET; its body is not sent. Runs on the I/O threads.
using Router = std::function<const Handler*(Method, std::string_view path)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  unsigned short port = 8080;      // 0: any free one
  std::vector<std::string> hosts;  // names it answers to besides those of loopback
  std::size_t io_threads = 1;
  std::size_t job_threads = 32;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t headers_max = 100;
  int idle_seconds = 60;                       // keep-alive without a request
  int head_seconds = 10;                       // from the first byte to the end of the head
  int stall_seconds = 30;                      // a body that makes no progress, either way
  std::size_t progress_bytes_min = 16 * 1024;  // less than this in stall_seconds is no progress
  std::size_t connections_max = 10'000;
  std::size_t waiting_max =
      1'024;  // requests waiting for a thread; more are refused with 503 at once
  // Bodies being read before their handler runs, of all connections together.
  std::size_t gathered_bytes_max = std::size_t{256} << 20;
};

// Listens until destroyed. Slow and idle clients cost memory, never a thread.
class Server {
 public:
  // Errors: conflict: the port is taken (the text names it and says what to do); invalid: not an
  // address, or one that other machines reach.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Router router);
  virtual ~Server() = default;  // stops listening, cuts what runs, joins
  virtual unsigned short port() const = 0;
  // Stops accepting, lets running requests finish until `seconds` have passed, then cuts.
  virtual void drain(int seconds) = 0;
};

// --- pieces of the wire that need no library ---

// "Not Found"; empty for a status that this server does not know.
std::string_view reason_of(int status);
// The status that says what an error of this code means.
int status_of(Code code);
// RFC 9457: an answer that says what is wrong and, in `next`, what to do.
Response problem(int status, std::string detail, std::string next = {});
// "Sun, 22 Nov 2026 09:00:00 GMT".
std::string http_date(Time time);

// How a head is written: the server's own headers.
struct HeadStyle {
  std::string_view date;
  bool close = false;
  bool chunked = false;
  std::optional<std::uint64_t> content_length;
};
// Whether every header of the answer can be written without becoming another one.
bool is_writable(const Response& response);
std::string write_head(const Response& response, const HeadStyle& style);

}  // namespace hansa::net
