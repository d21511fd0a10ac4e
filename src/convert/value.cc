#include "convert/value.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace hansa::convert {
namespace {

__extension__ typedef __int128 Wide;

constexpr std::size_t kShownMax = 80;
constexpr std::int64_t kDayUs = std::int64_t{86'400} * 1'000'000;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A number as sign, digits and the place of its point, counted from the last digit.
struct Digits {
  bool negative = false;
  std::string_view whole, part;
  std::int64_t exponent = 0;
};

bool take_digits(std::string_view text, char point, Digits& out) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) out.negative = text[at++] == '-';
  const std::size_t first = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  out.whole = text.substr(first, at - first);
  if (at < text.size() && text[at] == point) {
    const std::size_t behind = ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
    out.part = text.substr(behind, at - behind);
  }
  if (out.whole.empty() && out.part.empty()) return false;
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  std::string_view exponent = text.substr(at + 1);
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  const auto [end, error] =
      std::from_chars(exponent.data(), exponent.data() + exponent.size(), out.exponent);
  return error == std::errc() && end == exponent.data() + exponent.size() &&
         std::abs(out.exponent) <= 10'000;
}

// Most numbers are a few digits with as many behind the point as are kept, or none: those need
// neither wide arithmetic nor a second look. Says nothing of all others.
bool put_few_digits(std::string_view text, char point, unsigned precision, unsigned scale,
                    Wide& out) {
  constexpr std::size_t kFew = 18;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t most = std::min<std::size_t>(precision, kFew);
  if (text.empty() || text.size() > most) return false;
  std::int64_t value = 0;
  std::size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) value = value * 10 + (text[at] - '0');
  unsigned behind = 0;
  if (at < text.size()) {
    if (text[at] != point) return false;
    for (++at; at < text.size() && is_digit(text[at]); ++at, ++behind)
      value = value * 10 + (text[at] - '0');
    if (at < text.size() || behind != scale || text.size() == 1) return false;
  } else if (scale != 0) {
    return false;
  }
  out = negative ? -value : value;
  return true;
}

// value * 10^scale, of at most `precision` digits.
Fault put_scaled(std::string_view text, char point, unsigned precision, unsigned scale, Wide& out) {
  if (put_few_digits(text, point, precision, scale, out)) return Fault::none;
  Digits digits;
  if (!take_digits(text, point, digits)) return Fault::spelling;
  // How many of the digits, whole and part in one row, are kept.
  const std::int64_t kept =
      static_cast<std::int64_t>(digits.whole.size()) + digits.exponent + scale;
  const auto count = static_cast<std::int64_t>(digits.whole.size() + digits.part.size());
  const auto digit = [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    return at < digits.whole.size() ? digits.whole[at] : digits.part[at - digits.whole.size()];
  };
  out = 0;
  unsigned used = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const char c = digit(i);
    if (i >= kept) {
      if (c != '0') return Fault::too_exact;
      continue;
    }
    if (used == 0 && c == '0') continue;
    if (++used > precision) return Fault::too_large;
    out = out * 10 + (c - '0');
  }
  for (std::int64_t i = count; used > 0 && i < kept; ++i) {
    if (++used > precision) return Fault::too_large;
    out *= 10;
  }
  if (digits.negative) out = -out;
  return Fault::none;
}

Fault parse_whole(std::string_view text, char point, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc() && end == text.data() + text.size()) return Fault::none;
  Wide wide = 0;
  if (const Fault fault = put_scaled(text, point, 19, 0, wide); fault != Fault::none) return fault;
  if (wide < std::numeric_limits<std::int64_t>::min() ||
      wide > std::numeric_limits<std::int64_t>::max())
    return Fault::too_large;
  out = static_cast<std::int64_t>(wide);
  return Fault::none;
}

