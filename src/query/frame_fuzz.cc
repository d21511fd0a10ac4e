// Whatever a worker sends, its decoders answer with a value or `corrupt`, and a value survives a
// round trip.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "query/frame.h"

using namespace hansa;
using namespace hansa::query;

namespace {

template <class Decode>
void round_trip(Decode decode, std::string_view body) {
  const auto first = decode(body);
  if (!first) return;
  const auto bytes = encode(*first);
  const auto second = decode(std::string_view(bytes.data(), bytes.size()));
  if (!second) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kFrameHeadBytes) return 0;
  std::array<char, kFrameHeadBytes> head{};
  std::memcpy(head.data(), data, head.size());
  const auto read = read_head(head);
  if (!read) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + head.size(),
                              size - head.size());
  switch (read->kind) {
    case FrameKind::hello: round_trip(decode_hello, body); break;
    case FrameKind::bound: round_trip(decode_bound, body); break;
    case FrameKind::rows: round_trip(decode_rows_head, body); break;
    case FrameKind::end: round_trip(decode_tally, body); break;
    case FrameKind::error: round_trip(decode_error, body); break;
    case FrameKind::footers: round_trip(decode_footers, body); break;
    case FrameKind::plan: round_trip(decode_plan, body); break;
    case FrameKind::pull: round_trip(decode_want, body); break;
    case FrameKind::inspect: round_trip(decode_inspection, body); break;
    case FrameKind::convert: round_trip(decode_conversion, body); break;
    case FrameKind::converted: round_trip(decode_converted, body); break;
    case FrameKind::tree:
    case FrameKind::wiped:
    case FrameKind::broken:
    case FrameKind::parse:
    case FrameKind::wipe:
    case FrameKind::outcome: break;  // text, or nothing
  }
  return 0;
}
