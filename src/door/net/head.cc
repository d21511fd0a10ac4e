#include "door/net/head.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace hansa::net {

namespace {

std::unexpected<Refusal> refuse(int status, std::string detail, std::string next = {}) {
  return std::unexpected(Refusal{status, std::move(detail), std::move(next)});
}

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

bool is_value_char(char c) {
  return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f');
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::expected<std::optional<std::size_t>, Refusal> HeadScan::scan(std::string_view text) {
  if (!text.empty() && (text[0] < 'A' || text[0] > 'Z')) {
    // 0x16 opens a TLS handshake, which has no line end to wait for.
    return text[0] == '\x16' ? refuse(400, "this port speaks plain HTTP, not TLS",
                                      "Write http:// instead of https://.")
                             : refuse(400, "this is not an HTTP request");
  }
  while (seen_ < std::min(text.size(), limits_.bytes_max)) {
    const std::size_t end = text.find('\n', seen_);
    if (end == std::string_view::npos || end >= limits_.bytes_max) {
      seen_ = text.size();
      break;
    }
    if (end == line_start_ || text[end - 1] != '\r')
      return refuse(400, "a line of the head does not end in CR LF");
    const bool empty = end == line_start_ + 1;
    seen_ = line_start_ = end + 1;
    if (empty) return line_start_;
    // The request line is one more.
    if (++lines_ > limits_.headers_max + 1) {
      return refuse(431, "more than " + counted(limits_.headers_max, "header"),
                    "Send fewer headers.");
    }
  }
  if (text.size() < limits_.bytes_max) return std::nullopt;
  if (lines_ == 0) return refuse(414, "the address is too long", "Put long values into the body.");
  return refuse(431, "the head is longer than " + human_bytes(limits_.bytes_max),
                "Send fewer or shorter headers.");
}

namespace {

std::optional<Method> method_from(std::string_view name) {
  for (const Method method :
       {Method::get, Method::head, Method::post, Method::put, Method::delete_, Method::patch}) {
    if (name_of(method) == name) return method;
  }
  return std::nullopt;
}

std::expected<void, Refusal> read_request_line(std::string_view line, Head& head) {
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos)
    return refuse(400, "the request line is not 'METHOD target HTTP/1.1'");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (!is_token(method)) return refuse(400, "the method is not a word");
  if (version != "HTTP/1.1") {
    const bool other = version.size() == 8 && version.starts_with("HTTP/");
    return other ? refuse(505, "only HTTP/1.1 is spoken here")
                 : refuse(400, "the request line is not 'METHOD target HTTP/1.1'");
  }
  const std::optional<Method> known = method_from(method);
  if (!known)
    return refuse(501, "this method is not known here",
                  "Use GET, HEAD, POST, PUT, PATCH or DELETE.");
  head.method = *known;
  auto read = parse_target(target);
  if (!read) return refuse(400, std::move(read.error().text), std::move(read.error().next));
  head.target = *std::move(read);
  return {};
}

std::expected<void, Refusal> read_header(std::string_view line, Head& head) {
  // A line that goes on with the one above (obs-fold) begins with a blank, which no name does.
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return refuse(400, "a header is not 'name: value'");
  }
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  if (!std::ranges::all_of(value, is_value_char))
    return refuse(400, "a header holds a control character");
  head.headers.push_back({lower_ascii(line.substr(0, colon)), std::string(value)});
  return {};
}

// The only header of that name, or nullptr. Two are refused, even equal ones: which one counts is
// what two readers disagree about.
std::expected<const std::string*, Refusal> only(const Head& head, std::string_view name) {
  const std::string* found = nullptr;
  for (const Header& header : head.headers) {
    if (header.name != name) continue;
    if (found != nullptr) return refuse(400, "two headers '" + std::string(name) + "'");
    found = &header.value;
  }
  return found;
}

std::expected<void, Refusal> read_length(const std::string& text, Head& head) {
  // 18 digits hold any body there is, and never overflow.
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || text.size() > 18 || !digits)
    return refuse(400, "the content length is not a number");
  std::uint64_t length = 0;
  for (const char c : text) length = length * 10 + static_cast<std::uint64_t>(c - '0');
  head.content_length = length;
  return {};
}

std::expected<void, Refusal> read_framing(Head& head) {
  const auto length = only(head, "content-length");
  if (!length) return std::unexpected(length.error());
  const auto coding = only(head, "transfer-encoding");
  if (!coding) return std::unexpected(coding.error());
  if (*length != nullptr && *coding != nullptr) {
    return refuse(400, "a content length and a transfer coding: which of them ends the body?");
  }
  if (*length != nullptr) return read_length(**length, head);
  if (*coding == nullptr) return {};
  if (lower_ascii(**coding) != "chunked")
    return refuse(400, "the only transfer coding is 'chunked'");
  head.chunked = true;
  return {};
}