template <class T>
Fault parse_float(std::string_view text, char point, T& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::string word = text.size() <= 9 ? lower_ascii(text) : "";
  if (word == "nan") return out = std::numeric_limits<T>::quiet_NaN(), Fault::none;
  if (word == "infinity" || word == "inf")
    return out = std::numeric_limits<T>::infinity(), Fault::none;
  if (word == "-infinity" || word == "-inf")
    return out = -std::numeric_limits<T>::infinity(), Fault::none;
  Digits digits;
  if (!take_digits(text, point, digits)) return Fault::spelling;
  std::string other;
  if (point != '.') {
    other = text;
    for (char& c : other)
      if (c == point) c = '.';
    text = other;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc::result_out_of_range) return Fault::too_large;
  return error == std::errc() && end == text.data() + text.size() ? Fault::none : Fault::spelling;
}

Fault put_decimal(std::string_view text, const Reading& how, Slot& slot, std::uint64_t row) {
  Wide value = 0;
  const unsigned precision = how.type.precision;
  if (const Fault fault = put_scaled(text, how.point, precision, how.type.scale, value);
      fault != Fault::none)
    return fault;
  if (precision <= 4) slot.set(row, static_cast<std::int16_t>(value));
  else if (precision <= 9) slot.set(row, static_cast<std::int32_t>(value));
  else if (precision <= 18) slot.set(row, static_cast<std::int64_t>(value));
  else slot.set(row, value);
  return Fault::none;
}

Fault put_boolean(std::string_view text, Slot& slot, std::uint64_t row) {
  if (text.size() > 5) return Fault::spelling;
  const std::string word = lower_ascii(text);
  for (const std::string_view yes : {"true", "t", "yes", "y", "1"})
    if (word == yes) return slot.set<std::uint8_t>(row, 1), Fault::none;
  for (const std::string_view no : {"false", "f", "no", "n", "0"})
    if (word == no) return slot.set<std::uint8_t>(row, 0), Fault::none;
  return Fault::spelling;
}

Fault put_moment(std::string_view text, const Reading& how, Slot& slot, std::uint64_t row) {
  const TypeKind kind = how.type.kind;
  const auto& pattern = kind == TypeKind::date ? how.date : how.timestamp;
  const auto moment = pattern ? pattern->parse(text) : parse_iso(text);
  if (!moment) return Fault::spelling;
  if (moment->too_fine) return Fault::too_exact;
  if (kind == TypeKind::date) {
    // The time of a day is not dropped silently.
    if (moment->has_offset || moment->micros != 0) return Fault::too_exact;
    return slot.set(row, moment->days), Fault::none;
  }
  if (kind == TypeKind::timestamp && moment->has_offset) return Fault::has_zone;
  if (kind == TypeKind::timestamptz && !moment->has_offset) return Fault::no_zone;
  slot.set<std::int64_t>(row, std::int64_t{moment->days} * kDayUs + moment->micros);
  return Fault::none;
}

Fault put_uuid(std::string_view text, Slot& slot, std::uint64_t row) {
  if (text.size() != 36) return Fault::spelling;
  unsigned __int128 value = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return Fault::spelling;
      continue;
    }
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return Fault::spelling;
    value = value << 4 | static_cast<unsigned>(digit);
  }
  // The engine turns the top bit over, so that they sort as signed numbers.
  slot.set(row, static_cast<Wide>(value ^ (static_cast<unsigned __int128>(1) << 127)));
  return Fault::none;
}

Fault put_number(std::string_view text, const Reading& how, Slot& slot, std::uint64_t row) {
  if (how.type.kind == TypeKind::float64) {
    double value = 0;
    const Fault fault = parse_float(text, how.point, value);
    return slot.set(row, value), fault;
  }
  if (how.type.kind == TypeKind::float32) {
    float value = 0;
    const Fault fault = parse_float(text, how.point, value);
    return slot.set(row, value), fault;
  }
  std::int64_t value = 0;
  if (const Fault fault = parse_whole(text, how.point, value); fault != Fault::none) return fault;
  if (how.type.kind == TypeKind::int64) return slot.set(row, value), Fault::none;
  if (value < INT32_MIN || value > INT32_MAX) return Fault::too_large;
  return slot.set(row, static_cast<std::int32_t>(value)), Fault::none;
}

Fault put_binary(std::string_view text, Slot& slot, std::uint64_t row, Memory& memory) {
  const auto bytes = from_base64(text);
  if (!bytes) return Fault::spelling;
  return memory.put_text(slot, row, *bytes), Fault::none;
}

