// A text file as UTF-8, a piece at a time: unpacked if it is gzip, decoded if it is not UTF-8. What
// cannot be decoded comes out as bytes that are not UTF-8, so that its line is refused.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/dialect.h"

namespace hansa::convert {

// The next bytes of a file; none: its end.
using Read = std::function<Result<std::string>(std::size_t bytes_max)>;

class Source {
 public:
  Source(Read read, Encoding encoding);
  Source(Source&&) noexcept;
  ~Source();

  // Appends the next piece to `out`; false at the end. Errors: corrupt (broken gzip), invalid
  // (UTF-16 that nobody announced), exhausted (limits::unpack_ratio_max), the file's own.
  Result<bool> next(std::string& out);

 private:
  struct Gzip;
  Result<bool> bytes(std::string& out);
  Result<bool> unpack(std::string& out);
  Result<std::string> fetch(std::size_t bytes_max);
  Result<void> begin();
  void decode(std::string& out, bool last);
  void decode_utf16(std::string& out, bool last);

  Read read_;
  Encoding encoding_;
  std::unique_ptr<Gzip> gzip_;
  std::string head_;     // read to tell what it is, not handed out yet
  std::string pending_;  // not decoded yet
  std::uint64_t packed_ = 0;
  std::uint64_t unpacked_ = 0;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace hansa::convert
