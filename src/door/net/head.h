// A request's bytes, read strictly: whatever two readers could take in two ways is refused, because
// that is what request smuggling lives on. Pure, so that it can be fuzzed; the limits are the
// caller's.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "door/net/message.h"
#include "door/net/path.h"

namespace hansa::net {

// Why a request is answered before any handler has seen it. The connection closes after it.
struct Refusal {
  int status = 400;
  std::string detail;
  std::string next;
};

struct HeadLimits {
  std::size_t bytes_max = 16 * 1024;
  std::size_t headers_max = 100;
};

// Looks for the end of a head that arrives in pieces, and refuses early what can never become one.
class HeadScan {
 public:
  explicit HeadScan(HeadLimits limits) : limits_(limits) {}
  // `text` is all that has arrived, from the head's first byte. The head's length with its empty
  // line, or nullopt if more must come.
  std::expected<std::optional<std::size_t>, Refusal> scan(std::string_view text);

 private:
  HeadLimits limits_;
  std::size_t seen_ = 0;  // scanned already
  std::size_t line_start_ = 0;
  std::size_t lines_ = 0;
};

struct Head {
  Method method = Method::get;
  Target target;
  std::vector<Header> headers;  // names in lower case
  std::string host;             // lower-case, without the port
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;
};

// Reads a whole head, its empty line included.
std::expected<Head, Refusal> parse_head(std::string_view text);

// Cuts one body out of the bytes of a connection.
class Framing {
 public:
  enum class State { more, done, broken };

  static Framing none() { return Framing(Kind::length, 0); }
  static Framing of_length(std::uint64_t bytes) { return Framing(Kind::length, bytes); }
  static Framing chunked() { return Framing(Kind::size, 0); }

  State state() const;
  // Takes what it can from the front of `in` and appends at most `room` body bytes to `out`.
  State take(std::string_view& in, std::string& out, std::size_t room);
  // What the body still has, if it was declared.
  std::optional<std::uint64_t> left() const;

 private:
  enum class Kind { length, size, data, data_end, last_end, done, broken };
  Framing(Kind kind, std::uint64_t left) : kind_(kind), left_(left) {}
  void take_data(std::string_view& in, std::string& out, std::size_t room);
  bool take_line(std::string_view& in);  // true once line_ holds a whole line
  void end_line();

  Kind kind_;
  std::uint64_t left_;
  std::string line_;  // of a chunk's size, or the empty one behind its data
};

}  // namespace hansa::net
