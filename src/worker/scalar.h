// One value as bare text, without the quotes that JSON or CSV put around it. Each writes at `at`,
// where at least kScalarBytes are free, and returns the end.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "worker/duckdb.h"

namespace hansa::worker {

inline constexpr std::size_t kScalarBytes = 96;
__extension__ typedef unsigned __int128 Wide;

template <class T>
char* put_int(char* at, T value) {
  return std::to_chars(at, at + kScalarBytes, value).ptr;
}

// Shortest text that reads back as the same number; "NaN", "Infinity", "-Infinity".
template <class T>
char* put_float(char* at, T value) {
  if (std::isfinite(value)) return std::to_chars(at, at + kScalarBytes, value).ptr;
  const std::string_view text = std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  return at + text.copy(at, text.size());
}

Wide wide_of(Int128 value, bool& negative);
inline Wide wide_of(std::uint64_t low, std::uint64_t high) { return (Wide{high} << 64) | low; }
char* put_wide(char* at, Wide value);
char* put_int128(char* at, Int128 value);
// With exactly `scale` digits behind the point.
char* put_decimal(char* at, Wide magnitude, bool negative, unsigned scale);

// ISO 8601. Years outside 0 to 9999 have a sign: -0043 is 44 BC, +10000. "infinity" and "-infinity"
// are DuckDB's own special dates.
char* put_date(char* at, std::int32_t days);
// `per_second` is the unit: 1, 1'000, 1'000'000 or 1'000'000'000; a fraction is written if there is
// one.
char* put_time(char* at, std::int64_t ticks, std::int64_t per_second);
char* put_timestamp(char* at, std::int64_t ticks, std::int64_t per_second, bool utc);
// "P1Y2M3DT4H5M6.5S"; nothing at all is "PT0S".
char* put_interval(char* at, Interval interval);
char* put_uuid(char* at, Int128 value);

}  // namespace hansa::worker
