#include "worker/scalar.h"

#include <array>
#include <cstring>
#include <limits>

namespace hansa::worker {
namespace {

constexpr std::array<char, 200> kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

char* put_text(char* at, std::string_view text) { return at + text.copy(at, text.size()); }

char* put_two(char* at, std::uint64_t value) {
  std::memcpy(at, kPairs.data() + 2 * value, 2);
  return at + 2;
}

// Exactly `digits` digits.
char* put_padded(char* at, std::uint64_t value, unsigned digits) {
  for (unsigned i = digits; i > 0; --i) {
    at[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return at + digits;
}

unsigned digits_of(std::int64_t per_second) {
  return per_second == 1 ? 0 : per_second == 1'000 ? 3 : per_second == 1'000'000 ? 6 : 9;
}

}  // namespace

Wide wide_of(Int128 value, bool& negative) {
  const Wide bits = wide_of(value.low, static_cast<std::uint64_t>(value.high));
  negative = value.high < 0;
  return negative ? ~bits + 1 : bits;
}

char* put_wide(char* at, Wide value) {
  constexpr std::uint64_t kChunk = 10'000'000'000'000'000'000U;  // 10^19
  if (value < kChunk) return put_int(at, static_cast<std::uint64_t>(value));
  at = put_wide(at, value / kChunk);
  return put_padded(at, static_cast<std::uint64_t>(value % kChunk), 19);
}

char* put_int128(char* at, Int128 value) {
  bool negative = false;
  const Wide magnitude = wide_of(value, negative);
  if (negative) *at++ = '-';
  return put_wide(at, magnitude);
}

char* put_decimal(char* at, Wide magnitude, bool negative, unsigned scale) {
  if (negative) *at++ = '-';
  if (scale == 0) return put_wide(at, magnitude);
  char digits[48];
  const auto count = static_cast<unsigned>(put_wide(digits, magnitude) - digits);
  if (count <= scale) {
    *at++ = '0';
    *at++ = '.';
    std::memset(at, '0', scale - count);
    at += scale - count;
    std::memcpy(at, digits, count);
    return at + count;
  }
  std::memcpy(at, digits, count - scale);
  at += count - scale;
  *at++ = '.';
  std::memcpy(at, digits + count - scale, scale);
  return at + scale;
}

char* put_date(char* at, std::int32_t days) {
  if (days == std::numeric_limits<std::int32_t>::max()) return put_text(at, "infinity");
  if (days == -std::numeric_limits<std::int32_t>::max()) return put_text(at, "-infinity");
  // Howard Hinnant's civil_from_days: eras of 400 years that begin on the first of March.
  const std::int64_t z = std::int64_t{days} + 719'468;
  const std::int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  const auto day_of_era = static_cast<std::uint64_t>(z - era * 146'097);
  const std::uint64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::uint64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint64_t shifted = (5 * day_of_year + 2) / 153;
  const std::uint64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  const std::int64_t year =
      static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0);
  if (year < 0 || year > 9'999) *at++ = year < 0 ? '-' : '+';
  const auto magnitude = static_cast<std::uint64_t>(year < 0 ? -year : year);
  at = magnitude <= 9'999 ? put_padded(at, magnitude, 4) : put_int(at, magnitude);
  *at++ = '-';
  at = put_two(at, month);
  *at++ = '-';
  return put_two(at, day_of_year - (153 * shifted + 2) / 5 + 1);
}

char* put_time(char* at, std::int64_t ticks, std::int64_t per_second) {
  const auto seconds = static_cast<std::uint64_t>(ticks / per_second);
  at = put_two(at, seconds / 3'600 % 100);
  *at++ = ':';
  at = put_two(at, seconds / 60 % 60);
  *at++ = ':';
  at = put_two(at, seconds % 60);
  if (const auto fraction = static_cast<std::uint64_t>(ticks % per_second); fraction != 0) {
    *at++ = '.';
    at = put_padded(at, fraction, digits_of(per_second));
  }
  return at;
}

char* put_timestamp(char* at, std::int64_t ticks, std::int64_t per_second, bool utc) {
  if (ticks == std::numeric_limits<std::int64_t>::max()) return put_text(at, "infinity");
  if (ticks == -std::numeric_limits<std::int64_t>::max()) return put_text(at, "-infinity");
  const std::int64_t per_day = 86'400 * per_second;
  std::int64_t days = ticks / per_day;
  std::int64_t rest = ticks % per_day;
  if (rest < 0) {
    rest += per_day;
    --days;
  }
  at = put_date(at, static_cast<std::int32_t>(days));
  *at++ = 'T';
  at = put_time(at, rest, per_second);
  if (utc) *at++ = 'Z';
  return at;
}

char* put_interval(char* at, Interval interval) {
  const char* const begin = at;
  const auto part = [&](std::int64_t value, char unit) {
    if (value == 0) return;
    at = put_int(at, value);
    *at++ = unit;
  };
  *at++ = 'P';
  part(interval.months / 12, 'Y');
  part(interval.months % 12, 'M');
  part(interval.days, 'D');
  const std::int64_t seconds = interval.micros / 1'000'000;
  const std::int64_t micros = interval.micros % 1'000'000;
  if (interval.micros == 0) return at == begin + 1 ? put_text(at, "T0S") : at;
  *at++ = 'T';
  part(seconds / 3'600, 'H');
  part(seconds / 60 % 60, 'M');
  if (seconds % 60 != 0 || micros != 0) {
    if (interval.micros < 0) *at++ = '-';
    at = put_int(at, std::abs(seconds % 60));
    if (micros != 0) {
      *at++ = '.';
      at = put_padded(at, static_cast<std::uint64_t>(std::abs(micros)), 6);
      while (at[-1] == '0') --at;
    }
    *at++ = 'S';
  }
  return at;
}

char* put_uuid(char* at, Int128 value) {
  // DuckDB flips the first bit so that UUIDs sort as signed numbers.
  const std::uint64_t high = static_cast<std::uint64_t>(value.high) ^ (std::uint64_t{1} << 63);
  constexpr std::string_view kHex = "0123456789abcdef";
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) *at++ = '-';
    const std::uint64_t half = nibble < 16 ? high : value.low;
    *at++ = kHex[(half >> (60 - 4 * (nibble % 16))) & 15];
  }
  return at;
}

}  // namespace hansa::worker
