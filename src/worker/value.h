// What JSON and CSV share: the bare text of a value by kind, chosen once per column and not per
// value.
#pragma once

#include <type_traits>
#include <utility>

#include "worker/buffer.h"
#include "worker/duckdb.h"
#include "worker/scalar.h"

namespace hansa::worker {

template <Kind K>
using Constant = std::integral_constant<Kind, K>;

// Calls f(Constant<kind>{}).
template <class F>
void with_kind(Kind kind, F&& f) {
  switch (kind) {
    case Kind::null: return f(Constant<Kind::null>{});
    case Kind::boolean: return f(Constant<Kind::boolean>{});
    case Kind::int8: return f(Constant<Kind::int8>{});
    case Kind::int16: return f(Constant<Kind::int16>{});
    case Kind::int32: return f(Constant<Kind::int32>{});
    case Kind::int64: return f(Constant<Kind::int64>{});
    case Kind::uint8: return f(Constant<Kind::uint8>{});
    case Kind::uint16: return f(Constant<Kind::uint16>{});
    case Kind::uint32: return f(Constant<Kind::uint32>{});
    case Kind::uint64: return f(Constant<Kind::uint64>{});
    case Kind::int128: return f(Constant<Kind::int128>{});
    case Kind::uint128: return f(Constant<Kind::uint128>{});
    case Kind::float32: return f(Constant<Kind::float32>{});
    case Kind::float64: return f(Constant<Kind::float64>{});
    case Kind::decimal16: return f(Constant<Kind::decimal16>{});
    case Kind::decimal32: return f(Constant<Kind::decimal32>{});
    case Kind::decimal64: return f(Constant<Kind::decimal64>{});
    case Kind::decimal128: return f(Constant<Kind::decimal128>{});
    case Kind::date: return f(Constant<Kind::date>{});
    case Kind::time: return f(Constant<Kind::time>{});
    case Kind::time_ns: return f(Constant<Kind::time_ns>{});
    case Kind::timestamp_s: return f(Constant<Kind::timestamp_s>{});
    case Kind::timestamp_ms: return f(Constant<Kind::timestamp_ms>{});
    case Kind::timestamp: return f(Constant<Kind::timestamp>{});
    case Kind::timestamp_ns: return f(Constant<Kind::timestamp_ns>{});
    case Kind::timestamptz: return f(Constant<Kind::timestamptz>{});
    case Kind::interval: return f(Constant<Kind::interval>{});
    case Kind::text: return f(Constant<Kind::text>{});
    case Kind::blob: return f(Constant<Kind::blob>{});
    case Kind::uuid: return f(Constant<Kind::uuid>{});
    case Kind::enum8: return f(Constant<Kind::enum8>{});
    case Kind::enum16: return f(Constant<Kind::enum16>{});
    case Kind::enum32: return f(Constant<Kind::enum32>{});
    case Kind::list: return f(Constant<Kind::list>{});
    case Kind::array: return f(Constant<Kind::array>{});
    case Kind::structure: return f(Constant<Kind::structure>{});
    case Kind::map: return f(Constant<Kind::map>{});
    case Kind::opaque: return f(Constant<Kind::opaque>{});
  }
}

constexpr bool is_whole(Kind k) { return k >= Kind::int8 && k <= Kind::uint128; }
constexpr bool is_float(Kind k) { return k == Kind::float32 || k == Kind::float64; }
constexpr bool is_decimal(Kind k) { return k >= Kind::decimal16 && k <= Kind::decimal128; }
constexpr bool is_enum(Kind k) { return k >= Kind::enum8 && k <= Kind::enum32; }
constexpr bool is_composite(Kind k) { return k >= Kind::list && k <= Kind::map; }

// The type of a vector's items, where an item is one number.
template <Kind K>
auto stored() {
  if constexpr (K == Kind::boolean || K == Kind::uint8 || K == Kind::enum8) return std::uint8_t{};
  else if constexpr (K == Kind::int8) return std::int8_t{};
  else if constexpr (K == Kind::int16 || K == Kind::decimal16) return std::int16_t{};
  else if constexpr (K == Kind::int32 || K == Kind::decimal32 || K == Kind::date)
    return std::int32_t{};
  else if constexpr (K == Kind::uint16 || K == Kind::enum16) return std::uint16_t{};
  else if constexpr (K == Kind::uint32 || K == Kind::enum32) return std::uint32_t{};
  else if constexpr (K == Kind::uint64) return std::uint64_t{};
  else if constexpr (K == Kind::float32) return float{};
  else if constexpr (K == Kind::float64) return double{};
  else if constexpr (K == Kind::int128 || K == Kind::uint128 || K == Kind::decimal128 ||
                     K == Kind::uuid)
    return Int128{};
  else if constexpr (K == Kind::interval) return Interval{};
  else return std::int64_t{};
}
template <Kind K>
using Stored = decltype(stored<K>());

constexpr std::int64_t ticks_per_second(Kind k) {
  return k == Kind::timestamp_s                          ? 1
         : k == Kind::timestamp_ms                       ? 1'000
         : k == Kind::timestamp_ns || k == Kind::time_ns ? 1'000'000'000
                                                         : 1'000'000;
}

template <Kind K>
char* put_bare_decimal(char* at, const Vector& vector, std::uint64_t row) {
  bool negative = false;
  Wide magnitude = 0;
  const auto value = vector.as<Stored<K>>()[row];
  if constexpr (K == Kind::decimal128) {
    magnitude = wide_of(value, negative);
  } else {
    negative = value < 0;
    const auto wide = static_cast<std::uint64_t>(std::int64_t{value});
    magnitude = negative ? 0 - wide : wide;
  }
  return put_decimal(at, magnitude, negative, vector.type->scale);
}

// A scalar of fixed size without quotes; kScalarBytes are free at `at`.
template <Kind K>
char* put_bare(char* at, const Vector& vector, std::uint64_t row) {
  [[maybe_unused]] const auto value = vector.as<Stored<K>>()[row];
  if constexpr (K == Kind::boolean) {
    const std::string_view text = value != 0 ? "true" : "false";
    return at + text.copy(at, text.size());
  } else if constexpr (K == Kind::int128) {
    return put_int128(at, value);
  } else if constexpr (K == Kind::uint128) {
    return put_wide(at, wide_of(value.low, static_cast<std::uint64_t>(value.high)));
  } else if constexpr (is_whole(K)) {
    return put_int(at, value);
  } else if constexpr (is_float(K)) {
    return put_float(at, value);
  } else if constexpr (is_decimal(K)) {
    return put_bare_decimal<K>(at, vector, row);
  } else if constexpr (K == Kind::date) {
    return put_date(at, value);
  } else if constexpr (K == Kind::time || K == Kind::time_ns) {
    return put_time(at, value, ticks_per_second(K));
  } else if constexpr (K == Kind::interval) {
    return put_interval(at, value);
  } else if constexpr (K == Kind::uuid) {
    return put_uuid(at, value);
  } else {
    static_assert(K >= Kind::timestamp_s && K <= Kind::timestamptz);
    return put_timestamp(at, value, ticks_per_second(K), K == Kind::timestamptz);
  }
}

// Rows a column at a time: the text of every cell, one after the other, and where each ends.
struct Cells {
  Buffer bytes;
  std::vector<std::size_t> ends;
};

// Appends one value as JSON.
void put_json(Buffer& out, const Vector& vector, std::uint64_t row);
void put_base64(Buffer& out, std::string_view bytes);

}  // namespace hansa::worker