Fault put_time(std::string_view text, Slot& slot, std::uint64_t row) {
  const auto moment = parse_iso_time(text);
  if (!moment) return Fault::spelling;
  if (moment->too_fine) return Fault::too_exact;
  return slot.set(row, moment->micros), Fault::none;
}

}  // namespace

std::string unreadable(const Type& type) {
  if (type.kind == TypeKind::fixed) return to_text(type);
  for (const Column& field : type.fields)
    if (auto found = unreadable(field.type); !found.empty()) return found;
  return {};
}

Result<Reading> reading_of(const Type& type, const Dialect& dialect, std::string_view format) {
  Reading how{.type = type, .point = dialect.decimal_comma ? ',' : '.'};
  const auto pattern = [&](std::string_view of_dialect) -> Result<std::optional<Pattern>> {
    const std::string_view text = format.empty() ? of_dialect : format;
    if (text.empty()) return std::optional<Pattern>();
    HANSA_TRY(Pattern compiled, Pattern::compile(text));
    return compiled;
  };
  if (type.kind == TypeKind::date) {
    HANSA_TRY(how.date, pattern(dialect.date_format));
  } else if (type.kind == TypeKind::timestamp || type.kind == TypeKind::timestamptz) {
    HANSA_TRY(how.timestamp, pattern(dialect.timestamp_format));
  }
  return how;
}

Fault put_value(std::string_view text, const Reading& how, Slot& slot, std::uint64_t row,
                Memory& memory) {
  switch (how.type.kind) {
    case TypeKind::string: return memory.put_text(slot, row, text), Fault::none;
    case TypeKind::boolean: return put_boolean(trimmed(text), slot, row);
    case TypeKind::int32:
    case TypeKind::int64:
    case TypeKind::float32:
    case TypeKind::float64: return put_number(trimmed(text), how, slot, row);
    case TypeKind::decimal: return put_decimal(trimmed(text), how, slot, row);
    case TypeKind::date:
    case TypeKind::timestamp:
    case TypeKind::timestamptz: return put_moment(trimmed(text), how, slot, row);
    case TypeKind::time: return put_time(trimmed(text), slot, row);
    case TypeKind::uuid: return put_uuid(trimmed(text), slot, row);
    case TypeKind::binary: return put_binary(trimmed(text), slot, row, memory);
    case TypeKind::fixed:
    case TypeKind::structure:
    case TypeKind::list:
    case TypeKind::map: break;
  }
  return Fault::spelling;
}

std::string words_of(Fault fault, std::string_view text, const Type& type) {
  std::string shown(text.substr(0, kShownMax));
  // Not in the middle of a character.
  while (!shown.empty() && !is_utf8(shown)) shown.pop_back();
  if (shown.size() < text.size()) shown += "...";
  const std::string name = to_text(type);
  switch (fault) {
    case Fault::none:
    case Fault::spelling: break;
    case Fault::too_large: return fmt::format("'{}' is beyond {}", shown, name);
    case Fault::too_exact: return fmt::format("'{}' has more digits than {} keeps", shown, name);
    case Fault::no_zone: return fmt::format("'{}' has no offset, and {} needs one", shown, name);
    case Fault::has_zone: return fmt::format("'{}' has an offset, and {} keeps none", shown, name);
  }
  return fmt::format("'{}' is no {}", shown, name);
}

bool is_plain_int64(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) return false;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool is_plain_double(std::string_view text, char point) {
  Digits digits;
  double value = 0;
  if (text.starts_with('+') || !take_digits(text, point, digits)) return false;
  if (digits.whole.size() > 1 && digits.whole[0] == '0') return false;
  std::size_t zeros = 0;
  if (digits.whole == "0" || digits.whole.empty())
    zeros = std::min(digits.part.find_first_not_of('0'), digits.part.size()) + digits.whole.size();
  if (digits.whole.size() + digits.part.size() - zeros > 17) return false;
  return parse_float(text, point, value) == Fault::none;
}

}  // namespace hansa::convert