std::expected<void, Refusal> read_host(Head& head) {
  const auto host = only(head, "host");
  if (!host) return std::unexpected(host.error());
  if (*host == nullptr) return refuse(400, "the Host header is missing");
  auto name = parse_host(**host);
  if (!name) return refuse(400, std::move(name.error().text));
  head.host = *std::move(name);
  return {};
}

std::expected<void, Refusal> read_wishes(Head& head) {
  const auto expect = only(head, "expect");
  if (!expect) return std::unexpected(expect.error());
  if (*expect != nullptr) {
    if (lower_ascii(**expect) != "100-continue")
      return refuse(417, "the only expectation is '100-continue'");
    head.expects_continue = head.chunked || head.content_length.value_or(0) > 0;
  }
  for (const Header& header : head.headers) {
    if (header.name != "connection") continue;
    for (const std::string_view word : split(header.value, ',')) {
      if (lower_ascii(trim_blanks(word)) == "close") head.keep_alive = false;
    }
  }
  return {};
}

}  // namespace

std::expected<Head, Refusal> parse_head(std::string_view text) {
  Head head;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos)
      return refuse(400, "a line of the head does not end in CR LF");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (line.empty()) break;
    auto read = first ? read_request_line(line, head) : read_header(line, head);
    if (!read) return std::unexpected(std::move(read).error());
    first = false;
  }
  if (first) return refuse(400, "this is not an HTTP request");
  for (const auto step : {read_host, read_framing, read_wishes}) {
    if (auto read = step(head); !read) return std::unexpected(std::move(read).error());
  }
  return head;
}

// --- the body ---

namespace {

// Sixteen digits are 2^64; the first of them stays 0, so that nothing overflows.
constexpr std::size_t kSizeDigitsMax = 16;

std::optional<std::uint64_t> parse_chunk_size(std::string_view text) {
  if (text.empty() || text.size() > kSizeDigitsMax) return std::nullopt;
  std::uint64_t size = 0;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool digit = lower >= '0' && lower <= '9';
    if (!digit && (lower < 'a' || lower > 'f')) return std::nullopt;
    size = size * 16 + static_cast<std::uint64_t>(digit ? lower - '0' : lower - 'a' + 10);
  }
  if (size > (std::uint64_t{1} << 60)) return std::nullopt;
  return size;
}

}  // namespace

Framing::State Framing::state() const {
  if (kind_ == Kind::broken) return State::broken;
  if (kind_ == Kind::done || (kind_ == Kind::length && left_ == 0)) return State::done;
  return State::more;
}

std::optional<std::uint64_t> Framing::left() const {
  if (kind_ == Kind::length) return left_;
  if (kind_ == Kind::done) return 0;
  return std::nullopt;
}

void Framing::take_data(std::string_view& in, std::string& out, std::size_t room) {
  const std::size_t count = std::min<std::uint64_t>({in.size(), room, left_});
  out.append(in.substr(0, count));
  in.remove_prefix(count);
  left_ -= count;
}

bool Framing::take_line(std::string_view& in) {
  while (!in.empty()) {
    const char c = in.front();
    in.remove_prefix(1);
    if (c == '\n' && line_.ends_with('\r')) {
      line_.pop_back();
      return true;
    }
    // Neither extensions nor trailers: nobody here reads them, and readers disagree about their
    // ends.
    const bool inside = c != '\n' && !line_.ends_with('\r');
    if (!inside || line_.size() > kSizeDigitsMax) {
      kind_ = Kind::broken;
      return false;
    }
    line_ += c;
  }
  return false;
}

void Framing::end_line() {
  const std::string line = std::exchange(line_, {});
  if (kind_ != Kind::size) {
    kind_ = !line.empty() ? Kind::broken : kind_ == Kind::data_end ? Kind::size : Kind::done;
    return;
  }
  const std::optional<std::uint64_t> size = parse_chunk_size(line);
  if (!size) {
    kind_ = Kind::broken;
    return;
  }
  left_ = *size;
  kind_ = *size == 0 ? Kind::last_end : Kind::data;
}

Framing::State Framing::take(std::string_view& in, std::string& out, std::size_t room) {
  while (!in.empty() && state() == State::more) {
    if (kind_ == Kind::length || kind_ == Kind::data) {
      if (room == 0) break;
      const std::size_t before = out.size();
      take_data(in, out, room);
      room -= out.size() - before;
      if (kind_ == Kind::data && left_ == 0) kind_ = Kind::data_end;
    } else if (take_line(in)) {
      end_line();
    }
  }
  return state();
}

}  // namespace hansa::net
