// The address of a request, and its head and body: no input may crash them, read out of bounds, or
// give a path that a handler could take in another way.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"
#include "door/net/head.h"
#include "door/net/path.h"

namespace {

using namespace hansa;
using namespace hansa::net;

void check_path(const std::string& path) {
  HANSA_ASSERT(path.starts_with('/') && is_utf8(path));
  if (path == "/") return;
  for (const std::string_view part : split(std::string_view(path).substr(1), '/')) {
    HANSA_ASSERT(!part.empty() && part != "." && part != "..");
    HANSA_ASSERT(part.find_first_of(std::string_view("\0\r\n\\;", 5)) == std::string_view::npos);
  }
}

void check_target(std::string_view text) {
  const auto target = parse_target(text);
  if (!target) return;
  check_path(target->path);
  // Written again in the plainest way, it reads as the same.
  std::string again;
  for (const std::string_view part : split(std::string_view(target->path).substr(1), '/')) {
    again += "/" + percent_encode(part);
  }
  HANSA_ASSERT(parse_target(again)->path == target->path);
}

void check_head(std::string_view text) {
  HeadScan whole({});
  const auto end = whole.scan(text);
  if (!end || !*end) return;
  HANSA_ASSERT(**end <= text.size() && text.substr(0, **end).ends_with("\r\n\r\n"));
  const auto head = parse_head(text.substr(0, **end));
  if (!head) return;
  check_path(head->target.path);
  HANSA_ASSERT(!head->chunked || !head->content_length);
}

// A body is the same in one piece and byte by byte.
void check_framing(std::string_view text) {
  Framing whole = Framing::chunked();
  Framing pieces = Framing::chunked();
  std::string a;
  std::string b;
  std::string_view in = text;
  whole.take(in, a, text.size());
  for (std::size_t i = 0; i < text.size() && pieces.state() == Framing::State::more; ++i) {
    std::string_view byte = text.substr(i, 1);
    pieces.take(byte, b, 1);
  }
  HANSA_ASSERT(a == b && whole.state() == pieces.state());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_target(text);
  if (const auto host = parse_host(text)) (void)is_local_host(*host, {});
  check_head(text);
  check_framing(text);
  return 0;
}
