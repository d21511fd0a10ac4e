// Bytes between the server and a worker, over a socket pair. A frame is one byte of kind, four
// bytes of length (little endian) and a body. The server asks; the worker answers and never asks
// back:
//
//   server                     worker
//                              hello                      once, after every denial is proved
//   parse  (SQL)               tree | error
//   plan                       bound | error
//     pull (rows, bytes) ...     rows ... , end | error   one answer for each pull, until end or
//     error
//   inspect                    footers | error
//   convert, with a pull
//     pull ...                   rows ... , end | error   its Parquet, while it is made
//   outcome                    converted | error          once that has ended
//     pull ...                   rows ... , end | error   its report
//   wipe                       wiped | error
//
// `broken` stands for any `error`: the engine gave up on itself, and the process must not be used
// again.
//
// A worker runs hostile SQL over hostile files, so whatever it sends is hostile: the reader takes
// only the kinds it waits for, bounds each, and grows its memory no faster than bytes arrive.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/stream.h"
#include "query/plan.h"

namespace hansa::query {

enum class FrameKind : std::uint8_t {
  hello = 1,
  tree = 2,
  bound = 3,
  rows = 4,
  end = 5,
  error = 6,
  footers = 7,
  wiped = 8,
  broken = 9,
  converted = 10,  // from the worker
  parse = 32,
  plan = 33,
  pull = 34,
  inspect = 35,
  wipe = 36,
  convert = 37,
  outcome = 38,  // from the server
};

inline constexpr std::size_t kFrameHeadBytes = 5;

struct FrameHead {
  FrameKind kind = FrameKind::error;
  std::uint32_t bytes = 0;
};

struct Frame {
  FrameKind kind = FrameKind::error;
  std::string body;
  std::string front = {};  // of rows that the server reads: their head; `body` is the rows alone
};

// The largest body of a kind.
std::size_t frame_body_max(FrameKind kind);

// Errors: corrupt (no such kind, or a body larger than its kind allows).
Result<FrameHead> read_head(std::span<const char, kFrameHeadBytes> bytes);
std::array<char, kFrameHeadBytes> write_head(FrameKind kind, std::size_t body_bytes);

// What a worker says of itself once it is sealed.
struct Hello {
  std::uint32_t protocol = 1;
  std::uint32_t landlock_abi = 0;
  std::uint32_t denials = 0;        // how many were tried and refused
  std::vector<std::string> layers;  // "landlock", "seccomp", "user namespace", "root"
  std::string engine;               // "duckdb v1.5.6"
};

// In front of the encoded bytes of a rows frame.
struct RowsHead {
  std::uint32_t rows = 0;
  float progress = 0;
  std::uint64_t bytes_scanned = 0;
};
inline constexpr std::size_t kRowsHeadBytes = 16;

std::string encode(const Hello& hello);
std::string encode(const Plan& plan);
std::string encode(const Inspection& inspection);
std::string encode(const Conversion& conversion);
std::string encode(const Converted& converted);
std::string encode(const Want& want);
std::string encode(const Bound& bound);
std::string encode(const Tally& tally);
std::string encode(const Error& error);
std::string encode(const std::vector<Footer>& footers);
std::array<char, kRowsHeadBytes> encode(const RowsHead& head);

// Errors of all: corrupt, if the bytes are not exactly one value of the type.
Result<Hello> decode_hello(std::string_view body);
Result<Plan> decode_plan(std::string_view body);
Result<Inspection> decode_inspection(std::string_view body);
Result<Conversion> decode_conversion(std::string_view body);
Result<Converted> decode_converted(std::string_view body);
Result<Want> decode_want(std::string_view body);
Result<Bound> decode_bound(std::string_view body);
Result<Tally> decode_tally(std::string_view body);
Result<Error> decode_error(std::string_view body);
Result<std::vector<Footer>> decode_footers(std::string_view body);
Result<RowsHead> decode_rows_head(std::string_view body);

}  // namespace hansa::query
